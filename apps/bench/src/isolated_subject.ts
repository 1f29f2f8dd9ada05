/** A process that measures one subject whenever it is told to, and says what that came to. */
import { restoreFetch } from "./builtin_fetch.ts";
import { subjectOf as grantOf } from "./client_credentials.ts";
import { subjectOf as requestOf } from "./http_client.ts";
import type { Assignment } from "./isolated.ts";

restoreFetch();
const { bench, name, load, server } = JSON.parse(process.argv[2] ?? "{}") as Assignment;
const subjectOf = bench === "http_client" ? requestOf : grantOf;
const subject = await subjectOf(name, server, load);

process.on("message", () => void subject.measure().then((sample) => process.send?.(sample)));
process.on("disconnect", () => process.exit());
process.send?.("ready");
