/**
 * The core on whatever runtime runs this file: `node`, `deno run` or `bun`, from source, without a test
 * runner. Prints a line for each case and last `N passed, N failed`.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { deviceGrantCases } from "./device_grant_cases.ts";
import { memoryStoreCases } from "./memory_store_cases.ts";
import type { SmokeCase } from "./smoke_case.ts";

const cases: ReadonlyArray<SmokeCase> = [...memoryStoreCases, ...deviceGrantCases];
const failed = await Effect.runPromise(
  Effect.filter(cases, ({ name, effect }) =>
    Effect.map(Effect.exit(effect), (exit) => {
      const ended = Exit.isSuccess(exit) ? "ok  " : "FAIL";
      console.log(`${ended} ${name}`);
      if (Exit.isFailure(exit)) console.log(Cause.pretty(exit.cause));
      return Exit.isFailure(exit);
    })),
);
console.log(`${cases.length - failed.length} passed, ${failed.length} failed`);
if (failed.length > 0) throw new Error(`${failed.length} of ${cases.length} cases failed`);
