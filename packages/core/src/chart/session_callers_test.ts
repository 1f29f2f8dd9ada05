import { assert, describe, it } from "@effect/vitest";
import { Schema } from "effect";
import type { SessionEmitted, SessionEvent, SessionFacts } from "./session_event.ts";
import {
  absent,
  acquiring,
  all,
  answersIn,
  begin,
  due,
  fresh,
  inDoubt,
  resting,
  revoked,
  spent,
  type Stand,
  step,
  wanted,
  worldIn,
} from "./testdata/session_script.ts";

describe("session's callers", () => {
  const Seed = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2 ** 31 - 2 }));

  /** A number below `limit`, the same for the same seed. */
  function dice(seed: number): (limit: number) => number {
    let state = seed;
    return (limit) => {
      state = Number(BigInt(state) * 48_271n % 2_147_483_647n);
      return state % limit;
    };
  }

  /** What a session's callers know: whom nobody has answered yet. */
  class Callers {
    readonly waiting = new Set<string>();

    hear(emitted: SessionEmitted): void {
      if (emitted.type === "heldOff") this.waiting.clear();
      if (!("variant" in emitted)) return;
      if (emitted.variant === undefined) this.waiting.clear();
      else this.waiting.delete(emitted.variant);
    }
  }

  /** These answer everybody in the end. */
  const acts = new Set(["looking", "acquiring", "revoking"]);

  /** Nobody waits whom the state does not know and will not answer. */
  function assertKnown({ path, context }: Stand, { waiting }: Callers): void {
    const isRenewing = path.startsWith("renewing.") && path !== "renewing.unsaved";
    for (const variant of waiting) {
      const isNow = context.variant === variant && (isRenewing || acts.has(path));
      assert.isTrue(isNow || context.queue.includes(variant), `${variant} in ${path}`);
    }
    if (resting.includes(path)) assert.deepStrictEqual([...waiting], [], path);
    const isKept = isRenewing || acts.has(path);
    assert.isTrue(isKept || !context.isSignedIn, `a login in ${path}`);
    assert.isTrue(isKept || !context.isToBeRevoked, `a revocation in ${path}`);
  }

  it.prop("are all answered, whatever happens", [Seed], ([seed]) => {
    const roll = dice(seed);
    const mode = roll(2) === 0
      ? all.filter(({ canRenew, rotates }) => canRenew === rotates)
      : all.filter(({ rotates }) => !rotates).map((facts) => ({ ...facts, canRenew: true }));
    let at = begin(mode[roll(mode.length)] as SessionFacts);
    const known = new Callers();
    const take = (event: SessionEvent) => {
      const { next, emitted } = step(at, event);
      at = next;
      for (const each of emitted) known.hear(each);
      assertKnown(at, known);
    };
    for (let turn = 0; turn < 80; turn++) {
      const world = worldIn(at.path, mode[roll(mode.length)] as SessionFacts);
      if (world.length > 0 && roll(3) > 0) take(world[roll(world.length)] as SessionEvent);
      else if (roll(6) === 0) take({ type: roll(2) === 0 ? "signed_in" : "revoke" });
      else {
        const variant = ["a", "b", "c"][roll(3)] as string;
        if (known.waiting.has(variant)) continue;
        known.waiting.add(variant);
        take(wanted(variant));
      }
    }
    for (let turn = 0; turn < 40 && !resting.includes(at.path); turn++) {
      take(answersIn(at.path, mode.includes(fresh) ? fresh : acquiring)[0] as SessionEvent);
    }
    assert.include(resting, at.path);
    assert.deepStrictEqual([...known.waiting], []);
  }, { arbitrary: { runs: 100 } });

  it("are served in order: who signs in after somebody signed out is not passed over", () => {
    let at = begin(absent);
    const before = [wanted("a"), { type: "revoke" }, { type: "due", facts: due }] as const;
    for (const event of before) at = step(at, event).next;
    assert.strictEqual(at.path, "revoking");
    const after = [{ type: "signed_in" }, { type: "revoked", facts: revoked }] as const;
    for (const event of after) at = step(at, event).next;
    assert.strictEqual(at.path, "acquiring");
  });

  it.prop("do not make it go round without a pause", [Seed], ([seed]) => {
    const roll = dice(seed);
    // What only ever answers because another process wrote, or took over.
    const others = new Set(["conflict", "newer", "rebased", "current", "lease_lost", "superseded"]);
    let at = begin(all[roll(all.length)] as SessionFacts);
    let steps = 0;
    for (let turn = 0; turn < 100; turn++) {
      if (resting.includes(at.path)) {
        at = step(at, wanted("a")).next;
        steps = 0;
      }
      const isPause = at.path === "backingOff" || at.path === "renewing.unsaved";
      const world = answersIn(at.path, [due, spent, acquiring, inDoubt][roll(4)] as SessionFacts)
        .filter(({ type }) => !others.has(type));
      steps = isPause ? 0 : steps + 1;
      assert.isAtMost(steps, 12, at.path);
      at = step(at, world[roll(world.length)] as SessionEvent).next;
    }
  }, { arbitrary: { runs: 50 } });
});
