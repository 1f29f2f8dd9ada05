import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import {
  type AnyMachineSnapshot,
  createActor,
  fromCallback,
  initialTransition,
  transition,
} from "xstate";
import { getShortestPaths } from "xstate/graph";
import { pathOf } from "../flow/path.ts";
import { fromUrl } from "../protocol/authorization_response.ts";
import { authorizationCode } from "./authorization_code.ts";
import type { AuthorizationCodeEvent, AuthorizationCodeInput } from "./authorization_code_event.ts";

const input: AuthorizationCodeInput = {
  issuer: "https://as.example.com",
  clientId: "app",
  redirectUri: "https://client.example.com/cb",
  scope: ["a"],
  resource: [],
  lifetimeMillis: 600_000,
  requestLimitMillis: 15_000,
  validationLimitMillis: 30_000,
};

const prepared: AuthorizationCodeEvent = {
  type: "prepared",
  url: Redacted.make("https://as.example.com/authorize?state=s"),
  state: Redacted.make("s"),
  nonce: Redacted.make("n"),
  verifier: Redacted.make("v"),
};
const callback: AuthorizationCodeEvent = {
  type: "callback",
  parameters: fromUrl("/cb?code=c&state=s"),
};
const code: AuthorizationCodeEvent = { type: "authorization_code", code: Redacted.make("c") };
const tokens = {
  accessToken: Redacted.make("access-token"),
  tokenType: "Bearer",
  obtainedAtMillis: 0,
  scope: ["a"],
};
const token: AuthorizationCodeEvent = { type: "token", tokens };
const valid: AuthorizationCodeEvent = { type: "valid", tokens, validated: undefined };
const cancel: AuthorizationCodeEvent = { type: "cancel" };

const error = undefined as never;

/** Every event there is, beside the timers. */
const answers: ReadonlyArray<AuthorizationCodeEvent> = [
  prepared,
  callback,
  code,
  { type: "other_state" },
  { type: "access_denied", error },
  token,
  valid,
  { type: "invalid", error },
  { type: "refused", error },
  { type: "malformed", error },
  { type: "unreachable", error },
  cancel,
];

const timers = [
  "lifetime.authorizationCode.preparing",
  "lifetime.authorizationCode.awaitingCallback",
  "requestLimit.authorizationCode.redeeming",
  "validationLimit.authorizationCode.validating",
].map((name) => ({ type: `xstate.after.${name}` }) as unknown as AuthorizationCodeEvent);

/** The shortest way into each state that can be reached by these events. */
function reached(
  events: ReadonlyArray<AuthorizationCodeEvent>,
  fromState?: AnyMachineSnapshot,
): Map<string, AnyMachineSnapshot> {
  const paths = getShortestPaths(authorizationCode, {
    input,
    events,
    serializeState: ({ value }) => pathOf(value),
    serializeEvent: ({ type }) => type,
    ...(fromState === undefined ? {} : { fromState: fromState as never }),
  });
  return new Map(paths.map(({ state }) => [pathOf(state.value), state]));
}

/** Where these events lead from the beginning. */
function after(...events: ReadonlyArray<AuthorizationCodeEvent>) {
  let [snapshot] = initialTransition(authorizationCode, input);
  for (const event of events) [snapshot] = transition(authorizationCode, snapshot, event);
  return snapshot;
}

const declared = [
  "preparing",
  "awaitingCallback.waiting",
  "awaitingCallback.reading",
  "redeeming",
  "validating",
  "authorized",
  "denied",
  "expired",
  "refused",
  "malformed",
  "invalid",
  "unreachable",
  "cancelled",
];

