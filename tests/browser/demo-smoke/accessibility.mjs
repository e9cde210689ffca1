// The part of an accessibility audit that a program can do, by hand: names, labels, headings, sizes, contrast.

/** What is wrong with a page as it is shown now. */
export function faultsOf(page) {
  return page.evaluate(() => {
    const faults = [];
    const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
    const describe = (element) => `<${element.localName} id="${element.id}"> ${element.textContent.trim().slice(0, 40)}`;
    const check = (holds, what) => void (holds || faults.push(what));

    check(document.documentElement.lang !== "", "the page has no language");
    check(document.title !== "", "the page has no title");
    check(document.querySelectorAll("h1").length === 1, "there is not exactly one h1");
    const { scrollWidth } = document.documentElement;
    const reaching = all("body *").filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
    check(scrollWidth <= innerWidth, `the page is ${scrollWidth} wide in ${innerWidth}: ${reaching.map(describe).join(" | ")}`);
    for (const element of all(".scroll")) check(element.scrollWidth <= element.clientWidth, `cut off on the right: ${describe(element)}`);

    let level = 0;
    for (const heading of all("h1, h2, h3, h4")) {
      check(Number(heading.localName[1]) <= level + 1, `a heading level is skipped before ${describe(heading)}`);
      check(heading.textContent.trim() !== "", `empty heading ${describe(heading)}`);
      level = Number(heading.localName[1]);
    }
    for (const field of all("input, select, textarea")) {
      const name = [...field.labels].map((label) => label.textContent).join("").trim();
      check(name !== "", `no label: ${describe(field)}`);
    }
    for (const control of all("button, a[href]")) {
      check((control.ariaLabel ?? control.textContent).trim() !== "", `no name: ${describe(control)}`);
      if (control.localName === "button") check(control.getBoundingClientRect().height >= 44, `too small to touch: ${describe(control)}`);
    }
    for (const image of all("img")) check(image.hasAttribute("alt"), `no alt: ${image.src}`);
    for (const section of all("section, [role=region], fieldset")) {
      const name = document.getElementById(section.getAttribute("aria-labelledby"))?.textContent ?? section.querySelector("legend")?.textContent;
      check(Boolean(name?.trim()), `no name: ${describe(section)}`);
    }
    for (const element of document.querySelectorAll("[aria-labelledby]")) {
      check(document.getElementById(element.getAttribute("aria-labelledby")) !== null, `points nowhere: ${describe(element)}`);
    }
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    check(new Set(ids).size === ids.length, "an id is used twice");
    for (const element of document.querySelectorAll("[tabindex]")) check(element.tabIndex <= 0, `own tab order: ${describe(element)}`);

    for (const element of all("body *")) {
      const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
      if (!hasText || element.closest(".visually-hidden")) continue;
      const ratio = contrast(channels(getComputedStyle(element).color), backgroundOf(element));
      check(ratio >= 4.5, `contrast ${ratio.toFixed(2)}: ${describe(element)}`);
    }
    return faults;

    function channels(color) {
      const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
      return { rgb: [red, green, blue], alpha };
    }

    function backgroundOf(element) {
      for (let at = element; at; at = at.parentElement) {
        const color = channels(getComputedStyle(at).backgroundColor);
        if (color.alpha === 1) return color;
      }
      return channels("rgb(255, 255, 255)");
    }

    function contrast(a, b) {
      const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (light + 0.05) / (dark + 0.05);
    }

    function luminance({ rgb }) {
      const [red, green, blue] = rgb.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }
  });
}

/** Walks from an element through the page with the Tab key: what got the focus, in order, by id, text or value. */
export async function tabOrder(page, first) {
  await page.focus(first);
  const order = [];
  for (;;) {
    const at = await page.evaluate(() => {
      const { activeElement } = document;
      if (activeElement === document.body) return undefined;
      const { id, textContent, value } = activeElement;
      const { top, bottom } = activeElement.getBoundingClientRect();
      return { name: id || textContent || value, visible: bottom > 0 && top < innerHeight && activeElement.matches(":focus-visible") };
    });
    if (!at || at.name === order[0]?.name) return order;
    order.push(at);
    await page.keyboard.press("Tab");
  }
}
