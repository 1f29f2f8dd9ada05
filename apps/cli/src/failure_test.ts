import { assert, describe, it } from "@effect/vitest";
import { Cause, Exit } from "effect";
import { PortInUse } from "@bellhop/devserver/dev_server_error";
import { DevServerError } from "@bellhop/devserver/dev_server_error";
import {
  Cancelled,
  Denied,
  DeviceAuthorizationError,
  Expired,
  Malformed as MalformedLogin,
  Refused,
  Unreachable as UnreachableLogin,
} from "@bellhop/core/grant/device_authorization_error";
import * as Code from "@bellhop/core/grant/authorization_code_error";
import {
  AuthorizationRequestError,
  type AuthorizationRequestProblem,
} from "@bellhop/core/protocol/authorization_request_error";
import * as Response from "@bellhop/core/protocol/authorization_response_error";
import { IdTokenError } from "@bellhop/core/protocol/id_token_error";
import {
  InvalidRedirectUri,
  LoopbackListenerError,
  PortInUse as Taken,
} from "@bellhop/node/loopback_listener_error";
import * as TokenRequest from "@bellhop/core/grant/token_request_error";
import { OriginError, UnusableToken } from "@bellhop/core/http/session_client_error";
import { ClientConfigError } from "@bellhop/core/protocol/client";
import {
  EndpointError,
  type EndpointErrorReason,
  Insecure,
  InvalidUrl,
  Malformed,
  Rejected,
  Unavailable,
  Unreachable,
  Unsupported,
  Withheld,
} from "@bellhop/core/protocol/endpoint_error";
import { ServerMetadataError } from "@bellhop/core/protocol/server_metadata";
import * as Ended from "@bellhop/core/session/session_error";
import { Corrupt, LeaseTimeout, StoreError, UnknownKey } from "@bellhop/core/session/store_error";
import { KeySourceError } from "@bellhop/node/sealing_key";
import { sessionError, usageError } from "./command_error.ts";
import { type AppError, failureOf, failureOfCause } from "./failure.ts";
import { exitCodeOf } from "./report.ts";

function endpoint(reason: EndpointErrorReason): EndpointError {
  return new EndpointError({ endpoint: "token", url: "https://as.example.com/token", reason });
}

function device(reason: DeviceAuthorizationError["reason"]): DeviceAuthorizationError {
  return new DeviceAuthorizationError({ reason });
}

function store(reason: StoreError["reason"]): StoreError {
  return new StoreError({ reason });
}

function session(reason: Ended.SessionErrorReason): Ended.SessionError {
  return new Ended.SessionError({ reason });
}

function tokenRequest(reason: TokenRequest.TokenRequestErrorReason) {
  return new TokenRequest.TokenRequestError({ reason });
}

function code(reason: Code.AuthorizationCodeErrorReason<IdTokenError>) {
  return new Code.AuthorizationCodeError({ reason });
}

function response(reason: Response.AuthorizationResponseErrorReason) {
  return new Response.AuthorizationResponseError({ reason });
}

function request(problem: AuthorizationRequestProblem) {
  return new AuthorizationRequestError({ problem, description: "a" });
}

const denied = new Response.Rejected({ code: "access_denied" });
const loginRequired = new Response.Rejected({ code: "login_required" });
const otherIssuer = new Response.OtherIssuer({ problem: "different", expected: "https://a" });
const noCode = new Response.NoCode({ problem: "missing" });
const idToken = new IdTokenError({ problem: "nonce", description: "it is of another login" });
const unavailable = new Unavailable({ status: 503, body: "" });
const dns = new Unreachable({ kind: "dns", description: "the host name is unknown" });
const rejected = new Rejected({ status: 400, code: "invalid_client", body: "" });
const mismatch = new Malformed({ problem: "issuerMismatch", description: "other", body: "" });
const html = new Malformed({ problem: "notJson", description: "HTML", body: "" });
const noKey = {
  location: "/k",
  problem: "malformed",
  description: "no key",
  hint: "make one",
} as const;

