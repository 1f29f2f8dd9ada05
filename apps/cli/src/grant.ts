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
export type Grant = "code" | "device" | "client-credentials";

/** What a profile remembers: a grant, or that each login chooses between browser and code. */
export type GrantWish = Grant | "auto";

/** Every wish that this build knows. */
export const grants: ReadonlyArray<GrantWish> = ["code", "device", "client-credentials", "auto"];

/** What profiles mean that were written before there was a choice. */
export const firstGrant: Grant = "device";

/**
 * The grant that was asked for, else the one that is known; nothing where neither is. Fails where this
 * build lacks it.
 */
export function grantOf(
  asked: Option.Option<string>,
  known: GrantWish | undefined,
): Effect.Effect<GrantWish | undefined, CommandError> {
  if (Option.isNone(asked)) return Effect.succeed(known);
  const name = asked.value;
  const grant = grants.find((each) => each === name);
  return grant === undefined
    ? Effect.fail(usageError(
      `This build does not know the grant "${oneLine(name)}"`,
      `It knows: ${grants.join(", ")}`,
    ))
    : Effect.succeed(grant);
}
