/** A world in words: one line for each fault, errand and event. */
import type { Fault, NetworkFault, ProcessFault, StoreFault } from "../fault/fault.ts";
import type { Errand } from "../scenario/scenario.ts";
import type { ServerFact } from "../server/server_fact.ts";
import type { ServerOptions } from "../server/server_options.ts";
import type { Visit, WorldEvent } from "../world/world_event.ts";

/** Such as `62.105 s`, to the millisecond, aligned for the first quarter of an hour. */
export function secondsWords(millis: number): string {
  const sign = millis < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(millis) / 1_000);
  const rest = String(Math.abs(millis) % 1_000).padStart(3, "0");
  return `${sign}${whole}.${rest} s`.padStart(9);
}

export function faultWords(fault: Fault): string {
  return fault.on === "process" ? strikeWords(fault) : weatherWords(fault);
}

function strikeWords(
  { trouble, machine, forMillis, turns = 0, byMillis = 0 }: ProcessFault,
): string {
  const who = `p${machine}`;
  const span = short(forMillis);
  switch (trouble) {
    case "crash":
      return `${who} crashes ${
        turns === 0 ? "at once" : `after ${turns} turns`
      }, back after ${span}`;
    case "stop":
      return `${who} is told to end, back after ${span}`;
    case "hang":
      return `${who} hangs for ${span}`;
    case "clock jump":
      return `the clock of ${who} is set ${short(Math.abs(byMillis))} ${
        byMillis < 0 ? "back" : "ahead"
      }`;
  }
}

function weatherWords(
  { on, trouble, machine, permille, forMillis }: NetworkFault | StoreFault,
): string {
  const thing = on === "network" ? "request" : "use of the store";
  const share = permille === 1_000
    ? `every ${thing}`
    : `each ${thing} in ${permille} of 1000 cases`;
  const whose = machine === undefined ? "" : ` of p${machine}`;
  return `${on}: "${trouble}" meets ${share}${whose}, for ${short(forMillis)}`;
}

/** By the name that the program has for it, where that is known. */
export function errandWords(
  { machine, what }: Errand,
  names: ReadonlyMap<string, string>,
): string {
  return `p${machine}: ${names.get(what) ?? what}`;
}

export function serverWords(
  { rotation, accessTokenSeconds, intervalSeconds }: ServerOptions,
): string {
  const refresh = rotation === undefined || rotation.type === "none"
    ? "refresh tokens stay"
    : `refresh tokens rotate, with ${short(rotation.graceMillis)} of grace; then ${
      rotation.onReuse === "refuse" ? "reuse is refused" : "reuse ends the family"
    }`;
  const access = accessTokenSeconds === undefined ? "for ever" : `${accessTokenSeconds} s`;
  const interval = intervalSeconds === undefined ? "" : `; devices poll every ${intervalSeconds} s`;
  return `${refresh}; access tokens live ${access}${interval}`;
}

function short(millis: number): string {
  return millis % 1_000 === 0 ? `${millis / 1_000} s` : secondsWords(millis).trim();
}

type Words = {
  readonly [T in WorldEvent["type"]]?: (
    event: WorldEvent & { readonly type: T },
  ) => string | undefined;
};

/** What happened, without who and when; `undefined` where it only matters to a machine. */
export function eventWords(event: WorldEvent): string | undefined {
  const words = eventTypes[event.type] as ((event: WorldEvent) => string | undefined) | undefined;
  return words === undefined ? event.type : words(event);
}

