/**
 * However many callers wait, one renewal is under way.
 *
 * @module
 */
import type { Invariant } from "./invariant.ts";

/** One renewal of a family at a time in a process. */
export const singleFlight: Invariant = {
  name: "singleFlight",
  sentence: "A process never has two requests out that use refresh tokens of one family",
  watch: ({ server }) => {
    const out = new Map<number, string>();
    return {
      on: (event) => {
        if (event.type === "http.ended") out.delete(event.request);
        if (event.type !== "http.sent" || event.grant !== "refresh_token") return undefined;
        const family = server.familyOf(event.secret ?? 0);
        const flight = `${event.process} family ${family}`;
        const other = [...out].find(([, known]) => known === flight)?.[0];
        out.set(event.request, flight);
        return other === undefined
          ? undefined
          : `${event.process} sent request ${event.request} while ${other} was out for the same family`;
      },
    };
  },
};
