import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer } from "effect";
import { Aead } from "effect/crypto";
import { Hex } from "effect/encoding";
import { type Draw, stream } from "../seed.ts";
import { layer } from "./aead.ts";
import { layer as layerRandom } from "./secure_random.ts";

interface Message {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
}

const crypto = layer.pipe(Layer.provide(layerRandom(stream(7, "crypto"))));
const algorithms = [
  Aead.aes128Gcm,
  Aead.aes256Gcm,
  Aead.chacha20Poly1305,
  Aead.xchacha20Poly1305,
];

function run<A, E>(program: Effect.Effect<A, E, Aead.Aead>): A {
  return Effect.runSync(Effect.provide(program, crypto));
}

function seal(plaintext: Uint8Array, { key, nonce, aad }: Message): Uint8Array {
  return run(Effect.gen(function* () {
    const aead = yield* Aead.Aead;
    const imported = yield* Aead.key(Aead.aes256Gcm, key);
    return yield* aead.encrypt(imported, plaintext, { nonce, aad });
  }));
}

/** The plaintext, or nothing where the bytes were refused. */
function open(sealed: Uint8Array, { key, nonce, aad }: Message): Uint8Array | undefined {
  return run(
    Effect.gen(function* () {
      const aead = yield* Aead.Aead;
      const imported = yield* Aead.key(Aead.aes256Gcm, key);
      return yield* aead.decrypt(imported, sealed, { nonce, aad });
    }).pipe(
      Effect.catchReason("CryptoError", "DecryptionFailed", () => Effect.undefined),
    ),
  );
}

function messageOf(draw: Draw): Message {
  return { key: draw.bytes(32), nonce: draw.bytes(12), aad: draw.bytes(draw.below(40)) };
}

/** The bytes with one bit of one of them turned. */
function changed(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe("aead", () => {
  it("layer opens what it sealed, of any length", () => {
    const draw = stream(1, "lengths");
    for (let length = 0; length < 70; length++) {
      const message = messageOf(draw);
      const plaintext = draw.bytes(length);
      const sealed = seal(plaintext, message);
      assert.strictEqual(sealed.length, length + 16);
      assert.deepStrictEqual(open(sealed, message), plaintext);
    }
  });

  it("layer reads bytes that lie in the midst of others", () => {
    const message = messageOf(stream(1, "views"));
    const around = stream(1, "around").bytes(100);
    const plaintext = around.subarray(3, 50);
    const sealed = seal(plaintext, message);
    assert.deepStrictEqual(sealed, seal(Uint8Array.from(plaintext), message));
    const amidst = Uint8Array.of(1, ...sealed, 2).subarray(1, -1);
    assert.deepStrictEqual(open(amidst, message), Uint8Array.from(plaintext));
  });

  for (const algorithm of algorithms) {
    it(`layer seals under the name of ${algorithm.name}, at once`, () => {
      const opened = run(Effect.gen(function* () {
        const aead = yield* Aead.Aead;
        const key = yield* aead.generateKey(algorithm);
        const nonce = new Uint8Array(algorithm.nonceLength);
        const sealed = yield* aead.encrypt(key, Uint8Array.of(1, 2, 3), { nonce });
        return yield* aead.decrypt(key, sealed, { nonce });
      }));
      assert.deepStrictEqual(opened, Uint8Array.of(1, 2, 3));
    });
  }

  it("layer gives these bytes on every runtime", () => {
    const message = {
      key: Uint8Array.from({ length: 32 }, (_, at) => at),
      nonce: Uint8Array.from({ length: 12 }, (_, at) => 0xff - at),
      aad: new TextEncoder().encode("session"),
    };
    assert.strictEqual(
      Hex.encode(seal(new TextEncoder().encode("planted secret"), message)),
      "66e23bccb3c60440ca270400104e74c7caff0f8619cb82dea6ca35bbad72",
    );
  });

  it("layer leaves nothing of a planted secret to be read", () => {
    const draw = stream(2, "secrets");
    const secret = "planted-refresh-token";
    for (let times = 0; times < 200; times++) {
      const before = "x".repeat(draw.below(8));
      const plaintext = `${before}{"refreshToken":"${secret}","accessToken":"${secret}"}`;
      const sealed = seal(new TextEncoder().encode(plaintext), messageOf(draw));
      const seen = String.fromCharCode(...sealed);
      for (let at = 0; at + 4 <= secret.length; at++) {
        assert.notInclude(seen, secret.slice(at, at + 4));
      }
    }
  });

  it("layer hides what repeats itself", () => {
    const sealed = seal(new Uint8Array(4_096), messageOf(stream(3, "repeats")));
    const view = new DataView(sealed.buffer);
    const words = new Set(Array.from({ length: 1_024 }, (_, at) => view.getUint32(at * 4)));
    assert.isAtLeast(words.size, 1_023);
  });

  it("layer hides the same text otherwise under another key or nonce", () => {
    const message = messageOf(stream(3, "again"));
    const plaintext = new Uint8Array(64);
    const sealed = seal(plaintext, message);
    for (const other of [{ key: changed(message.key, 9) }, { nonce: changed(message.nonce, 9) }]) {
      const again = seal(plaintext, { ...message, ...other });
      const same = again.filter((byte, at) => byte === sealed[at]);
      assert.isBelow(same.length, 8);
    }
  });

  it("layer notices any bit that was changed, of the bytes, the key, the nonce and the data", () => {
    const message = { ...messageOf(stream(4, "bits")), aad: stream(4, "aad").bytes(13) };
    const plaintext = stream(4, "plaintext").bytes(53);
    const sealed = seal(plaintext, message);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      assert.isUndefined(open(changed(sealed, bit), message), `bit ${bit}`);
    }
    for (const part of ["key", "nonce", "aad"] as const) {
      for (let bit = 0; bit < message[part].length * 8; bit++) {
        const other = { ...message, [part]: changed(message[part], bit) };
        assert.isUndefined(open(sealed, other), `bit ${bit} of ${part}`);
      }
    }
  });

  it("layer notices bytes that are missing, added or in another order", () => {
    const message = messageOf(stream(5, "order"));
    const sealed = seal(new Uint8Array(40), message);
    for (let length = 0; length < sealed.length; length++) {
      assert.isUndefined(open(sealed.subarray(0, length), message));
      assert.isUndefined(open(sealed.subarray(sealed.length - length), message));
    }
    assert.isUndefined(open(Uint8Array.of(...sealed, 0), message));
    assert.isUndefined(open(Uint8Array.of(0, ...sealed), message));
    const swapped = Uint8Array.of(...sealed.subarray(4, 8), ...sealed.subarray(0, 4));
    assert.isUndefined(open(Uint8Array.of(...swapped, ...sealed.subarray(8)), message));
  });

  it("layer tells additional data from none, and from longer data of zeros", () => {
    const message = { ...messageOf(stream(6, "zeros")), aad: new Uint8Array(0) };
    const sealed = seal(new Uint8Array(8), message);
    for (const length of [1, 4, 8, 16]) {
      assert.isUndefined(open(sealed, { ...message, aad: new Uint8Array(length) }));
    }
  });

  it("layer refuses a nonce of another length as Effect's own does", () => {
    const program = Effect.gen(function* () {
      const aead = yield* Aead.Aead;
      const key = yield* aead.generateKey(Aead.aes256Gcm);
      return yield* Effect.flip(aead.encrypt(key, new Uint8Array(1), { nonce: new Uint8Array(8) }));
    });
    assert.strictEqual(run(program).reason._tag, "InvalidArgument");
  });
});
