/** A process that measures one subject whenever it is told to, and says what that came to. */
import { restoreFetch } from "./builtin_fetch.ts";
import * as ClientCredentials from "./client_credentials.ts";
import * as HttpClient from "./http_client.ts";
import type { Assignment } from "./isolated.ts";

restoreFetch();
const { bench, name, load, server } = JSON.parse(process.argv[2] ?? "{}") as Assignment;
const { subjectOf } = bench === "http_client" ? HttpClient : ClientCredentials;
const subject = await subjectOf(name, server, load);

process.on("message", () => void subject.measure().then((sample) => process.send?.(sample)));
process.on("disconnect", () => process.exit());
process.send?.("ready");
