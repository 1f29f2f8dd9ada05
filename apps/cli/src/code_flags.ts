/**
 * The flags of one login in the browser: what the user is to be asked. No profile remembers them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Flag from "effect/cli/Flag";
import type { AuthorizationRequestOptions } from "@bellhop/core/protocol/authorization_request";
import { type CommandError, usageError } from "./command_error.ts";
import { present } from "./present.ts";
import { oneLine } from "./user_code_view.ts";

/** The flags, as the command line declares them. */
export const codeFlags = {
  prompt: Flag.String("prompt").pipe(
    Flag.withDescription("What to ask: none, login, consent, select_account, create"),
    Flag.withMetavar(`"A B"`),
    Flag.optional,
  ),
  loginHint: Flag.String("login-hint").pipe(
    Flag.withDescription("Who is expected to sign in"),
    Flag.withMetavar("NAME"),
    Flag.optional,
  ),
  acrValues: Flag.String("acr-values").pipe(
    Flag.withDescription("Wanted strengths of authentication, the best first"),
    Flag.withMetavar(`"A B"`),
    Flag.optional,
  ),
  maxAge: Flag.Int("max-age").pipe(
    Flag.withDescription("How many seconds ago the user may have signed in at most"),
    Flag.withMetavar("SECONDS"),
    Flag.filter((seconds) => seconds >= 0, () => "Expected 0 or more seconds"),
    Flag.optional,
  ),
};

/** What {@linkcode codeFlags} give. */
export interface CodeInput {
  readonly prompt: Option.Option<string>;
  readonly loginHint: Option.Option<string>;
  readonly acrValues: Option.Option<string>;
  readonly maxAge: Option.Option<number>;
}

/** What one login asks for, beyond its profile. */
export type CodeRequest = Pick<
  AuthorizationRequestOptions,
  "prompt" | "loginHint" | "acrValues" | "maxAgeSeconds"
>;

type Prompt = NonNullable<CodeRequest["prompt"]>[number];

const prompts: ReadonlyArray<Prompt> = ["none", "login", "consent", "select_account", "create"];

/** What the flags ask for. Fails where a prompt is none. */
export function codeRequestOf(input: CodeInput): Effect.Effect<CodeRequest, CommandError> {
  const asked = Option.map(input.prompt, words);
  const known = Option.map(asked, (names) => prompts.filter((prompt) => names.includes(prompt)));
  const unknown = Option.getOrElse(asked, () => []).find((name) => !isPrompt(name));
  return unknown === undefined
    ? Effect.succeed(present({
      prompt: Option.getOrUndefined(known),
      loginHint: Option.getOrUndefined(input.loginHint),
      acrValues: Option.getOrUndefined(Option.map(input.acrValues, words)),
      maxAgeSeconds: Option.getOrUndefined(input.maxAge),
    }))
    : Effect.fail(usageError(
      `There is no prompt "${oneLine(unknown)}"`,
      `Pass one or more of: ${prompts.join(", ")}`,
    ));
}

function isPrompt(name: string): boolean {
  return prompts.some((prompt) => prompt === name);
}

function words(text: string): ReadonlyArray<string> {
  return text.split(/\s+/).filter((word) => word !== "");
}
