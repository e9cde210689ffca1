import { invalidArgument, kindOf, knownKeys, reading, text, wholeNumber } from "../errors/arguments.js";
import { optionsText } from "../json/json-text.js";
import type { Head } from "./append.js";
import { attempt, backend, type Backend, type SourceOfWasm } from "./backend.js";

/** A log on a server, and how it is reached. */
export interface RemoteOptions {
  /** The log's name on the server. */
  readonly log: string;
  /**
   * What the server knows the caller by; nothing for a server without authentication. A function is called before the first request
   * and again when the server refuses what it gave (401), once a call.
   */
  readonly token?: string | (() => string | Promise<string>);
  /** Whether a log that does not exist is made, for which the token needs the right `admin`; false by default. */
  readonly create?: boolean;
  /** A head remembered elsewhere; a log that does not contain it fails with `log_rewound`, `log_diverged` or `epoch_changed`. */
  readonly expectHead?: Head;
  /** Milliseconds that one answer may take; 15,000 by default. */
  readonly timeout?: number;
  /** Milliseconds that a call may take with all its repetitions; 60,000 by default. */
  readonly deadline?: number;
}

/** @internal */
export function remoteBackend(source: SourceOfWasm, url: string | URL, options: RemoteOptions): Backend {
  const encoded = attempt(() => encode(url, options));
  return backend(source, (core, surroundings) => {
    const { base, log, token, rest } = encoded();
    return core.RawStore.remote(base, log, token, rest, surroundings);
  });
}

function encode(url: string | URL, options: RemoteOptions) {
  const { log, token, ...rest } = knownKeys(options, ["log", "token", "create", "expectHead", "timeout", "deadline"], "options");
  if (token !== undefined && typeof token !== "string" && typeof token !== "function") {
    throw invalidArgument("token", `is ${kindOf(token)}; give a string or a function`);
  }
  for (const name of ["timeout", "deadline"] as const) {
    if (rest[name] !== undefined) wholeNumber(rest[name], name, 1);
  }
  return { base: baseOf(url), log: text(log, "log"), token, rest: optionsText(rest) };
}

/** The address without a slash at its end; a relative one is the page's. */
function baseOf(url: string | URL): string {
  const { protocol, origin, pathname, username, search, hash } = reading("url", () => new URL(url, globalThis.location?.href));
  if (!/^https?:$/.test(protocol)) throw invalidArgument("url", `begins with ${protocol}; give http: or https:`);
  if (username || search || hash) throw invalidArgument("url", "has a user, a query or a fragment; give the server's address alone");
  return origin + pathname.replace(/\/+$/, "");
}