const key = "work";

const cases: ReadonlyArray<readonly [AppError, number, string]> = [
  [usageError("a", "b"), 2, "invalid_usage"],
  [endpoint(new Insecure({ url: "http://a" })), 2, "insecure_url"],
  [endpoint(new InvalidUrl({ url: "a", problem: "notAUrl" })), 2, "invalid_url"],
  [endpoint(new Unsupported({ member: "revocation_endpoint" })), 2, "unsupported"],
  [
    new ClientConfigError({ problem: "missingSecret", description: "a", hint: "b" }),
    2,
    "invalid_configuration",
  ],
  [
    new ServerMetadataError({ problem: "issuer", member: "issuer", description: "a" }),
    2,
    "invalid_configuration",
  ],
  [new DevServerError({ reason: new PortInUse({ port: 1 }) }), 2, "invalid_configuration"],
  [device(new Denied({ error: undefined })), 3, "access_denied"],
  [device(new Expired({ error: undefined })), 4, "expired_token"],
  [device(new Refused({ error: endpoint(rejected) })), 5, "invalid_client"],
  [device(new Refused({ error: endpoint(new Unsupported({ member: "x" })) })), 2, "unsupported"],
  [device(new MalformedLogin({ error: endpoint(html) })), 5, "malformed_response"],
  [device(new UnreachableLogin({ error: endpoint(unavailable) })), 5, "server_unavailable"],
  [device(new UnreachableLogin({ error: endpoint(dns) })), 6, "unknown_host"],
  [device(new UnreachableLogin({ error: undefined })), 6, "unreachable"],
  [device(new Cancelled()), 130, "interrupted"],
  [endpoint(mismatch), 5, "issuer_mismatch"],
  [endpoint(unavailable), 5, "server_unavailable"],
  [endpoint(dns), 6, "unknown_host"],
  [store(new Corrupt({ key: "a" })), 7, "store_corrupt"],
  [store(new LeaseTimeout({ key: "a", waitedMillis: 1 })), 7, "store_lease_timeout"],
  [store(new UnknownKey({ key: "a", keyId: "b", knownKeyIds: [] })), 7, "store_unknown_key"],
  [new KeySourceError(noKey), 7, "store_sealing_key"],
  [sessionError("session_expired", "a", "b"), 8, "session_expired"],
  [endpoint(new Withheld({ problem: "publicClient", description: "a" })), 2, "unauthorized_client"],
  [endpoint(new Withheld({ problem: "widerScope", description: "a" })), 2, "invalid_scope"],
  [new OriginError({ problem: "notSecure", origin: "http://a" }), 2, "invalid_configuration"],
  [new UnusableToken({ problem: "type", tokenType: "mac" }), 2, "invalid_configuration"],
  [code(new Code.Denied({ error: response(denied) })), 3, "access_denied"],
  [code(new Code.Expired()), 4, "timeout"],
  [code(new Code.Refused({ error: response(loginRequired) })), 5, "login_required"],
  [code(new Code.Refused({ error: endpoint(rejected) })), 5, "invalid_client"],
  [code(new Code.Refused({ error: request("pkceUnsupported") })), 2, "unsupported"],
  [code(new Code.Refused({ error: request("maxAge") })), 2, "invalid_usage"],
  [code(new Code.Malformed({ error: response(otherIssuer) })), 5, "issuer_mismatch"],
  [code(new Code.Malformed({ error: response(noCode) })), 5, "malformed_response"],
  [code(new Code.Malformed({ error: endpoint(html) })), 5, "malformed_response"],
  [code(new Code.Invalid({ error: idToken })), 5, "invalid_id_token"],
  [idToken, 5, "invalid_id_token"],
  [code(new Code.Unreachable({ error: endpoint(dns) })), 6, "unknown_host"],
  [code(new Code.Unreachable({ error: undefined })), 6, "unreachable"],
  [code(new Code.NotAwaited()), 5, "not_awaited"],
  [code(new Code.Cancelled()), 130, "interrupted"],
  [
    new LoopbackListenerError({ reason: new Taken({ address: "127.0.0.1", port: 1 }) }),
    2,
    "port_in_use",
  ],
  [
    new LoopbackListenerError({ reason: new InvalidRedirectUri({ problem: "notHttp" }) }),
    2,
    "invalid_configuration",
  ],
  [tokenRequest(new TokenRequest.Refused({ error: endpoint(rejected) })), 5, "invalid_client"],
  [tokenRequest(new TokenRequest.Malformed({ error: endpoint(html) })), 5, "malformed_response"],
  [tokenRequest(new TokenRequest.Unreachable({ error: endpoint(dns) })), 6, "unknown_host"],
  [tokenRequest(new TokenRequest.Unreachable({ error: undefined })), 6, "unreachable"],
  [tokenRequest(new TokenRequest.Cancelled()), 130, "interrupted"],
  [session(new Ended.Absent({ key })), 8, "no_session"],
  [session(new Ended.Expired({ key })), 8, "session_expired"],
  [
    session(new Ended.ReauthorizationRequired({ key, code: "invalid_grant", atMillis: 0 })),
    8,
    "reauthorization_required",
  ],
  [session(new Ended.Revoked({ key })), 8, "session_revoked"],
  [session(new Ended.ScopeNotGranted({ key, missing: ["a"] })), 8, "scope_not_granted"],
  [session(new Ended.OtherClient({ key, expected: "a", found: "b" })), 8, "other_client"],
  [session(new Ended.Refused({ key, error: endpoint(rejected) })), 5, "invalid_client"],
  [
    session(new Ended.Unavailable({ key, error: endpoint(unavailable), retryAtMillis: 0 })),
    5,
    "server_unavailable",
  ],
  [
    session(new Ended.Unavailable({ key, error: endpoint(dns), retryAtMillis: 0 })),
    6,
    "unknown_host",
  ],
  [session(new Ended.StoreFailed({ key, error: store(new Corrupt({ key })) })), 7, "store_corrupt"],
  [session(new Ended.Closed({ key })), 130, "interrupted"],
];

