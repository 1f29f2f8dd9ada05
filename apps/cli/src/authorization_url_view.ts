/**
 * What a person is shown while a login waits for the browser.
 *
 * The URL is the one place where the login's state and nonce are written.
 *
 * @module
 */
import { oneLine } from "./user_code_view.ts";
import { bold, type Screen } from "./screen.ts";

/** How the URL gets into a browser. */
export interface UrlViewOptions {
  readonly screen: Screen;
  /** Whether a browser is opened. */
  readonly isOpening: boolean;
  /** Whether a pasted address is taken. */
  readonly canPaste: boolean;
}

/** Shows where to sign in. */
export function showAuthorizationUrl(
  url: string,
  { screen, isOpening, canPaste }: UrlViewOptions,
): void {
  const lines = [
    "",
    isOpening ? "  Opening your browser. If nothing happens, open this page:" : "  Open this page:",
    `    ${bold(screen, oneLine(url))}`,
    "",
  ];
  if (canPaste && !isOpening) lines.push(...pasteWords(), "");
  screen.write(`${lines.join("\n")}\n`);
}

/** Says what to do with a browser on another machine. */
export function pasteWords(): ReadonlyArray<string> {
  return [
    "  If the browser is on another machine it ends on a page that does not load. Copy that page's",
    "  address, paste it here and press Enter. It is not shown, for it holds a code.",
  ];
}
