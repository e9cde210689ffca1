import { readFile } from "node:fs/promises";

const PACKAGE = { foldlog: "index.node.js", "foldlog/testing": "testing.js" };

/** The JavaScript of a page of the documentation, all blocks as one file. */
export async function exampleIn(page) {
  const text = await readFile(new URL(`../../${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, block]) => block).join("\n");
}

/** Runs an example against the built package; gives what it logs. */
export async function runExample(example) {
  const lines = [];
  globalThis.logOfExample = (...values) => lines.push(values);
  const source = example
    .replace(/from "(foldlog[^"]*)"/g, (_, name) => `from ${JSON.stringify(new URL(`../../pkg/dist/${PACKAGE[name]}`, import.meta.url).href)}`)
    .replaceAll("console.log(", "globalThis.logOfExample(");
  await import(`data:text/javascript,${encodeURIComponent(source)}`);
  return lines;
}
