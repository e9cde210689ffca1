// Notices what no page may do: errors in the console, uncaught exceptions, violations of the content security policy.

/** Watches every page of a context, those opened later too; `problems` grows as they come. */
export async function watch(context) {
  const problems = [];
  await context.exposeBinding("reportViolation", (_, text) => void problems.push(`policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
      window.reportViolation(`${violatedDirective} ${blockedURI} ${sourceFile}`);
    });
  });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => problems.push(`exception: ${error.error().stack}`));
  return problems;
}

/** Shows that the watch can see: each of these must be refused or reported. */
export async function provokeEach(page) {
  await page.evaluate(() => {
    const style = document.createElement("style");
    style.textContent = "body { color: red }";
    document.head.append(style);
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.head.append(script);
    setTimeout(() => {
      throw new Error("provoked");
    });
  });
  return page.evaluate(() => "ran" in globalThis || getComputedStyle(document.body).color === "rgb(255, 0, 0)");
}
