/** One failure of each kind, with the status of its page. */
import { FlowStoreError, Full } from "@bellhop/core/flow/flow_store_error";
import { CheckpointError, Unreadable } from "@bellhop/core/flow/checkpoint_error";
import {
  AuthorizationCodeError,
  type AuthorizationCodeErrorReason,
  Cancelled,
  Denied,
  Expired,
  Invalid,
  NotAwaited,
  Refused,
  Unreachable,
} from "@bellhop/core/grant/authorization_code_error";
import { AuthorizationRequestError } from "@bellhop/core/protocol/authorization_request_error";
import {
  AuthorizationResponseError,
  Rejected,
} from "@bellhop/core/protocol/authorization_response_error";
import { Absent, SessionError } from "@bellhop/core/session/session_error";
import { ReturnToError } from "../return_to.ts";
import * as E from "../web_login_error.ts";

const rejected = new AuthorizationResponseError({
  reason: new Rejected({ code: "server_error", description: "planted words of a server" }),
});
const unfit = new AuthorizationRequestError({ problem: "maxAge", description: "no number" });

function login(reason: AuthorizationCodeErrorReason): E.LoginFailed {
  return new E.LoginFailed({ error: new AuthorizationCodeError({ reason }) });
}

export const failures: ReadonlyArray<readonly [E.WebLoginErrorReason, number]> = [
  [new E.NotBound(), 400],
  [login(new NotAwaited()), 400],
  [login(new Expired()), 400],
  [login(new Cancelled()), 400],
  [login(new Denied({ error: rejected })), 403],
  [login(new Refused({ error: rejected })), 502],
  [login(new Refused({ error: unfit })), 500],
  [login(new Invalid({ error: new Error("Planted words of a validator") })), 502],
  [login(new Unreachable({ error: undefined })), 504],
  [new E.LoginFailed({ error: new CheckpointError({ reason: new Unreadable() }) }), 400],
  [new E.LoginFailed({ error: new FlowStoreError({ reason: new Full({ maxFlows: 1 }) }) }), 503],
  [
    new E.SessionFailed({ error: new SessionError({ reason: new Absent({ key: "web-x" }) }) }),
    503,
  ],
  [new E.ReturnRefused({ error: new ReturnToError({ problem: "notAPath" }) }), 400],
  [new E.MethodRefused({ allowed: "POST" }), 405],
  [new E.NotNavigation(), 400],
  [new E.CrossSite(), 403],
  [new E.BodyRefused(), 400],
  [new E.NotRevoked({ errors: [] }), 200],
];
