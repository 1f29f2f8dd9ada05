import { html, raw } from "./_html.ts";
import { page } from "./_page.ts";
import { scopeList } from "./_sign_in_page.ts";

/** Why the user is asked for a code again. */
export type CodeProblem = "unknown" | "expired" | "used" | "missing" | "other";

export interface CodeInput {
  /** Ties the form to the browser that was given it. */
  readonly xsrf: string;
  /** Code to begin with: typed before, or from `verification_uri_complete`. */
  readonly userCode: string;
  readonly problem?: CodeProblem | undefined;
}

/** Asks for the code that the device shows. RFC 8628 section 3.3. */
export function codeInputPage({ xsrf, userCode, problem }: CodeInput): string {
  return page(
    "Connect a device",
    html`
      ${problem === undefined ? "" : html`<p class="alarm" role="alert">${wordsOf(problem)}</p>`}
      <form method="post" action="/device">
        <input type="hidden" name="xsrf" value="${xsrf}">
        <label for="user_code">Code shown on the device</label>
        <input type="text" id="user_code" name="user_code" value="${userCode}" placeholder="XXXX-XXXX"
          autocomplete="off" autocapitalize="characters" spellcheck="false" required autofocus>
        <p class="soft">Go on only if the code is the one that you see on your device.</p>
        <div class="buttons"><button>Continue</button></div>
      </form>
    `,
  );
}

export interface CodeConfirmation {
  /** The library's own form, with its hidden fields and no button. */
  readonly form: string;
  readonly clientName: string;
  readonly userCode: string;
  readonly scopes: ReadonlyArray<string>;
}

/** Shows which device asks for what. The buttons belong to the library's form by its id. */
export function codeConfirmationPage(confirmation: CodeConfirmation): string {
  const { form, clientName, userCode, scopes } = confirmation;
  return page(
    `Connect ${clientName}?`,
    html`
      <p>Your device shows this code:</p>
      <code class="code">${userCode}</code>
      <p><strong>${clientName}</strong> would like to:</p>
      ${scopeList(scopes)}
      ${raw(form)}
      <div class="buttons">
        <button form="op.deviceConfirmForm">Approve</button>
        <button class="quiet" form="op.deviceConfirmForm" name="abort" value="yes">Deny</button>
      </div>
    `,
  );
}

function wordsOf(problem: CodeProblem): string {
  switch (problem) {
    case "unknown":
      return "No device is waiting under this code. Check the spelling and try again.";
    case "expired":
      return "This code has expired. Start the sign-in on your device again.";
    case "used":
      return "This code has already been answered. Start the sign-in on your device again.";
    case "missing":
      return "Enter the code that your device shows.";
    case "other":
      return "That did not work. Enter the code again.";
  }
}