const eventTypes: Words = {
  "process.started": ({ clockOffsetMillis }) =>
    clockOffsetMillis === 0 ? "starts" : `starts, its clock off by ${short(clockOffsetMillis)}`,
  "process.crashed": () => "crashes",
  "process.ended": () => "ends",
  "process.woke": () => "goes on after hanging",
  "process.spun": () => "goes on without end while time stands still",
  "process.hung": ({ forMillis }) => `hangs for ${short(forMillis)}`,
  "process.faulted": ({ what, fault }) => `ends "${what}" by a fault in the program: ${fault}`,
  "clock.jumped": ({ byMillis }) => `has its clock set by ${short(byMillis)}`,
  "http.sent": ({ request, path, grant, secret, bearer }) =>
    `sends request ${request} to ${path}${grant === undefined ? "" : `, ${grant}`}${
      secret === undefined ? "" : `, with secret ${secret}`
    }${bearer === undefined ? "" : `, with access token ${bearer}`}`,
  "http.arrived": ({ request, isDuplicate }) =>
    `request ${request} arrives${isDuplicate ? " once more" : ""}`,
  "http.ended": ({ request, status, trouble, isWhole }) =>
    `request ${request} ends: ${status === undefined ? "no answer" : `status ${status}`}${
      isWhole || status === undefined ? "" : ", not the server's own or not whole"
    }${trouble === undefined ? "" : ` (${trouble})`}`,
  server: ({ fact, request }) =>
    `the server${request === undefined ? "" : `, to request ${request}`}: ${factWords(fact)}`,
  "person.expected": ({ visits }) =>
    `somebody is asked to sign in, and will ${
      visits.map(visitWords).join(", then ") || "not come"
    }`,
  person: ({ does, status }) => `a person: ${does}, status ${status}`,
  "store.read": ({ key, version, trouble }) =>
    `reads "${key}" at version ${version ?? "none"}${troubleWords(trouble)}`,
  "store.written": ({ key, version, trouble }) =>
    `writes "${key}" as version ${version ?? "none"}${troubleWords(trouble)}`,
  "store.removed": ({ key, trouble }) => `removes "${key}"${troubleWords(trouble)}`,
  "store.failed": ({ key, trouble, isApplied }) =>
    `cannot use "${key}"${troubleWords(trouble)}${isApplied === true ? ", yet it is written" : ""}`,
  "lease.granted": ({ key }) => `has the lease on "${key}"`,
  "lease.extended": ({ key }) => `keeps the lease on "${key}"`,
  "lease.returned": ({ key }) => `gives the lease on "${key}" back`,
  "lease.forgotten": ({ key }) => `the store forgets its lease on "${key}"`,
  "caller.asked": ({ call, what, key }) => `caller ${call} asks${ofWords(key)}: ${what}`,
  "caller.got": ({ call, what, key, accessToken }) =>
    `caller ${call} gets what it asked for${ofWords(key)}: ${what}${
      accessToken === undefined ? "" : `, access token ${accessToken}`
    }`,
  "caller.failed": ({ call, what, key, reason }) =>
    `caller ${call} does not get ${what}${ofWords(key)}: ${reason}`,
  "errand.began": ({ name }) => `begins ${name}`,
  "errand.ended": ({ name, reason }) =>
    reason === undefined ? `has done ${name}` : `has not done ${name}: ${reason}`,
  observed: ({ observation }) => {
    switch (observation.type) {
      case "session.changed":
        return `session "${observation.key}" is ${observation.name} (${observation.path})`;
      case "lease.lost":
      case "lease.refused":
        return `${
          observation.type === "lease.lost" ? "loses" : "does not get"
        } the lease on "${observation.key}"`;
      default:
        return undefined;
    }
  },
  "fault.began": ({ fault, index }) => `fault "${fault}" (${index}) begins`,
  "fault.ended": ({ fault, index }) => `fault "${fault}" (${index}) ends`,
  "world.quiet": () => "nothing goes wrong any more",
  violated: ({ invariant, detail }) => `${invariant} is violated: ${detail}`,
};

function visitWords({ afterMillis, decision }: Visit): string {
  return `${decision} after ${short(afterMillis)}`;
}

function ofWords(key: string | undefined): string {
  return key === undefined ? "" : ` of "${key}"`;
}

function troubleWords(trouble: string | undefined): string {
  return trouble === undefined ? "" : ` (${trouble})`;
}

/** Its members that are plain, in their own words. */
function factWords(fact: ServerFact): string {
  const members = Object.entries(fact)
    .filter(([name, value]) =>
      !hidden.has(name) && value !== undefined && typeof value !== "object"
    )
    .map(([name, value]) => `${name} ${value}`);
  return [fact.type, ...members].join(", ");
}

const hidden: ReadonlySet<string> = new Set([
  "type",
  "atMillis",
  "clientId",
  "codeChallenge",
  "expiresAtMillis",
]);
