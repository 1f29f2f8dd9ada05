/**
 * Nothing waits for ever.
 *
 * @module
 */
import type { FlowStarted, FlowTransition } from "@bellhop/core/protocol/observation";
import type { WorldEvent } from "../world/world_event.ts";
import { limitAfter, limitOf } from "./_flow_limit.ts";
import type { Invariant, Scene, Watcher } from "./invariant.ts";
import { Lives } from "./_life.ts";

/** The longest that a login may take: the life of its code, and a request that comes too late. */
const LOGIN_MILLIS = 660_000;
/** The longest that a session may let its caller wait. */
const CALLER_MILLIS = 90_000;

/** Every flow and every question comes to its end. */
export const flowsEnd: Invariant = {
  name: "flowsEnd",
  sentence:
    "Every flow ends and every caller is answered within a bound, unless its process is gone",
  watch: (scene) => new EndWatcher(scene),
};

interface Open {
  readonly process: string;
  readonly name: string;
  readonly sinceMillis: number;
  readonly limitMillis: number;
}

class EndWatcher implements Watcher {
  readonly #scene: Scene;
  readonly #lives = new Lives();
  readonly #open = new Map<string, Open>();
  /** How far the wall clock of a process was set back, and when. A flow's lifetime is told by it. */
  readonly #setBack: Array<
    { readonly process: string; readonly at: number; readonly millis: number }
  > = [];

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  on(event: WorldEvent): string | undefined {
    this.#lives.on(event);
    switch (event.type) {
      case "clock.jumped": {
        const { process, at, byMillis } = event;
        if (byMillis < 0) this.#setBack.push({ process, at, millis: -byMillis });
        return undefined;
      }
      case "observed":
        return this.#observe(event);
      case "caller.asked": {
        const { call, process, what, at } = event;
        const limitMillis = what.startsWith("sign") ? LOGIN_MILLIS + CALLER_MILLIS : CALLER_MILLIS;
        const name = `the caller of "${what}" (${call})`;
        this.#open.set(`call ${call}`, { process, name, sinceMillis: at, limitMillis });
        return undefined;
      }
      case "caller.got":
      case "caller.failed":
        return this.#end(`call ${event.call}`, event.at);
      default:
        return undefined;
    }
  }

  #observe({ process, observation, at }: WorldEvent & { readonly type: "observed" }) {
    if (observation.type === "flow.started") this.#start(process, observation, at);
    if (observation.type === "flow.transition") this.#step(process, observation, at);
    return observation.type === "flow.ended"
      ? this.#end(`${process} ${observation.flowId}`, at)
      : undefined;
  }

  #start(process: string, started: FlowStarted, at: number): void {
    const { chart, flowId } = started;
    const limitMillis = limitOf(started);
    if (limitMillis === undefined) return;
    const name = `a flow of ${chart} (${flowId})`;
    this.#open.set(`${process} ${flowId}`, { process, name, sinceMillis: at, limitMillis });
  }

  /** From here on it counts anew. */
  #step(process: string, step: FlowTransition, at: number): void {
    const id = `${process} ${step.flowId}`;
    const open = this.#open.get(id);
    const limitMillis = limitAfter(step);
    if (open === undefined || limitMillis === undefined) return;
    this.#open.set(id, { ...open, sinceMillis: at, limitMillis });
  }

  #end(id: string, at: number): string | undefined {
    const open = this.#open.get(id);
    this.#open.delete(id);
    return open === undefined ? undefined : this.#late(open, at);
  }

  #late({ process, name, sinceMillis, limitMillis }: Open, now: number): string | undefined {
    const setBackMillis = this.#setBack
      .filter((set) => set.process === process && set.at >= sinceMillis)
      .reduce((sum, { millis }) => sum + millis, 0);
    const tookMillis = now - sinceMillis - setBackMillis -
      this.#lives.hungMillis(process, sinceMillis, now);
    return tookMillis > limitMillis
      ? `${name} in ${process} took ${tookMillis} ms, and ${limitMillis} is the limit`
      : undefined;
  }

  end(): string | undefined {
    for (const open of this.#open.values()) {
      if (this.#lives.isGone(open.process)) continue;
      const late = this.#late(open, this.#scene.world.nowMillis);
      if (late !== undefined) return late;
    }
    return undefined;
  }
}
