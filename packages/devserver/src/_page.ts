import { type Html, html, raw } from "./_html.ts";

/** Headers of every page: no script runs, nothing is fetched, nothing may frame it. */
export function pageHeaders(): Readonly<Record<string, string>> {
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
  };
}

/** A whole page around `body`. */
export function page(title: string, body: Html): string {
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title} · Bellhop development server</title>
        <style>${raw(style())}</style>
      </head>
      <body>
        <main>
    <p class="brand"><a href="/">Bellhop</a> development server</p>
    <h1>${title}</h1>
    ${body}
        </main>
      </body>
    </html>
  `.markup;
}

function style(): string {
  return `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --line: #d9dee6; --paper: #fff;
  --ground: #f3f5f8; --accent: #2450c8; --on-accent: #fff; --alarm: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa5b4; --line: #343c48;
  --paper: #1b2028; --ground: #11151b; --accent: #8fb0ff; --on-accent: #0d1630; --alarm: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 1.5rem 2rem 2rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: 14px; }
main:has(table) { max-width: 60rem; }
h1 { margin: .25rem 0 1rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.1rem; }
.brand, .soft { color: var(--soft); font-size: .9rem; }
.brand { margin: 0; }
a { color: var(--accent); }
code { font-family: ui-monospace, monospace; font-size: .92em; overflow-wrap: anywhere; }
.code { display: block; margin: 1rem 0; padding: .75rem; text-align: center; font-size: 1.9rem;
  letter-spacing: .12em; border: 1px dashed var(--line); border-radius: 10px; }
.alarm { color: var(--alarm); font-weight: 600; }
label { display: block; margin-bottom: .35rem; font-weight: 600; }
input[type=text] { width: 100%; padding: .65rem .8rem; font: 1.4rem ui-monospace, monospace;
  letter-spacing: .1em; text-transform: uppercase; color: inherit; background: transparent;
  border: 1px solid var(--soft); border-radius: 10px; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem; }
button { padding: .65rem 1.2rem; font: inherit; font-weight: 600; cursor: pointer; border-radius: 10px;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); }
button.quiet { color: inherit; background: transparent; border-color: var(--soft); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th, td { padding: .45rem .6rem .45rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
`;
}
