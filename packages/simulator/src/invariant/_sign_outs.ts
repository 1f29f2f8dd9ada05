/** Who signs out of which session at the moment, as the sessions' charts tell it. */
import type { Observed, WorldEvent } from "../world/world_event.ts";
import { placeOf } from "./_place.ts";

/** The operation that revokes a session's tokens and forgets its record. */
const OPERATION = "revoke";

interface SignOut {
  /** When it was last asked for. */
  askedSeq: number;
  /** When the operation last began. */
  begunSeq: number;
}

export class SignOuts {
  /** The keys of sessions, by their flows. */
  readonly #keys = new Map<string, string>();
  readonly #underWay = new Map<string, SignOut>();

  on(event: WorldEvent): void {
    if (event.type === "observed") this.#observe(event, event.seq);
  }

  #observe({ process, observation }: Observed, seq: number): void {
    if (!("flowId" in observation) || observation.flowId === undefined) return;
    const flow = `${process} ${observation.flowId}`;
    switch (observation.type) {
      case "flow.started": {
        if (observation.chart !== "session") return;
        const { key } = observation.context as { readonly key: string };
        this.#keys.set(flow, placeOf(process, key));
        return;
      }
      case "flow.transition":
        if (observation.event === "revoke") this.#ask(flow, seq);
        return;
      case "operation.started":
        if (observation.operation === OPERATION) this.#of(flow).begunSeq = seq;
        return;
      case "operation.ended":
        if (observation.operation === OPERATION) this.#end(flow, observation.answer);
    }
  }

  #ask(flow: string, seq: number): void {
    const session = this.#keys.get(flow);
    if (session !== undefined) this.#underWay.set(session, { askedSeq: seq, begunSeq: -1 });
  }

  #of(flow: string): { begunSeq: number } {
    return this.#underWay.get(this.#keys.get(flow) ?? "") ?? { begunSeq: -1 };
  }

  /** What was interrupted may still be on its way to the store. */
  #end(flow: string, answer: string): void {
    const session = this.#keys.get(flow) ?? "";
    const signOut = this.#underWay.get(session);
    const isAnswered = answer === "revoked" || answer === "store_failed";
    // Whoever asked after it had begun is not answered by it.
    const isOver = signOut !== undefined && signOut.begunSeq > signOut.askedSeq;
    if (isAnswered && isOver) this.#underWay.delete(session);
  }

  /** Whether somebody in this process wants the session under this key to be forgotten. */
  isUnderWay(process: string, key: string): boolean {
    return this.#underWay.has(placeOf(process, key));
  }
}
