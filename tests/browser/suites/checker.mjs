// The checker itself is tested first: what follows is worth no more than it is.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const tests = [{ name: "checker", run }];

async function run(t) {
  const file = fileURLToPath(new URL("../checker.test.mjs", import.meta.url));
  const node = spawn(process.execPath, ["--test", "--test-reporter=tap", file], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  node.stdout.on("data", (chunk) => (output += chunk));
  const [code] = await once(node, "close");
  if (code !== 0) throw new Error(output);
  t.note(`${/^# pass (\d+)/m.exec(output)?.[1]} tests of good and bad histories`);
}
