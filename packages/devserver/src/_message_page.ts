import { html } from "./_html.ts";
import { page } from "./_page.ts";

export interface Message {
  readonly title: string;
  readonly text: string;
  /** Small print: an error code and its description. */
  readonly detail?: string | undefined;
}

/** A page that says one thing. */
export function messagePage({ title, text, detail }: Message): string {
  return page(
    title,
    html`<p>${text}</p>${
      detail === undefined ? "" : html`<p class="soft"><code>${detail}</code></p>`
    }`,
  );
}
