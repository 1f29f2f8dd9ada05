import { assert, describe, it } from "@effect/vitest";
import { Cause, Redacted } from "effect";
import {
  isPlanted,
  isPlantedIn,
  ordinalOf,
  partsOf,
  PLANTED,
  secretOf,
  userCodeOf,
} from "./secret.ts";

describe("secretOf()", () => {
  it("marks, names and numbers", () => {
    assert.match(secretOf("rt", 18), new RegExp(`^${PLANTED}-rt-18-[0-9a-f]{8}$`));
    assert.deepStrictEqual(partsOf(secretOf("rt", 18)), { kind: "rt", ordinal: 18 });
  });

  it("is the same in every run", () => {
    assert.deepStrictEqual(
      (["at", "rt", "ac", "dc", "it"] as const).map((kind) => secretOf(kind, 1)),
      [
        "pl4nted-at-1-4a232301",
        "pl4nted-rt-1-e150a796",
        "pl4nted-ac-1-3c841d0b",
        "pl4nted-dc-1-cc7a71ba",
        "pl4nted-it-1-52e8334c",
      ],
    );
  });
});

describe("ordinalOf()", () => {
  it("knows nothing that no server made", () => {
    const own = secretOf("at", 3);
    const not = [
      "",
      "-",
      "abc",
      PLANTED,
      `${own}x`,
      own.replace("-at-", "-rt-"),
      `${PLANTED}-at-03`,
    ];
    assert.deepStrictEqual(not.map(ordinalOf), not.map(() => undefined));
    assert.strictEqual(ordinalOf(own), 3);
  });
});

describe("isPlanted()", () => {
  it("finds the marker in clear and in Base64, whatever stands around it", () => {
    for (const before of ["", "a", "ab", `{"jti":"`]) {
      const text = `${before}${secretOf("it", 7)}é"}`;
      assert.isTrue(isPlanted(text));
      const bytes = String.fromCharCode(...new TextEncoder().encode(text));
      assert.isTrue(isPlanted(btoa(bytes)), before);
    }
    assert.isFalse(isPlanted("planted"));
  });
});

describe("isPlantedIn()", () => {
  const secret = secretOf("rt", 7);

  it("finds the marker wherever a value leads to", () => {
    const hint = Object.assign(new Error("no"), { hint: `say ${secret}` });
    const values = {
      text: secret,
      message: new Error(secret),
      cause: new Error("no", { cause: new Error("no", { cause: secret }) }),
      hint,
      aggregate: new AggregateError([new Error("no"), new Error(secret)]),
      key: { [secret]: 1 },
      list: [[{ deep: [secret] }]],
      map: new Map([["a", secret]]),
      set: new Set([secret]),
      bytes: new TextEncoder().encode(`refresh_token=${secret}`),
      failure: Cause.fail({ _tag: "E", reason: new Error(secret) }),
      defect: Cause.die(new Error(secret)),
    };
    for (const [name, value] of Object.entries(values)) assert.isTrue(isPlantedIn(value), name);
  });

  it("finds none in what is redacted, goes in circles or is no secret", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const values = [undefined, null, 1, "planted", circle, Redacted.make(secret), new Error("no")];
    for (const value of values) assert.isFalse(isPlantedIn(value));
  });
});

describe("userCodeOf()", () => {
  it("is eight letters of RFC 8628 section 6.1, and no two are the same", () => {
    const codes = Array.from({ length: 5_000 }, (_, ordinal) => userCodeOf(ordinal));
    assert.strictEqual(new Set(codes).size, codes.length);
    for (const code of codes) {
      assert.match(code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    }
  });
});
