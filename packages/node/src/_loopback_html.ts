import { createHash } from "node:crypto";
import type { Page } from "./loopback_listener_page.ts";

/** Headers of every answer: nothing is kept, nothing runs, nothing is fetched, nothing may frame it. */
export function answerHeaders(): Readonly<Record<string, string>> {
  return {
    "cache-control": "no-store",
    "content-security-policy":
      `default-src 'none'; style-src '${styleHash()}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}

/** A whole page. */
export function htmlOf({ outcome, title, text }: Page): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${escaped(title)}</title>
    <style>${style()}</style>
  </head>
  <body>
    <main class="${outcome}">
      <svg viewBox="0 0 48 48" width="56" height="56" aria-hidden="true">
        <circle cx="24" cy="24" r="22"/>
        <path d="${outcome === "success" ? "M14 25l7 7 13-15" : "M24 13v14M24 34v.5"}"/>
      </svg>
      <h1>${escaped(title)}</h1>
      <p>${escaped(text)}</p>
      <p class="soft">You can close this window.</p>
    </main>
  </body>
</html>
`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function styleHash(): string {
  return `sha256-${createHash("sha256").update(style()).digest("base64")}`;
}

function style(): string {
  return `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --line: #d9dee6; --paper: #fff;
  --ground: #f3f5f8; --mark: #1d7a46; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa5b4; --line: #343c48;
  --paper: #1b2028; --ground: #11151b; --mark: #6fd39a; } }
.failure { --mark: #b3261e; }
@media (prefers-color-scheme: dark) { .failure { --mark: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 28rem; width: 100%; padding: 2.25rem 2rem; text-align: center;
  background: var(--paper); border: 1px solid var(--line); border-radius: 14px; }
h1 { margin: 1rem 0 .75rem; font-size: 1.4rem; line-height: 1.25; }
p { margin: 0 0 .75rem; }
.soft { margin: 1.25rem 0 0; color: var(--soft); font-size: .9rem; }
svg { fill: none; stroke: var(--mark); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
`;
}
