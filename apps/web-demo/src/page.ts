/**
 * The pages of the demonstration: no script, nothing from elsewhere, light and dark.
 *
 * @module
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import { createHash } from "node:crypto";
import { type Html, html } from "./html.ts";

/** Who is signed in, and what the session is doing. */
export interface SignedIn {
  /** Name and address, by the ID token. */
  readonly name: string;
  readonly email: string;
  /** The user's name at the server. */
  readonly subject: string;
  /** What the API was asked, and what it said. Absent: it was not asked yet. */
  readonly call?: ApiCall | undefined;
}

/** One call of the protected API. */
export interface ApiCall {
  readonly status: number;
  readonly body: string;
  /** How many access tokens the session has had by now. */
  readonly tokens: number;
  /** What is left of the one that was sent, in seconds. */
  readonly secondsLeft: number;
  /** Whether it is another than at the call before. */
  readonly isRenewed: boolean;
}

/** For who is not signed in. */
export function welcomePage(): HttpServerResponse.HttpServerResponse {
  return page(
    "Welcome",
    html`
      <p>A small server application. Its users sign in at an authorization server; the tokens stay
      on this server, and the browser gets one cookie that says nothing.</p>
      <p class="buttons"><a class="button" href="/login?return_to=/">Sign in</a></p>
    `,
  );
}

/** For who is. */
export function profilePage(user: SignedIn): HttpServerResponse.HttpServerResponse {
  return page(
    `Hello, ${user.name}`,
    html`
      <dl>
        <dt>E-mail</dt>
        <dd>${user.email}</dd>
        <dt>User</dt>
        <dd><code>${user.subject}</code></dd>
      </dl>
      ${user.call === undefined ? noCall() : callOf(user.call)}
      <div class="buttons">
        <form method="post" action="/api-call"><button>Call the API</button></form>
        <form method="post" action="/logout"><button class="quiet">Sign out</button></form>
      </div>
    `,
  );
}

/** For a problem, in a sentence. */
export function problemPage(text: string, status: number): HttpServerResponse.HttpServerResponse {
  return page(
    "That did not work",
    html`
      <p>${text}</p>
      <p class="buttons"><a class="button" href="/">Back</a></p>
    `,
    status,
  );
}

function noCall(): Html {
  return html`
    <p class="soft">The API behind the server wants an access token, which lives for a few seconds
    only. Call it twice with a pause, and watch the session renew it.</p>
  `;
}

function callOf({ body, isRenewed, secondsLeft, status, tokens }: ApiCall): Html {
  return html`
    <h2>The API said <span class="status">${status}</span></h2>
    <pre>${body}</pre>
    <p class="soft"
      id="token">${isRenewed
        ? "The session has renewed its token"
        : "The token is still good"}: number <strong>${tokens}</strong> of this session, with ${secondsLeft} s to live.</p>
  `;
}

function page(title: string, body: Html, status = 200): HttpServerResponse.HttpServerResponse {
  const { markup } = html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title} · Bellhop demo</title>
        <style>${{ markup: style() }}</style>
      </head>
      <body>
        <main>
          <p class="brand"><a href="/">Bellhop</a> web demo</p>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>
  `;
  return HttpServerResponse.html(markup).pipe(
    HttpServerResponse.setStatus(status),
    HttpServerResponse.setHeaders({
      "cache-control": "no-store",
      "content-security-policy":
        `default-src 'none'; style-src '${styleHash()}'; base-uri 'none'; form-action 'self' http://127.0.0.1:*; frame-ancestors 'none'`,
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
    }),
  );
}

function styleHash(): string {
  return `sha256-${createHash("sha256").update(style()).digest("base64")}`;
}

function style(): string {
  return `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --line: #d9dee6; --paper: #fff;
  --ground: #f3f5f8; --accent: #2450c8; --on-accent: #fff; --good: #1d7a46; --well: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa5b4; --line: #343c48;
  --paper: #1b2028; --ground: #11151b; --accent: #8fb0ff; --on-accent: #0d1630; --good: #6fd39a;
  --well: #14181f; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { width: 100%; max-width: 34rem; padding: 1.75rem 2rem 2rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: 14px; }
h1 { margin: .25rem 0 1rem; font-size: 1.6rem; line-height: 1.25; text-wrap: balance; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.05rem; }
p { margin: 0 0 .75rem; }
a { color: var(--accent); }
.brand { margin: 0; font-size: .9rem; }
.brand, .soft, dt { color: var(--soft); }
.soft { font-size: .92rem; }
.status { color: var(--good); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.25rem; margin: 0 0 1.25rem; }
dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, monospace; font-size: .9rem; }
pre { margin: 0 0 .75rem; padding: .9rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--well);
  border: 1px solid var(--line); border-radius: 10px; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0; }
button, .button { display: inline-block; padding: .65rem 1.25rem; font: inherit; font-weight: 600;
  text-decoration: none; cursor: pointer; border-radius: 10px; color: var(--on-accent);
  background: var(--accent); border: 1px solid var(--accent); }
button.quiet { color: inherit; background: transparent; border-color: var(--soft); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;
}
