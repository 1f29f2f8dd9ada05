/**
 * A flow store as one browser sees it. A flow lies under a key that takes the state and the browser's
 * cookie to make: a callback from another browser does not find it, and so cannot use it up.
 */
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import type * as Digest from "effect/crypto/Digest";
import { FlowStore } from "@bellhop/core/flow/flow_store";
import { digestOf } from "./_ticket.ts";

/** The store of the flows that are bound to this cookie. */
export function boundTo(
  store: FlowStore,
  binding: Redacted.Redacted,
): Effect.Effect<FlowStore, never, Digest.Digest> {
  return Effect.map(Effect.context<Digest.Digest>(), (services) => {
    const bound = (key: string) =>
      digestOf(`bellhop web login\n${key}\n${Redacted.value(binding)}`).pipe(
        Effect.provide(services),
      );
    return FlowStore.of({
      put: (key, sealed, options) =>
        Effect.flatMap(bound(key), (own) => store.put(own, sealed, options)),
      take: (key) => Effect.flatMap(bound(key), (own) => store.take(own)),
    });
  });
}
