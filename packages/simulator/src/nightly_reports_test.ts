import { it } from "@effect/vitest";
import { Effect } from "effect";
import { HttpClient } from "effect/http";
import { Session, SessionClient } from "@bellhop/core";
import { Program, SimulatedClient, Simulation } from "./mod.ts";

const start: Program.ProgramOptions["start"] = Effect.fnUntraced(function* (process) {
  const opened = yield* Session.open({ key: "reports", client: SimulatedClient.publicClient });
  const session = Program.watched(process, opened);
  const origins = ["https://as.example.com"];
  const api = yield* SessionClient.make(yield* HttpClient.HttpClient, session, { origins });
  const fetched = Effect.scoped(api.get(SimulatedClient.apiUrl));
  return { fetchReport: Effect.timeout(fetched, "30 seconds") };
});
const reports = Program.make({ name: "nightly reports", signedIn: ["reports"], start });

it.effect("reports survive bad days", () => Simulation.check(reports), 60_000);
