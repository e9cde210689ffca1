// @ts-check
/** Requests to a server, from a page, a worker or Node. */

/**
 * @typedef {[status: number, body: string, retryAfter: number | undefined]} Answer
 * @typedef {string | undefined | (() => string | Promise<string>)} Token
 */

/**
 * The way to one server. What it rejects with has the name `TimeoutError` or `TokenError`, or is what the platform threw.
 *
 * @param {string} base without a slash at its end
 * @param {Token} token
 */
export function connect(base, token) {
  const ending = new AbortController();
  /** @type {Promise<string> | undefined} */
  let asked;

  /**
   * @param {boolean} fresh
   * @param {AbortSignal} over ends the wait for a callback, which may never answer
   */
  const bearer = async (fresh, over) => {
    if (typeof token !== "function") return token;
    if (fresh) asked = undefined;
    asked ??= (async () => token())();
    try {
      const given = await Promise.race([asked, aborted(over)]);
      if (typeof given === "string") return given;
      throw new TypeError(`the token callback gave a value of type ${typeof given}`);
    } catch (cause) {
      asked = undefined;
      throw named("TokenError", cause);
    }
  };

  /**
   * @param {string} method
   * @param {string} path
   * @param {string} body
   * @param {string} type of the body
   * @param {number} patience in milliseconds; `read` may have it begin anew
   * @param {boolean} fresh
   * @param {(response: Response, isAlive: () => void) => Promise<string>} read
   * @param {AbortSignal} [ended]
   * @returns {Promise<Answer>}
   */
  const request = async (method, path, body, type, patience, fresh, read, ended) => {
    const abort = new AbortController();
    const stop = () => abort.abort();
    let isLate = false;
    let isSent = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const isAlive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        isLate = true;
        stop();
      }, patience);
    };
    isAlive();
    ended?.addEventListener("abort", stop);
    if (ended?.aborted) stop();
    try {
      const given = await bearer(fresh, abort.signal);
      isSent = true;
      isAlive();
      const response = await fetch(base + path, {
        method,
        body: body || null,
        headers: { ...(body && { "content-type": type }), ...(given !== undefined && { authorization: `Bearer ${given}` }) },
        signal: abort.signal,
        cache: "no-store",
        credentials: "omit",
        // A token goes to the server that it is for, and nowhere else.
        redirect: "error",
      });
      return [response.status, await read(response, isAlive), pauseOf(response.headers.get("retry-after"))];
    } catch (thrown) {
      throw isLate && isSent ? named("TimeoutError", thrown) : thrown;
    } finally {
      clearTimeout(timer);
      // What is not read to its end would hold its connection.
      stop();
      ended?.removeEventListener("abort", stop);
    }
  };

  return {
    /**
     * Sends a request once.
     * @param {string} method
     * @param {string} path
     * @param {string} body
     * @param {boolean} isLines
     * @param {number} patience
     * @param {boolean} fresh
     */
    send: (method, path, body, isLines, patience, fresh) =>
      request(method, path, body, isLines ? "application/x-ndjson" : "application/json", patience, fresh, (response) => response.text()),

    /**
     * Reads a stream as long as it lasts, and calls `reach` with the sequence number of each line. Of all tabs one reads and tells the
     * others, which wait here until it is their turn.
     * @param {string} path
     * @param {string} body
     * @param {number} silence
     * @param {boolean} fresh
     * @param {(last: number) => void} reach
     * @returns {Promise<Answer>}
     */
    follow: async (path, body, silence, fresh, reach) => {
      const name = `foldlog:${base}${path}`;
      const locks = globalThis.navigator?.locks;
      const channel = locks && globalThis.BroadcastChannel && new BroadcastChannel(name);
      if (channel) channel.onmessage = ({ data }) => Number.isSafeInteger(data) && reach(data);
      /** @param {string} line */
      const tell = (line) => {
        const last = numberIn(line);
        if (!Number.isSafeInteger(last)) return;
        reach(last);
        channel?.postMessage(last);
      };
      const read = () =>
        request("POST", path, body, "application/json", silence, fresh, (response, isAlive) => (response.ok ? readLines(response, isAlive, tell) : response.text()), ending.signal);
      try {
        return await (locks ? locks.request(name, { signal: ending.signal }, read) : read());
      } finally {
        channel?.close();
      }
    },

    /** Ends what is followed. */
    stop: () => ending.abort(),
  };
}

/**
 * @param {Response} response
 * @param {() => void} isAlive
 * @param {(line: string) => void} tell
 */
async function readLines(response, isAlive, tell) {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) return "";
    isAlive();
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(tell);
  }
}

/**
 * The sequence number that a line of a stream tells; NaN if it tells none.
 * @param {string} line
 */
function numberIn(line) {
  try {
    return Number(JSON.parse(line).cursor.split(":")[1]);
  } catch {
    return NaN;
  }
}

/**
 * Rejects when a signal is aborted.
 * @param {AbortSignal} signal
 * @returns {Promise<never>}
 */
function aborted(signal) {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
  });
}

/**
 * The milliseconds that a server asks for: it gives seconds or a time.
 * @param {string | null} header
 */
function pauseOf(header) {
  const millis = header === null ? NaN : Number(header) * 1_000;
  const pause = header !== null && Number.isNaN(millis) ? Date.parse(header) - Date.now() : millis;
  return pause > 0 ? pause : undefined;
}

/**
 * @param {string} name
 * @param {unknown} cause
 */
function named(name, cause) {
  return Object.assign(new Error(name, { cause }), { name });
}
