import { assert, describe, it } from "@effect/vitest";
import { html, raw } from "./_html.ts";

describe("html", () => {
  it("escapes what is interpolated as text", () => {
    const { markup } = html`<p title="${`"'`}">${"<script>&"}</p>`;
    assert.strictEqual(markup, '<p title="&quot;&#39;">&lt;script&gt;&amp;</p>');
  });

  it("keeps markup, lists of markup and numbers", () => {
    const { markup } = html`${html`<i>a</i>`}${[raw("<b>"), raw("</b>")]}${7}`;
    assert.strictEqual(markup, "<i>a</i><b></b>7");
  });
});
