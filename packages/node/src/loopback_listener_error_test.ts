import { assert, it } from "@effect/vitest";
import {
  InvalidRedirectUri,
  ListenFailed,
  LoopbackListenerError,
  NotRedirected,
  OtherLogin,
  PortInUse,
} from "./loopback_listener_error.ts";

it("LoopbackListenerError says what happened and what to do, for each reason", () => {
  const reasons = [
    new PortInUse({ address: "::1", port: 8400 }),
    new ListenFailed({ address: "127.0.0.1", port: 80, code: "EACCES" }),
    new ListenFailed({ address: "127.0.0.1", port: 0, code: "EADDRNOTAVAIL" }),
    new InvalidRedirectUri({ problem: "notLoopback" }),
    new NotRedirected({ redirectUri: "http://127.0.0.1:8400/callback" }),
    new OtherLogin(),
  ];
  const errors = reasons.map((reason) => new LoopbackListenerError({ reason }));
  assert.deepEqual(errors.map(({ message }) => message), [
    "Port 8400 on ::1 is already in use",
    "Port 80 on 127.0.0.1 could not be opened (EACCES)",
    "No port on 127.0.0.1 could be opened (EADDRNOTAVAIL)",
    "The redirect URI is not on 127.0.0.1, [::1] or localhost",
    `What was pasted does not begin with "http://127.0.0.1:8400/callback" and go on with an answer`,
    "What was pasted is the answer to another login",
  ]);
  for (const { hint } of errors) assert.isAbove(hint.length, 20);
});
