import type { DevUser } from "./dev_user.ts";
import { type Html, html } from "./_html.ts";
import { page } from "./_page.ts";
import { scopeMeanings } from "./_scope.ts";

export interface SignIn {
  readonly clientName: string;
  readonly user: DevUser;
}

/** Signs the test user in with one click. The form goes to the page's own address. */
export function loginPage({ clientName, user }: SignIn): string {
  return page(
    "Sign in",
    html`
      <p>to go on to <strong>${clientName}</strong></p>
      <form method="post">
        <p class="soft">There is one test user here, and no password.</p>
        <div class="buttons">
          <button name="answer" value="login">Sign in as ${user.name}</button>
          <button class="quiet" name="answer" value="deny">Cancel</button>
        </div>
      </form>
    `,
  );
}

export interface Consent extends SignIn {
  readonly scopes: ReadonlyArray<string>;
}

/** Asks whether the client may have what it asked for. */
export function consentPage({ clientName, user, scopes }: Consent): string {
  return page(
    `Allow ${clientName}?`,
    html`
      <p>Hello ${user.name}, <strong>${clientName}</strong> would like to:</p>
      ${scopeList(scopes)}
      <form method="post">
        <div class="buttons">
          <button name="answer" value="allow">Allow</button>
          <button class="quiet" name="answer" value="deny">Deny</button>
        </div>
      </form>
    `,
  );
}

/** The scopes in words. */
export function scopeList(scopes: ReadonlyArray<string>): Html {
  const meanings = scopeMeanings();
  return html`<ul>${
    scopes.map((scope) =>
      html`
        <li>${meanings[scope] ?? "Unknown to this server"} <code class="soft">${scope}</code></li>
      `
    )
  }</ul>`;
}
