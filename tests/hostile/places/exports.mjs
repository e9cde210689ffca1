// The arguments of exports and imports; what is in an export is another matter, which the conformance suite covers.
import { BOOLEAN, FUNCTION, NOTHING, OPTIONS, WHOLE_NUMBER, optional } from "../rules.mjs";

/** The text of a stream, which fails as it is read. Not by a Response: Chromium's hides why. */
async function read(stream) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
}

/** An export of the scene's own log: importing it changes nothing. */
async function own({ store }) {
  return read(store.exportEvents());
}

const options = [
  // What it throws passes through.
  { name: "onProgress", takes: optional(FUNCTION), special: { "a proxy of a function that throws": undefined } },
  { name: "signal", takes: optional(NOTHING) },
  { name: "asMirror", takes: optional(BOOLEAN) },
];

export const places = [
  { name: "exportEvents options", put: (value, { store }) => read(store.exportEvents(value)), field: "options", takes: optional(OPTIONS) },
  { name: "exportEvents after", put: (value, { store }) => read(store.exportEvents({ after: value })), field: "after", takes: optional(WHOLE_NUMBER) },
  { name: "exportEvents to", put: (value, { store }) => read(store.exportEvents({ to: value })), field: "to", takes: optional(WHOLE_NUMBER) },
  {
    name: "importEvents options",
    put: async (value, scene) => scene.store.importEvents(await own(scene), value),
    field: "options",
    takes: optional(OPTIONS),
  },
  ...options.map(({ name, ...more }) => ({
    name: `importEvents ${name}`,
    put: async (value, scene) => scene.store.importEvents(await own(scene), { [name]: value }),
    field: name,
    ...more,
  })),
  {
    name: "importEvents source",
    put: (value, { store }) => store.importEvents(value),
    field: ["source", "line 1"],
    takes: NOTHING,
  },
];
