/** How a state is told by its colour, as far as its name says. */

/** Colours of states: ended badly or kept from going on, all is well, something is under way, it waits. */
export type Tone = "bad" | "good" | "busy" | "calm";

const bad =
  /(denied|refused|malformed|unreachable|unsaved|expired|reauthorization|backing|cancelled|invalid|failed|revoked)/i;
const good = /(authorized|fresh|granted|done|renewed)/i;
const busy = /(request|poll|renew|redeem|exchang|acquir|revoking|look|settl)/i;

/** The colour of a state, by its name. */
export function toneOf(path: string): Tone {
  if (bad.test(path)) return "bad";
  if (good.test(path)) return "good";
  return busy.test(path) ? "busy" : "calm";
}
