import { assert, describe, it } from "@effect/vitest";
import { Redacted, Result } from "effect";
import { decode, type DeviceAuthorizationResponse } from "./device_authorization_response.ts";
import { membersIn, vectorsOf } from "./testdata/vectors.ts";

const required = {
  device_code: "planted-device-code",
  user_code: "WDJB-MJHT",
  verification_uri: "https://example.com/device",
};

function decoded(members: Record<string, unknown>): DeviceAuthorizationResponse {
  return Result.getOrThrow(decode({ ...required, expires_in: 1800, ...members }));
}

function refusal(members: Record<string, unknown>): string {
  return Result.getOrThrow(Result.flip(decode({ ...required, ...members })));
}

describe("device_authorization_response", () => {
  for (const { id, input, expected } of vectorsOf("device-authorization-response")) {
    it(`decode() ${id}`, () => {
      const body = membersIn(input, "body");
      const device = Result.getOrThrow(decode(body));
      assert.strictEqual(device.intervalMillis / 1000, expected["interval_seconds"]);
      assert.strictEqual(device.expiresInMillis / 1000, expected["lifetime_seconds"]);
      assert.strictEqual(Redacted.value(device.deviceCode), body["device_code"]);
      assert.strictEqual(device.verificationUriComplete, body["verification_uri_complete"]);
    });
  }

  const intervals: ReadonlyArray<readonly [unknown, number]> = [
    [undefined, 5_000],
    [null, 5_000],
    [5, 5_000],
    [1, 1_000],
    ["7", 7_000],
    ["7.2", 8_000],
    [0.2, 1_000],
    [2.000001, 3_000],
    [0, 5_000],
    [-3, 5_000],
    ["0", 5_000],
    ["-3", 5_000],
    ["soon", 5_000],
    ["", 5_000],
    [NaN, 5_000],
    [Infinity, 5_000],
    [1799, 1_799_000],
    [1800, 5_000],
    [1e300, 5_000],
    [{}, 5_000],
  ];
  for (const [written, millis] of intervals) {
    it(`decode() reads interval ${String(written)} as ${millis} ms`, () => {
      assert.strictEqual(decoded({ interval: written }).intervalMillis, millis);
    });
  }

  const lifetimes: ReadonlyArray<readonly [unknown, number]> = [
    [1800, 1_800_000],
    ["900", 900_000],
    [undefined, 600_000],
    [0, 600_000],
    [-1, 600_000],
    ["never", 600_000],
    [NaN, 600_000],
    [86_400, 86_400_000],
    [86_401, 86_400_000],
    [1e300, 86_400_000],
  ];
  for (const [written, millis] of lifetimes) {
    it(`decode() reads expires_in ${String(written)} as ${millis} ms`, () => {
      assert.strictEqual(decoded({ expires_in: written }).expiresInMillis, millis);
    });
  }

  it("decode() takes Google's verification_url", () => {
    const { verification_uri: url, ...rest } = required;
    const device = Result.getOrThrow(decode({ ...rest, verification_url: url }));
    assert.strictEqual(device.verificationUri, url);
  });

  for (const member of Object.keys(required)) {
    for (const value of [undefined, "", 5, null]) {
      it(`decode() refuses ${member} ${JSON.stringify(value)}`, () => {
        assert.strictEqual(refusal({ [member]: value }), `"${member}" is missing`);
      });
    }
  }

  for (
    const uri of ["javascript:alert(1)", "file:///etc/passwd", "/device", "https://", "mailto:a@b"]
  ) {
    it(`decode() refuses verification_uri ${uri}`, () => {
      const description = `"verification_uri" is not an http or https URL`;
      assert.strictEqual(refusal({ verification_uri: uri }), description);
    });
    it(`decode() drops verification_uri_complete ${uri}`, () => {
      assert.notProperty(decoded({ verification_uri_complete: uri }), "verificationUriComplete");
    });
  }

  it("decode() shows nothing invisible in a link", () => {
    const uri = "https://example.com/\u001b[31m\u202edevice";
    assert.match(decoded({ verification_uri: uri }).verificationUri, /^[!-~]+$/);
  });

  it("decode() refuses a user code that cannot be shown", () => {
    assert.strictEqual(refusal({ user_code: "A\u001b[2J" }), `"user_code" is not fit to be shown`);
    assert.strictEqual(
      refusal({ user_code: "A".repeat(257) }),
      `"user_code" is not fit to be shown`,
    );
  });

  it("decode() shows no secret", () => {
    assert.notInclude(JSON.stringify(decoded({})), "planted");
  });
});