describe("authorizationCode's graph", () => {
  const states = reached([...answers, ...timers]);
  const open = [...states.values()].filter(({ status }) => status === "active");

  it("has a way into every state", () => {
    assert.deepStrictEqual([...states.keys()].toSorted(), declared.toSorted());
    assert.strictEqual(open.length, 5);
  });

  it("has an end from every state by time alone", () => {
    for (const state of open) {
      const ends = [...reached(timers, state).values()].filter(({ status }) => status === "done");
      assert.isAbove(ends.length, 0, pathOf(state.value));
    }
  });

  it("has an end from every state by cancel alone", () => {
    for (const state of open) {
      const [next] = transition(authorizationCode, state as never, cancel);
      assert.deepStrictEqual(next.output, { _tag: "Cancelled" }, pathOf(state.value));
    }
  });

  it("says in a sentence what each state is for", () => {
    for (const [path, state] of states) {
      for (const node of state._nodes.filter(({ parent }) => parent !== undefined)) {
        assert.isString(node.description, path);
        if (path !== "cancelled") assert.match(node.description ?? "", /RFC \d+ section/, path);
      }
    }
  });

  it("ends differently for each way of ending", () => {
    const tags = [...states.values()]
      .filter(({ status }) => status === "done")
      .map(({ output }) => (output as { readonly _tag: string })._tag);
    assert.strictEqual(new Set(tags).size, 8);
  });

  it("reaches no tokens but by a code and its redemption", () => {
    const without = (left: AuthorizationCodeEvent) =>
      reached([...answers.filter((event) => event !== left), ...timers]);
    for (const needed of [prepared, code, token, valid]) {
      assert.isFalse(without(needed).has("authorized"), needed.type);
    }
  });
});

describe("authorizationCode", () => {
  it("goes on waiting after a callback that answers another request", () => {
    const waiting = after(prepared, callback, { type: "other_state" });
    assert.strictEqual(pathOf(waiting.value), "awaitingCallback.waiting");
    assert.strictEqual(
      pathOf(after(prepared, callback, { type: "other_state" }, callback).value),
      "awaitingCallback.reading",
    );
  });

  it("takes the answer to a callback also after another one came in between", () => {
    const events = [prepared, callback, callback] as const;
    const taken = after(...events, { type: "other_state" }, code);
    assert.strictEqual(pathOf(taken.value), "redeeming");
    assert.strictEqual(pathOf(after(...events, code, { type: "other_state" }).value), "redeeming");
  });

  it("redeems once: whatever comes later from a browser is nothing to it", () => {
    const redeeming = after(prepared, callback, code);
    for (const event of [callback, code, { type: "other_state" } as const]) {
      const [next, commands] = transition(authorizationCode, redeeming, event);
      assert.strictEqual(pathOf(next.value), "redeeming");
      assert.deepStrictEqual(commands, []);
    }
  });

  it("takes no answer before it was asked for", () => {
    for (const event of [callback, code, token, valid]) {
      assert.strictEqual(pathOf(after(event).value), "preparing");
    }
    assert.strictEqual(pathOf(after(prepared, token, valid).value), "awaitingCallback.waiting");
  });

  it("reads each callback, also one that comes while another is read", () => {
    const parameters = fromUrl("/cb?code=d&state=s");
    const reading = after(prepared, callback);
    const [, commands] = transition(authorizationCode, reading, { type: "callback", parameters });
    const started = commands.find(({ type }) => (type as string) === "xstate.spawnChild");
    const { input: given, src } = (started as never as { readonly params: Record<string, unknown> })
      .params;
    assert.strictEqual(src, "readCallback");
    assert.strictEqual((given as { readonly parameters: unknown }).parameters, parameters);
  });

  it("keeps its lifetime however many callbacks come", () => {
    const [, commands] = transition(authorizationCode, after(prepared, callback), callback);
    const types = commands.map(({ type }) => type as string);
    assert.notInclude(types, "xstate.raise");
    assert.notInclude(types, "xstate.cancel");
  });

  it("keeps no code and no token", () => {
    const { context } = after(prepared, callback, code, token);
    assert.deepStrictEqual(Object.keys(context).toSorted(), [
      "clientId",
      "issuer",
      "lifetimeMillis",
      "nonce",
      "redirectUri",
      "requestLimitMillis",
      "resource",
      "scope",
      "state",
      "validationLimitMillis",
      "verifier",
    ]);
  });

  it("runs on XState's own createActor", () => {
    const shown: Array<string> = [];
    const answering = (answer: AuthorizationCodeEvent) =>
      fromCallback<AuthorizationCodeEvent>(({ sendBack }) => sendBack(answer));
    const chart = authorizationCode.provide({
      actors: {
        prepare: answering(prepared),
        readCallback: answering(code),
        redeem: answering(token),
        validate: answering(valid),
      } as never,
    });
    const actor = createActor(chart, { input });
    actor.on("authorization_url", ({ redirectUri }) => shown.push(redirectUri));
    actor.start();
    actor.send(callback);
    const { output } = actor.getSnapshot();
    assert.strictEqual(output?._tag, "Authorized");
    assert.deepStrictEqual(shown, [input.redirectUri]);
  });
});
