import { assert, it } from "@effect/vitest";
import { findingsOf } from "./deno_finding.ts";

const output = `Checking for slow types in the public API...
error[missing-explicit-type]: missing explicit type in the public API
  --> /checkout/packages/core/src/chart/device_authorization.ts:12:14
   |
12 | export const chart = setup({})
   |              ^^^^^

error[private-type-ref]: public type 'make' references private type 'Effect'
  --> /checkout/packages/core/src/protocol/pkce.ts:58:14

error: Found 2 documentation lint errors.
`;

it("findingsOf() gives the code and the file of each finding, and leaves the summary out", () => {
  assert.deepStrictEqual(findingsOf(output).map(({ code, path }) => [code, path]), [
    ["missing-explicit-type", "/checkout/packages/core/src/chart/device_authorization.ts"],
    ["private-type-ref", "/checkout/packages/core/src/protocol/pkce.ts"],
  ]);
});

it("findingsOf() finds nothing in a clean output", () => {
  assert.deepStrictEqual(findingsOf("Success Dry run complete\n"), []);
});
