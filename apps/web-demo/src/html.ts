/** HTML, escaped unless it is HTML already. */
export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | ReadonlyArray<Html>;

/** A template whose parts are escaped. */
export function html(strings: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html {
  const markup = strings.map((text, at) => {
    const part = parts[at];
    return part === undefined ? text : text + markupOf(part);
  }).join("");
  return { markup };
}

function markupOf(part: Part): string {
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
