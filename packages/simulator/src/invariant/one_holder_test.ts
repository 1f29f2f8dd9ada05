import { assert, describe, it } from "@effect/vitest";
import { oneHolder } from "./one_holder.ts";
import {
  crashed,
  ends,
  hung,
  type Known,
  P0,
  P1,
  renews,
  type Told,
  verdictOf,
  woke,
  writeFails,
  writes,
} from "./testdata/story.ts";

const lease = (
  atMillis: number,
  process: string,
  type: "lease.granted" | "lease.forgotten",
): Told => [
  atMillis,
  { type, process, key: "work" },
];

const renewed = (known: Known, ...before: ReadonlyArray<Told>) =>
  verdictOf(oneHolder, [[1, writes(P0, 5)], ...before, [100, renews(P1, 7, 5)]], known);

describe("oneHolder", () => {
  it("holds where the holder renews", () => {
    assert.isUndefined(renewed({ holder: 1 }, lease(10, P1, "lease.granted")));
  });

  it("reports whoever renews while another holds the lease, or nobody", () => {
    const granted = lease(10, P1, "lease.granted");
    for (const before of [[], [granted]]) {
      assert.strictEqual(
        renewed({ holder: 0 }, ...before),
        `p1.0 sent request 7 to renew "work" without its lease, which p0.0 holds`,
      );
      assert.include(renewed({}, ...before), "which nobody holds");
    }
  });

  it("knows a refresh token that the store did not take", () => {
    const story: ReadonlyArray<Told> = [[1, writeFails(P0, 5, "unwritable")], [
      100,
      renews(P1, 7, 5),
    ]];
    assert.isDefined(verdictOf(oneHolder, story));
    const unknown: ReadonlyArray<Told> = [[100, renews(P1, 7, 5)]];
    assert.isUndefined(verdictOf(oneHolder, unknown));
  });

  describe("with two requests out", () => {
    /** Process 0 sends refresh token 5, then process 1 token 6, both holders in their time. */
    const beside = (...between: ReadonlyArray<Told>) =>
      verdictOf(oneHolder, [
        [1, writes(P0, 5)],
        [2, writes(P0, 6)],
        lease(3, P0, "lease.granted"),
        lease(4, P0, "lease.forgotten"),
        [10, renews(P0, 7, 5)],
        lease(12, P0, "lease.granted"),
        ...between,
        [5_000, renews(P1, 8, 6)],
      ], { holder: 1 });

    it("reports whoever sends while another's request is out", () => {
      assert.strictEqual(
        beside(),
        `p1.0 sent request 8 to renew "work", and p0.0 had request 7 out, which it sent 4990 ms before`,
      );
      assert.isUndefined(beside([4_999, ends(P0, 7)]));
      assert.isDefined(beside([4_999, ends(P1, 9)]));
    });

    it("excuses whose sender is gone, hung, or had its lease forgotten", () => {
      assert.isUndefined(beside([20, crashed(P0)]));
      assert.isDefined(beside([20, crashed(P1)]));
      assert.isUndefined(beside([20, hung(P0)]));
      assert.isUndefined(beside([20, hung(P0)], [30, woke(P0)]));
      assert.isUndefined(beside(lease(20, P0, "lease.forgotten")));
      assert.isUndefined(beside(lease(20, P1, "lease.forgotten")));
    });

    it("lets sessions under other keys be", () => {
      const other: Told = [20, { ...writes(P0, 6), key: "other" } as Told[1]];
      assert.isUndefined(beside(other));
    });
  });

  it("excuses whose lease the store forgot, until they have it again", () => {
    const forgotten = [lease(10, P1, "lease.granted"), lease(20, P1, "lease.forgotten")];
    assert.isUndefined(renewed({}, ...forgotten));
    assert.isDefined(renewed({}, ...forgotten, lease(30, P1, "lease.granted")));
    assert.isDefined(renewed({}, lease(20, P0, "lease.forgotten")));
  });

  it("excuses who hung since they got the lease, while their clock was set", () => {
    const granted = lease(10, P1, "lease.granted");
    const slept = (from: number, process: string): ReadonlyArray<Told> => [
      [from, hung(process)],
      [from + 1, { type: "clock.jumped", process, byMillis: -9_000 }],
      [from + 2, woke(process)],
    ];
    assert.isUndefined(renewed({}, granted, ...slept(20, P1)));
    assert.isDefined(renewed({}, ...slept(5, P1), granted));
    assert.isDefined(renewed({}, granted, ...slept(20, P0)));
    assert.isDefined(renewed({}, ...slept(20, P1)));
    assert.isDefined(renewed({}, granted, [20, hung(P1)], [90, woke(P1)]));
  });
});
