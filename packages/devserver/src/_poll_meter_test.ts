import { assert, describe, it } from "@effect/vitest";
import { makePollMeter, type PollMeter } from "./_poll_meter.ts";

describe("makePollMeter()", () => {
  it("finds the first poll too early before one interval has passed", () => {
    const { meter, pass } = metered(5_000);
    meter.begin("code");
    pass(4_999);
    assert.strictEqual(meter.poll("code"), "tooEarly");
  });

  it("finds polls in time that come one interval after the one before", () => {
    const { meter, pass } = metered(5_000);
    meter.begin("code");
    for (let polls = 0; polls < 3; polls++) {
      pass(5_000);
      assert.strictEqual(meter.poll("code"), "inTime");
    }
  });

  it("adds five seconds to the interval with each slow_down, for good", () => {
    const { meter, pass } = metered(5_000);
    meter.begin("code");
    assert.strictEqual(meter.poll("code"), "tooEarly");
    pass(9_999);
    assert.strictEqual(meter.poll("code"), "tooEarly");
    pass(15_000);
    assert.strictEqual(meter.poll("code"), "inTime");
    pass(14_999);
    assert.strictEqual(meter.poll("code"), "tooEarly");
  });

  it("measures each device code by itself", () => {
    const { meter, pass } = metered(5_000);
    meter.begin("one");
    pass(5_000);
    meter.begin("two");
    assert.strictEqual(meter.poll("one"), "inTime");
    assert.strictEqual(meter.poll("two"), "tooEarly");
  });

  it("slows down the next polls when told to, and raises their interval", () => {
    const { meter, pass } = metered(1_000);
    meter.begin("code");
    meter.slowDownNext(1);
    pass(1_000);
    assert.strictEqual(meter.poll("code"), "tooEarly");
    pass(6_000);
    assert.strictEqual(meter.poll("code"), "inTime");
    pass(5_999);
    assert.strictEqual(meter.poll("code"), "tooEarly");
  });

  it("does not measure a code that it does not know or has forgotten", () => {
    const { meter } = metered(5_000);
    meter.begin("code");
    meter.forget("code");
    assert.strictEqual(meter.poll("code"), "inTime");
    assert.strictEqual(meter.poll("other"), "inTime");
  });
});

function metered(intervalMillis: number): {
  readonly meter: PollMeter;
  readonly pass: (millis: number) => void;
} {
  let now = 0;
  const meter = makePollMeter({ intervalMillis, now: () => now });
  const pass = (millis: number) => {
    now += millis;
  };
  return { meter, pass };
}
