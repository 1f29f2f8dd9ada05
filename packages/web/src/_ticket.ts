/**
 * The two values that the browser holds: one for a login under way, one for the user's session. Both
 * are random, and only their digests are kept.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Base64Url from "effect/encoding/Base64Url";

type Random = SecureRandom.SecureRandom;

const secretPattern = /^[A-Za-z0-9_-]{43}$/;
const sessionPattern = /^[A-Za-z0-9_-]{43}\.([0-9a-z]{1,9})$/;

/** 256 random bits in base64url, 43 characters. */
export const makeSecret: Effect.Effect<Redacted.Redacted, never, Random> = SecureRandom
  .SecureRandom.use((random) =>
    Effect.map(random.randomBytes(32), (bytes) => Redacted.make(Base64Url.encode(bytes)))
  );

/** What a browser sent in the place of such a secret. */
export function readSecret(text: string | undefined): Redacted.Redacted | undefined {
  return text !== undefined && secretPattern.test(text) ? Redacted.make(text) : undefined;
}

/** Base64url of a text's SHA-256 digest. */
export function digestOf(text: string): Effect.Effect<string, never, Digest.Digest> {
  return Digest.Digest.use((digest) =>
    Effect.map(
      digest.digest(Digest.sha256, new TextEncoder().encode(text)),
      Base64Url.encode,
    )
  );
}

/** The ID of a session. Its digest covers the time, too, which so cannot be put forward. */
export interface SessionId {
  readonly text: Redacted.Redacted;
  /** Epoch milliseconds, in whole seconds. */
  readonly madeAtMillis: number;
}

/** A session ID that nobody has had before. */
export const makeSessionId: Effect.Effect<SessionId, never, Random> = Effect.gen(function* () {
  const secret = yield* makeSecret;
  const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1000);
  return {
    text: Redacted.make(`${Redacted.value(secret)}.${seconds.toString(36)}`),
    madeAtMillis: seconds * 1000,
  };
});

/** What a browser sent as its session ID. */
export function readSessionId(text: string | undefined): SessionId | undefined {
  const seconds = text === undefined ? undefined : sessionPattern.exec(text)?.[1];
  return text === undefined || seconds === undefined
    ? undefined
    : { text: Redacted.make(text), madeAtMillis: Number.parseInt(seconds, 36) * 1000 };
}

/** Under which key the session lies. Whoever reads the store learns no ID from it. */
export function sessionKeyOf({ text }: SessionId): Effect.Effect<string, never, Digest.Digest> {
  return Effect.map(
    digestOf(`bellhop web session\n${Redacted.value(text)}`),
    (digest) => `web-${digest}`,
  );
}
