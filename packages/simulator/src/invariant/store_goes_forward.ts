/**
 * What the store holds never gets older.
 *
 * @module
 */
import type { Invariant } from "./invariant.ts";

/** No writer puts an older state in the place of a newer one. */
export const storeGoesForward: Invariant = {
  name: "storeGoesForward",
  sentence:
    "A write never puts an older version, an older refresh token of the same family, or a " +
    "family that a login has replaced, in the place of what is there",
  watch: ({ server }) => {
    const versions = new Map<string, number>();
    const refreshTokens = new Map<string, number>();
    const replaced = new Set<string>();
    return {
      on: (event) => {
        if (event.type !== "store.written") return undefined;
        const { key, record, process } = event;
        const version = event.version ?? 0;
        const before = versions.get(key) ?? 0;
        versions.set(key, version);
        if (version <= before) return `${process} wrote "${key}" as ${version} after ${before}`;
        const next = record?.refreshToken;
        const last = refreshTokens.get(key);
        if (next === undefined) return undefined;
        refreshTokens.set(key, next);
        if (last === undefined) return undefined;
        const [family, other] = [server.familyOf(next), server.familyOf(last)];
        if (family !== other) replaced.add(`${other} ${key}`);
        const isBack = family === other ? next < last : replaced.has(`${family} ${key}`);
        return isBack
          ? `${process} put refresh token ${next} back in the place of ${last} under "${key}"`
          : undefined;
      },
    };
  },
};
