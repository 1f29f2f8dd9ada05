/** The page that a notice becomes, unless the program makes its own. */
import * as Effect from "effect/Effect";
import * as Digest from "effect/crypto/Digest";
import * as Base64 from "effect/encoding/Base64";
import type { PageRequest } from "./web_login_options.ts";

/** Makes pages. The style's digest is made once, so that no other style is applied. */
export const makePages: Effect.Effect<(page: PageRequest) => Response, never, Digest.Digest> =
  Digest.Digest.use((digest) =>
    Effect.map(
      digest.digest(Digest.sha256, new TextEncoder().encode(style)),
      (hash) => (page: PageRequest) =>
        new Response(htmlOf(page), {
          headers: {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": `default-src 'none'; style-src 'sha256-${
              Base64.encode(hash)
            }'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
          },
        }),
    )
  );

function htmlOf(
  { homePath, loginPath, notice: { isRetryable, text, title } }: PageRequest,
): string {
  const again = isRetryable
    ? `<a class="button" href="${escaped(loginPath)}">Sign in</a>\n      `
    : "";
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${escaped(title)}</title>
    <style>${style}</style>
  </head>
  <body>
    <main>
      <svg viewBox="0 0 48 48" width="56" height="56" aria-hidden="true">
        <circle cx="24" cy="24" r="22"/>
        <path d="M24 13v14M24 34v.5"/>
      </svg>
      <h1>${escaped(title)}</h1>
      <p>${escaped(text)}</p>
      <p class="links">${again}<a href="${escaped(homePath)}">To the first page</a></p>
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

const style = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --line: #d9dee6; --paper: #fff;
  --ground: #f3f5f8; --mark: #9a6700; --accent: #2450c8; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa5b4; --line: #343c48;
  --paper: #1b2028; --ground: #11151b; --mark: #f0c05a; --accent: #8fb0ff; --on-accent: #0d1630; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 28rem; width: 100%; padding: 2.25rem 2rem; text-align: center;
  background: var(--paper); border: 1px solid var(--line); border-radius: 14px; }
h1 { margin: 1rem 0 .75rem; font-size: 1.4rem; line-height: 1.25; text-wrap: balance; }
p { margin: 0 0 .75rem; }
a { color: var(--accent); }
.links { margin: 1.5rem 0 0; display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center;
  justify-content: center; }
.button { padding: .6rem 1.3rem; font-weight: 600; text-decoration: none; border-radius: 10px;
  color: var(--on-accent); background: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
svg { fill: none; stroke: var(--mark); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
`;
