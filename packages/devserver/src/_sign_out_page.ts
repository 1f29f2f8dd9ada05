import { html, raw } from "./_html.ts";
import { page } from "./_page.ts";

/** Asks whether to sign out. The buttons belong to the library's form by its id. */
export function signOutPage(form: string): string {
  return page(
    "Sign out?",
    html`
      <p>This browser is signed in at the development server.</p>
      ${raw(form)}
      <div class="buttons">
        <button form="op.logoutForm" name="logout" value="yes">Sign out</button>
        <button class="quiet" form="op.logoutForm">Stay signed in</button>
      </div>
    `,
  );
}
