/**
 * The grants that a login can be made by, as `--grant` names them.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { type CommandError, usageError } from "./command_error.ts";
import { oneLine } from "./user_code_view.ts";

/** How a session is got. */
export type Grant = "device" | "client-credentials";

/** Every grant that this build knows. */
export const grants: ReadonlyArray<Grant> = ["device", "client-credentials"];

/** What is meant where nobody said, and by profiles that were written before there was a choice. */
export const defaultGrant: Grant = "device";

/** The grant that was asked for, else the one that is known. Fails where this build lacks it. */
export function grantOf(
  asked: Option.Option<string>,
  known: Grant = defaultGrant,
): Effect.Effect<Grant, CommandError> {
  const name = Option.getOrElse(asked, () => known);
  const grant = grants.find((each) => each === name);
  return grant === undefined
    ? Effect.fail(usageError(
      `This build does not know the grant "${oneLine(name)}"`,
      `It knows: ${grants.join(", ")}`,
    ))
    : Effect.succeed(grant);
}
