import { createServer } from "node:http";

import { EventStore, FoldlogError, memory } from "../../pkg/dist/index.node.js";

const TOKEN = "good";

/** What a page of another origin may do: nothing that the token does not allow. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization, content-type",
  "access-control-allow-methods": "GET, PUT, POST, DELETE",
  "access-control-expose-headers": "retry-after",
};

/**
 * A small server of the protocol on a log in memory: enough of it for the package's tests. `answer` may answer a request in its place.
 */
export async function serve(answer = () => undefined) {
  const store = await EventStore.open(memory());
  const requests = [];
  const streams = new Set();
  const server = createServer(async (request, response) => {
    for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    if (request.method === "OPTIONS") return send(response, 204, "");
    const url = new URL(request.url, "http://server");
    const path = url.pathname.replace("/v1/logs/a%20log", "");
    const body = await textOf(request);
    const asked = { method: request.method, path, query: Object.fromEntries(url.searchParams), body, headers: request.headers };
    requests.push(asked);
    const instead = await answer(asked, requests.length, response);
    if (instead === "done") return;
    if (instead) return send(response, ...instead);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return send(response, 401, problem("unauthenticated"));
    if (path === "/stream") return stream(response, store, streams);
    try {
      const result = await operate(store, asked);
      send(response, result === "" ? 204 : 200, result);
      if (request.method === "POST") for (const tell of streams) tell();
    } catch (error) {
      const known = FoldlogError.is(error) ? error : { code: "protocol", message: String(error) };
      send(response, known.code === "invalid_argument" ? 400 : 409, { ...problem(known.code, known.message), ...known });
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    store,
    requests,
    streams,
    /** Appends past the line, and tells the streams. */
    async append(event, expectedVersion) {
      await store.appendEvent(event, { expectedVersion });
      for (const tell of streams) tell();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function problem(code, detail = "told to fail", more = {}) {
  return { type: "about:blank", code, detail, retryable: false, ...more };
}

async function operate(store, { method, path, query, body }) {
  switch (`${method} ${path}`) {
    case "GET ":
    case "PUT ":
      return { head: await store.head(), mirror: false };
    case "GET /head":
      return query.at === undefined ? store.head() : store.head(Number(query.at)).catch(() => null);
    case "POST /append": {
      const { events, expectedVersions } = JSON.parse(body);
      const receipt = await store.appendEvents(events, { expectedVersions: new Map(expectedVersions) });
      return { ...receipt, versions: Object.entries(receipt.versions), durability: "remote" };
    }
    case "POST /events": {
      const { filter, from = 0, maxEvents } = JSON.parse(body);
      const head = await store.head();
      const events = await store.getEvents({ ...filter, fromSequence: Math.max(filter.fromSequence ?? 1, from + 1), limit: maxEvents });
      return page(events, head);
    }
    case "GET /aggregate/events":
      return page(await store.getEventsByAggregate(query.id, Number(query.fromVersion)), null);
    case "GET /aggregate": {
      const [first] = await store.getEventsByAggregate(query.id);
      return first ? { aggregateType: first.aggregateType, aggregateVersion: await store.getAggregateVersion(query.id) } : null;
    }
    case "GET /append":
      return null;
    case "GET /appends": {
      const after = Number(query.after ?? 0);
      return (await store.getLastSequenceNumber()) > after || query.after === undefined ? new Response(store.exportEvents({ after })).text() : "";
    }
    case "POST /appends": {
      const [, ...lines] = body.split("\n");
      return (await store.importEvents(new Blob([lines.join("\n")]), { asMirror: true })).head;
    }
    case "GET /checkpoint": {
      const cursor = await store.getCheckpoint(query.name);
      return cursor === undefined ? null : { cursor };
    }
    case "PUT /checkpoint": {
      const { name, from, to } = JSON.parse(body);
      await store.saveCheckpoint(name, { ...(from && { from }), to });
      return "";
    }
    case "GET /snapshot":
      return null;
    case "PUT /snapshot":
      return "";
    default:
      throw new Error(`${method} ${path} is not served here`);
  }
}

/** A page of all that is left; its lengths are those of the texts as they are sent. */
function page(events, place) {
  const texts = events.map((event) => JSON.stringify(event));
  const entries = events.map((event, index) => [event.sequenceNumber, event.aggregateVersion, Buffer.byteLength(texts[index])]);
  const position = place?.sequenceNumber ?? events.at(-1)?.aggregateVersion ?? 0;
  const head = JSON.stringify({ position, place, done: true, entries });
  return `${head.slice(0, -1)},"events":[${texts.join(",")}]}`;
}

async function stream(response, store, streams) {
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  const tell = async () => {
    const { epoch, sequenceNumber, link } = await store.head();
    const line = JSON.stringify({ cursor: `${epoch}:${sequenceNumber}:${link}` });
    // In two pieces, as a network may deliver it.
    response.write(line.slice(0, 20));
    response.write(`${line.slice(20)}\n`);
  };
  streams.add(tell);
  response.on("close", () => streams.delete(tell));
  await tell();
}

async function textOf(request) {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return text;
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, headers);
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}
