/** What the server did not give, for one variant or for all, and is not asked for for a while. */
import type * as Clock from "effect/Clock";
import type { Outcome } from "./_token_cell.ts";

export type HeldOff = Extract<Outcome, { readonly retryAtMillis: number }>;

/** Callers choose what they ask for: what is remembered must not grow with that. */
const MAX_KEPT = 100;

interface Kept {
  readonly outcome: HeldOff;
  readonly sinceMillis: number;
}

export class HoldOffs {
  readonly #clock: Clock.Clock;
  readonly #kept = new Map<string, Kept>();
  #ofAll: Kept | undefined;

  constructor(clock: Clock.Clock) {
    this.#clock = clock;
  }

  keep(variant: string, outcome: HeldOff): void {
    this.#kept.delete(variant);
    this.#kept.set(variant, this.#since(outcome));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) return;
      this.#kept.delete(oldest);
    }
  }

  /** The server gives nothing for any variant. */
  keepAll(outcome: HeldOff): void {
    this.#ofAll = this.#since(outcome);
  }

  /** Why a variant is left alone now. */
  of(variant: string): HeldOff | undefined {
    const kept = this.#kept.get(variant);
    if (kept !== undefined && !this.#holds(kept)) this.#kept.delete(variant);
    if (this.#ofAll !== undefined && !this.#holds(this.#ofAll)) this.#ofAll = undefined;
    return this.#kept.get(variant)?.outcome ?? this.#ofAll?.outcome;
  }

  #since(outcome: HeldOff): Kept {
    return { outcome, sinceMillis: this.#clock.currentTimeMillisUnsafe() };
  }

  #holds({ outcome, sinceMillis }: Kept): boolean {
    const now = this.#clock.currentTimeMillisUnsafe();
    return now >= sinceMillis && now < outcome.retryAtMillis;
  }

  /** What was refused before a login may be granted after it. */
  clear(): void {
    this.#kept.clear();
    this.#ofAll = undefined;
  }
}
