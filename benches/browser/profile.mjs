// Where the time of a page's main thread goes, by Chrome's sampling profiler.

/** Runs `work` while the page is profiled, and prints the heaviest functions by their own time. */
export async function profiled(browser, page, title, work) {
  const session = await browser.newCDPSession(page);
  await session.send("Profiler.enable");
  await session.send("Profiler.setSamplingInterval", { interval: 200 });
  await session.send("Profiler.start");
  const result = await work();
  const { profile } = await session.send("Profiler.stop");
  print(title, profile);
  return result;
}

function print(title, { nodes, samples, timeDeltas }) {
  const own = new Map(nodes.map((node) => [node.id, 0]));
  samples.forEach((id, index) => own.set(id, own.get(id) + timeDeltas[index] / 1000));
  const byName = new Map();
  for (const { id, callFrame } of nodes) {
    const name = nameOf(callFrame);
    byName.set(name, (byName.get(name) ?? 0) + own.get(id));
  }
  const total = [...byName.values()].reduce((sum, value) => sum + value, 0);
  console.log(`profile of ${title}: ${total.toFixed(0)} ms, with its checks`);
  const heaviest = [...byName].sort((left, right) => right[1] - left[1]).slice(0, 25);
  for (const [name, milliseconds] of heaviest) {
    if (milliseconds < 1) break;
    console.log(`  ${milliseconds.toFixed(1).padStart(8)} ms ${((milliseconds / total) * 100).toFixed(1).padStart(5)} %  ${name}`);
  }
}

/** A function without a name by its line: so are those of the glue that call the browser's own functions. */
function nameOf({ functionName, url, lineNumber }) {
  const file = url.split("/").at(-1);
  if (url.startsWith("wasm:") || file.endsWith(".wasm")) return `wasm ${functionName}`;
  if (functionName) return file ? `${functionName} ${file}` : functionName;
  return `${file}:${lineNumber + 1}`;
}
