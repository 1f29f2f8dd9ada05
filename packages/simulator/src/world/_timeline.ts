/** What is to happen, in the order of time; at one time in the order in which it was planned. */

/** Something that will happen unless it is cancelled. */
export interface Planned {
  readonly atMillis: number;
  readonly order: number;
  action: (() => void) | undefined;
}

/** A binary heap. */
export class Timeline {
  readonly #heap: Array<Planned> = [];
  #planned = 0;

  /** Plans something; emptying its `action` cancels it. */
  plan(atMillis: number, action: () => void): Planned {
    const planned = { atMillis, order: this.#planned++, action };
    this.#heap.push(planned);
    this.#rise(this.#heap.length - 1);
    return planned;
  }

  /** Takes what comes next, unless that is later than `untilMillis`. */
  next(untilMillis: number): Planned | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return undefined;
      if (first.action !== undefined && first.atMillis > untilMillis) return undefined;
      this.#removeFirst();
      if (first.action !== undefined) return first;
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const risen = heap[from] as Planned;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Planned;
      if (isBefore(parent, risen)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = risen;
  }

  #sink(): void {
    const heap = this.#heap;
    const sunk = heap[0] as Planned;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const right = heap[below + 1];
      if (right !== undefined && isBefore(right, heap[below] as Planned)) below += 1;
      const child = heap[below];
      if (child === undefined || isBefore(sunk, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = sunk;
  }
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.atMillis < other.atMillis ||
    (one.atMillis === other.atMillis && one.order < other.order);
}
