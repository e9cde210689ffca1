// Serves a folder of static files on 127.0.0.1, with the headers that a careful host would send.
// Usage: node www/serve.mjs FOLDER [PORT [ORIGIN]]   (port 0: any free one; the address is printed; pages may call ORIGIN as well)
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ts": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

const HEADERS = {
  "content-security-policy": [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
  ].join("; "),
  "cache-control": "no-cache",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The file that a request asks for, or undefined. */
async function locate(folder, url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return undefined;
  }
  // Normalised as an absolute path, it cannot climb out of the folder.
  if (path.includes("\0")) return undefined;
  const file = join(folder, normalize(path.endsWith("/") ? `${path}index.html` : path));
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? { file, size: found.size } : undefined;
}

/**
 * Starts to serve; resolves to the server and its address.
 *
 * `policyOf` gives the content security policy of a file, by its path in the folder, if it is not the usual one.
 */
export function serve(folder, port = 0, policyOf = () => undefined) {
  const root = resolve(folder);
  const server = createServer(async (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { ...HEADERS, allow: "GET, HEAD" }).end();
      return;
    }
    const found = await locate(root, request.url ?? "/");
    if (!found) {
      response.writeHead(404, { ...HEADERS, "content-type": TYPES[".ts"] }).end("not found\n");
      return;
    }
    const type = TYPES[extname(found.file)] ?? "application/octet-stream";
    const policy = policyOf(relative(root, found.file)) ?? HEADERS["content-security-policy"];
    response.writeHead(200, {
      ...HEADERS,
      "content-security-policy": policy,
      "content-type": type,
      "content-length": found.size,
    });
    if (request.method === "HEAD") response.end();
    else createReadStream(found.file).on("error", () => response.destroy()).pipe(response);
  });
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => {
      done({ server, address: `http://127.0.0.1:${server.address().port}/` });
    });
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const [folder, port = "0", origin] = process.argv.slice(2);
  const policy = origin && HEADERS["content-security-policy"].replace("connect-src 'self'", `connect-src 'self' ${origin}`);
  try {
    if (!folder) throw new Error("usage: node www/serve.mjs FOLDER [PORT [ORIGIN]]");
    const { address } = await serve(folder, Number(port), () => policy);
    console.log(`serving ${folder} at ${address}`);
  } catch (error) {
    const busy = `port ${port} is in use; choose another one with --port`;
    console.error(error.code === "EADDRINUSE" ? busy : error.message);
    process.exitCode = 1;
  }
}
