/**
 * A value as lines of text: equal values have equal texts, whatever the order of their members. Members that are undefined are left
 * out, as JSON leaves them out.
 *
 * @internal
 */
export function shown(value: unknown): string {
  return show(value, "");
}

const MAX_DEPTH = 64;

function show(value: unknown, indent: string): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (indent.length > 2 * MAX_DEPTH) return "…";
  const inner = `${indent}  `;
  if (value instanceof Date) return `Date(${Number.isNaN(value.getTime()) ? "invalid" : value.toISOString()})`;
  if (value instanceof Error) return `${value.name}(${JSON.stringify(value.message)})`;
  if (Array.isArray(value)) return block("[", value.map((item) => show(item, inner)), "]", indent);
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => `${show(key, inner)} => ${show(item, inner)}`);
    return block("Map {", entries.sort(), "}", indent);
  }
  if (value instanceof Set) return block("Set {", [...value].map((item) => show(item, inner)).sort(), "}", indent);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}: ${show(member, inner)}`);
  return block(`${nameOf(value)}{`, members, "}", indent);
}

function block(open: string, items: readonly string[], close: string, indent: string): string {
  if (items.length === 0) return open + close;
  return `${open}\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}${close}`;
}

function nameOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: string } } | null;
  const name = prototype?.constructor?.name ?? "";
  return name === "" || name === "Object" ? "" : `${name} `;
}
