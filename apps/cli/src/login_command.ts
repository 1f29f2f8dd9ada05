/**
 * What to run where there is no session that can be used.
 *
 * @module
 */
import { type CommandError, sessionError } from "./command_error.ts";

/** The command that logs a profile in again. */
export function loginCommand(profile: string): string {
  return profile === "default" ? "bellhop login" : `bellhop login --profile ${profile}`;
}

/** Nothing is stored for this profile. */
export function noSession(profile: string): CommandError {
  const hint = `Log in: ${loginCommand(profile)}`;
  return sessionError("no_session", `Profile "${profile}" has no session`, hint);
}
