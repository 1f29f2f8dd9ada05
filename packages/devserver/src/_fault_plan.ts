import type { Fault } from "./fault.ts";
import { isAt } from "./_route.ts";

/** The faults that are still to strike. */
export interface FaultPlan {
  readonly add: (fault: Fault) => void;
  readonly clear: () => void;
  /** The fault that strikes a request for `path`, used up by it. */
  readonly take: (path: string) => Fault | undefined;
}

interface Planned {
  readonly fault: Fault;
  skip: number;
  times: number;
}

export function makeFaultPlan(): FaultPlan {
  let plan: ReadonlyArray<Planned> = [];

  return {
    add: (fault) => {
      plan = [...plan, { fault, skip: fault.skip ?? 0, times: fault.times ?? 1 }];
    },
    clear: () => {
      plan = [];
    },
    take: (path) => {
      const planned = plan.find(({ fault, times }) => times > 0 && isAt(fault.endpoint, path));
      if (planned === undefined) {
        return undefined;
      }
      if (planned.skip > 0) {
        planned.skip -= 1;
        return undefined;
      }
      planned.times -= 1;
      plan = plan.filter(({ times }) => times > 0);
      return planned.fault;
    },
  };
}
