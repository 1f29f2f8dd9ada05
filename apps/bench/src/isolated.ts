/**
 * Subjects in processes of their own, measured round by round. In one process whoever is measured
 * pays for what the others have done to the compiler and the heap.
 *
 * @module
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { Address } from "./loopback.ts";
import type { Load, Sample } from "./request_rate.ts";
import type { Subject } from "./rounds.ts";

/** Benches whose subjects can be measured alone. */
export type IsolatedBench = "http_client" | "client_credentials";

/** What a process is told by its one argument. */
export interface Assignment {
  readonly bench: IsolatedBench;
  readonly name: string;
  readonly load: Load;
  readonly server: Address;
}

/** Subjects that wait, each in its process, until they are measured. */
export interface Isolated {
  readonly subjects: ReadonlyArray<Subject<Sample>>;
  readonly close: () => void;
}

/** Starts a process for each name. */
export async function isolated(
  names: ReadonlyArray<string>,
  { bench, load, server: { origin, resource, tokenEndpoint } }: Omit<Assignment, "name">,
): Promise<Isolated> {
  const server = { origin, resource, tokenEndpoint };
  const children = await Promise.all(names.map(async (name) => {
    const assignment: Assignment = { bench, name, load, server };
    const child = fork(
      new URL("./isolated_subject.ts", import.meta.url),
      [JSON.stringify(assignment)],
      { execArgv: ["--expose-gc"] },
    );
    await once(child, "message");
    return { name, child };
  }));
  return {
    subjects: children.map(({ name, child }) => ({
      name,
      measure: async () => {
        child.send("go");
        const [sample] = await once(child, "message") as [Sample];
        return sample;
      },
    })),
    close: () => children.forEach(({ child }) => child.disconnect()),
  };
}
