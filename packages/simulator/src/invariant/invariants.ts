/**
 * All invariants that Bellhop is held to.
 *
 * @module
 */
import { failuresWait } from "./failures_wait.ts";
import { flowsEnd } from "./flows_end.ts";
import { freshChallenges } from "./fresh_challenges.ts";
import type { Invariant } from "./invariant.ts";
import { lossesHaveCauses } from "./losses_have_causes.ts";
import { markedFirst } from "./marked_first.ts";
import { noDeadToken } from "./no_dead_token.ts";
import { noFault } from "./no_fault.ts";
import { noNeedlessWait } from "./no_needless_wait.ts";
import { noSecret } from "./no_secret.ts";
import { oneHolder } from "./one_holder.ts";
import { persistedFirst } from "./persisted_first.ts";
import { pollsWait } from "./polls_wait.ts";
import { recovers } from "./recovers.ts";
import { refusedOnce } from "./refused_once.ts";
import { singleFlight } from "./single_flight.ts";
import { storeGoesForward } from "./store_goes_forward.ts";

/** All of them. */
export const invariants: ReadonlyArray<Invariant> = [
  noFault,
  noSecret,
  pollsWait,
  freshChallenges,
  oneHolder,
  singleFlight,
  failuresWait,
  markedFirst,
  persistedFirst,
  refusedOnce,
  storeGoesForward,
  lossesHaveCauses,
  noDeadToken,
  noNeedlessWait,
  flowsEnd,
  recovers,
];
