/** The operations of a session, and what may answer them. */
import { operation } from "./operation.ts";
import type {
  LeaseAnswer,
  MarkAnswer,
  ReadAnswer,
  RecheckAnswer,
  ReconcileAnswer,
  RenewalAnswer,
  WriteAnswer,
  WrittenAnswer,
} from "./session_event.ts";

export const operations = {
  holdLease: operation<undefined, LeaseAnswer>(),
  awaitLease: operation<undefined, { readonly type: "leased" }>(),
  read: operation<{ readonly variant: string }, ReadAnswer>(),
  mark: operation<undefined, MarkAnswer>(),
  request: operation<{ readonly variant: string }, RenewalAnswer>(),
  recheck: operation<undefined, RecheckAnswer>(),
  writeDown: operation<undefined, WrittenAnswer>(),
  persist: operation<undefined, WriteAnswer<"stored">>(),
  reconcile: operation<undefined, ReconcileAnswer>(),
  adopt: operation<undefined, WriteAnswer<"stored">>(),
  revoke: operation<undefined, WriteAnswer<"revoked">>(),
};
