/** What the server did not give for one variant, and is not asked for again for a while. */
import type * as Clock from "effect/Clock";
import type { Outcome } from "./_token_cell.ts";

export type HeldOff = Extract<Outcome, { readonly retryAtMillis: number }>;

/** Callers choose what they ask for: what is remembered must not grow with that. */
const MAX_KEPT = 100;

export class HoldOffs {
  readonly #clock: Clock.Clock;
  readonly #kept = new Map<string, { readonly outcome: HeldOff; readonly sinceMillis: number }>();

  constructor(clock: Clock.Clock) {
    this.#clock = clock;
  }

  keep(variant: string, outcome: HeldOff): void {
    this.#kept.delete(variant);
    this.#kept.set(variant, { outcome, sinceMillis: this.#clock.currentTimeMillisUnsafe() });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) return;
      this.#kept.delete(oldest);
    }
  }

  /** Why a variant is left alone now. */
  of(variant: string): HeldOff | undefined {
    const kept = this.#kept.get(variant);
    if (kept === undefined) return undefined;
    const now = this.#clock.currentTimeMillisUnsafe();
    if (now >= kept.sinceMillis && now < kept.outcome.retryAtMillis) return kept.outcome;
    this.#kept.delete(variant);
    return undefined;
  }

  /** What was refused before a login may be granted after it. */
  clear(): void {
    this.#kept.clear();
  }
}