describe("failureOf()", () => {
  for (const [error, exitCode, code] of cases) {
    const reason = "reason" in error ? ` ${error.reason._tag}` : "";
    it(`makes ${error._tag}${reason} exit with ${exitCode} as ${code}`, () => {
      const failure = failureOf(error);
      assert.strictEqual(failure.exitCode, exitCode);
      assert.strictEqual(failure.error, code);
      assert.isNotEmpty(failure.description);
      assert.isNotEmpty(failure.hint);
      assert.strictEqual(exitCodeOf(Exit.fail(error)), exitCode);
    });
  }

  it("tells the login of the profile whose session ended", () => {
    const { hint } = failureOf(session(new Ended.Revoked({ key })));
    assert.strictEqual(hint, "Log in again: bellhop login --profile work");
  });

  it("names flags, where the hint of the library names its options", () => {
    for (const problem of ["missingEndpoint", "pkceUnsupported", "pushedOnly"] as const) {
      const { hint } = failureOf(code(new Code.Refused({ error: request(problem) })));
      assert.match(String(hint), /--grant device/);
    }
  });

  it("says where an endpoint failed", () => {
    assert.strictEqual(
      failureOf(endpoint(dns)).description,
      "Authorization server could not be reached: the host name is unknown " +
        "(token endpoint, https://as.example.com/token)",
    );
  });
});

describe("failureOfCause()", () => {
  it("takes an interruption for 130", () => {
    assert.strictEqual(failureOfCause(Cause.interrupt()).exitCode, 130);
  });

  it("shows nothing of a defect but its kind", () => {
    const failure = failureOfCause(Cause.die(new TypeError("secret in here")));
    assert.strictEqual(failure.exitCode, 1);
    assert.include(failure.description, "TypeError");
    assert.notInclude(JSON.stringify(failure), "secret in here");
  });
});
