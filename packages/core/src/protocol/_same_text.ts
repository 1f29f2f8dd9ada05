/** Comparing what the other side sent with what it should have sent, where that is a secret. */
import { timingSafeEqual } from "effect/crypto/Mac";

/** Compares without telling by the time it takes where two texts of one length part. */
export function isSameText(a: string, b: string): boolean {
  const encoder = new TextEncoder();
  return timingSafeEqual(encoder.encode(a), encoder.encode(b));
}
