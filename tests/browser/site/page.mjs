// The page that the tests drive: `foldlogTest(method, argument)` does one thing, here or in a worker.
import "./damage.mjs";
import "./transfer.mjs";
import { answer, methods } from "./client.mjs";

const workers = new Map();

/** Calls a method and gives `{ value }` or `{ failed }`. */
globalThis.foldlogTest = (method, argument, worker) =>
  worker === undefined ? answer(method, argument) : workers.get(worker).call(method, argument);

methods.spawnWorker = async ({ worker }) => {
  const thread = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
  const waiting = new Map();
  thread.onmessage = ({ data }) => {
    if (data.report) globalThis.report(data.report);
    else waiting.get(data.id)(data.answer);
  };
  thread.onerror = (event) => console.error(`worker: ${event.message}`);
  const call = (method, argument) =>
    new Promise((resolve) => {
      const id = waiting.size;
      waiting.set(id, resolve);
      thread.postMessage({ id, method, argument });
    });
  workers.set(worker, { thread, call });
  return (await call("ready")).value;
};

methods.terminateWorker = async ({ worker }) => workers.get(worker).thread.terminate();
