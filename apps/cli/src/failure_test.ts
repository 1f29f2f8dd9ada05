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
} from "@bellhop/core/protocol/endpoint_error";
import { ServerMetadataError } from "@bellhop/core/protocol/server_metadata";
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

const unavailable = new Unavailable({ status: 503, body: "" });
const dns = new Unreachable({ kind: "dns", description: "the host name is unknown" });
const rejected = new Rejected({ status: 400, code: "invalid_client", body: "" });
const mismatch = new Malformed({ problem: "issuerMismatch", description: "other", body: "" });
const html = new Malformed({ problem: "notJson", description: "HTML", body: "" });
const key = {
  location: "/k",
  problem: "malformed",
  description: "no key",
  hint: "make one",
} as const;

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
  [new KeySourceError(key), 7, "store_sealing_key"],
  [sessionError("session_expired", "a", "b"), 8, "session_expired"],
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
