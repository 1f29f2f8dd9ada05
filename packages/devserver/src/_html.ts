/** Markup that is safe to send. */
export interface Html {
  readonly markup: string;
}

type HtmlValue = string | number | Html | ReadonlyArray<Html>;

/** Builds markup; every interpolated text is escaped. */
export function html(strings: TemplateStringsArray, ...values: ReadonlyArray<HtmlValue>): Html {
  const markup = strings.reduce((before, after, index) =>
    `${before}${markupOf(values[index - 1] ?? "")}${after}`
  );
  return { markup };
}

/** Trusts `markup` as it is. */
export function raw(markup: string): Html {
  return { markup };
}

function markupOf(value: HtmlValue): string {
  if (typeof value === "object") {
    return "markup" in value ? value.markup : value.map(({ markup }) => markup).join("");
  }
  return String(value)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
