import assert from "node:assert/strict";
import { test } from "node:test";

import { FoldlogError } from "../../../pkg/dist/index.node.js";
import { VALUES } from "../../hostile/values.mjs";

test("FoldlogError.is answers for whatever was thrown", () => {
  for (const [name, make] of Object.entries(VALUES)) assert.equal(FoldlogError.is(make()), false, name);
  const proxied = new Proxy(new FoldlogError("closed", "x"), {});
  assert.equal(FoldlogError.is(proxied, "closed"), true);
  assert.equal(FoldlogError.is(proxied, "aborted"), false);
});
