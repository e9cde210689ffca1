import { join } from "node:path";

import { serve } from "../../../www/serve.mjs";
import { makeApplication, makeFolder, removeFolder } from "./consumer.mjs";
import { launch } from "./page.mjs";

/** What a test gets. All that it opens is closed after it, also when the test ran out of time. */
export class Context {
  #ends = [];

  constructor({ tarball, files }) {
    this.tarball = tarball;
    this.files = files;
  }

  /** A new empty folder. */
  async folder(prefix) {
    const folder = await makeFolder(prefix);
    this.atEnd(() => removeFolder(folder));
    return folder;
  }

  /** A new application: see `makeApplication`. It stands in `parent` if it needs more than the package. */
  async application(name, parent) {
    const folder = parent ? await this.folder(join(parent, "app-")) : await this.folder();
    await makeApplication(folder, name, this.tarball);
    return folder;
  }

  /** A new browser on an empty profile. */
  async browser(args) {
    const browser = await launch(await this.folder(), args);
    this.atEnd(() => browser.close());
    return browser;
  }

  /** Serves a folder: see `serve`. Gives the address. */
  async serve(folder, policyOf) {
    const { server, address } = await serve(folder, 0, policyOf);
    this.atEnd(() => {
      server.closeAllConnections();
      server.close();
    });
    return address;
  }

  /** Has something done after the test, before what was asked for earlier. */
  atEnd(work) {
    this.#ends.unshift(work);
  }

  async end() {
    for (const work of this.#ends) await work();
  }
}
