/** Steps that several states of a session take. */

/** How an answer is taken in that leaves nothing for anybody to wait for. */
export const done = ["keepFacts", "keepSuccess", "settleAll", "clearQueue"] as const;
/** How an answer is taken in after which whoever waits must look again. */
export const ended = ["keepFacts", "settleAll", "clearQueue"] as const;
/** How the next variant gets its turn. */
export const next = ["keepFacts", "keepSuccess", "settle", "takeNext"] as const;
/** How it is taken in that what was granted is in memory only. */
export const kept = ["backOff", "tellUnsaved", "settle"] as const;
/**
 * What memory holds alone is not let go of with the lease: its write comes first. The server is left
 * alone meanwhile, whatever it is asked for.
 */
export const unsavedFirst = {
  guard: "isUnsaved",
  target: "persisting",
  actions: ["holdOff", "tellHeldOff", "clearQueue"],
} as const;
/** Lets go of the lease, and waits. */
export const backOff = { target: "#session.backingOff", actions: "backOff" } as const;
/** Whoever signed out or in meanwhile comes first. */
export const peopleFirst = [
  { guard: "isToBeRevoked", target: "#session.revoking" },
  { guard: "isSignedIn", target: "#session.acquiring", actions: "dropSignIn" },
] as const;
