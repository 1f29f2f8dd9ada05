/**
 * What flows are called where people read of them: by their charts, and by the beginnings of their ids
 * where several of one chart run.
 *
 * @module
 */
import type { Observation } from "@bellhop/core/protocol/observation";

/** Enough to tell the flows of one command apart. */
const idLength = 6;

/** The names of the flows that run. */
export class FlowNames {
  readonly #charts = new Map<string, string>();
  /** Charts of which several flows have run at once: a name never changes back. */
  readonly #shared = new Set<string>();

  /** How many run. */
  get size(): number {
    return this.#charts.size;
  }

  /** Takes note of a flow that starts, and forgets one that has ended. To be asked for names before that. */
  track(observation: Observation): void {
    if (observation.type === "flow.ended") this.#charts.delete(observation.flowId);
    if (observation.type !== "flow.started") return;
    const { chart, flowId } = observation;
    if (this.#runs(chart, flowId)) this.#shared.add(chart);
    this.#charts.set(flowId, chart);
  }

  /** The name of a flow that runs. */
  of(flowId: string): string {
    const chart = this.chartOf(flowId);
    const isAlone = chart !== undefined && !this.#shared.has(chart);
    return isAlone ? chart : `${chart ?? "flow"} ${flowId.slice(0, idLength)}`;
  }

  /** The chart of a flow that runs. */
  chartOf(flowId: string): string | undefined {
    return this.#charts.get(flowId);
  }

  #runs(chart: string, butFlowId: string): boolean {
    for (const [flowId, other] of this.#charts) {
      if (other === chart && flowId !== butFlowId) return true;
    }
    return false;
  }
}
