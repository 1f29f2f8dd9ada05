import { assert, describe, it } from "@effect/vitest";
import type { ServerOptions } from "./server_options.ts";
import { Conversation, deviceGrant, type Told } from "./testdata/conversation.ts";

/** A device that began. */
function begin(options: ServerOptions = {}) {
  const talk = new Conversation(options);
  const { body: device } = talk.post("/device_authorization", { scope: "read write" });
  const poll = (at: number): Told => {
    talk.now = at;
    return talk.token({ grant_type: deviceGrant, device_code: device.device_code });
  };
  const decide = (decision: string, userCode: string = device.user_code) =>
    talk.post("/device", { user_code: userCode, decision }).status;
  const verdicts = () => talk.only("device.polled").map(({ verdict }) => verdict);
  return { talk, device, poll, decide, verdicts };
}

describe("/device_authorization", () => {
  it("answers as RFC 8628 section 3.2 wants it, with the interval only if there is one", () => {
    const { device } = begin({ intervalSeconds: 7, deviceCodeSeconds: 300 });
    assert.strictEqual(device.verification_uri, "https://as.example.com/device");
    assert.strictEqual(
      device.verification_uri_complete,
      `https://as.example.com/device?user_code=${device.user_code}`,
    );
    assert.deepStrictEqual([device.interval, device.expires_in], [7, 300]);
    assert.notProperty(begin().device, "interval");
  });

  it("says what is wrong", () => {
    const { talk } = begin();
    const errors = [
      talk.post("/device_authorization", { scope: "root" }),
      talk.post("/device_authorization", { client_id: "nobody" }),
      talk.ask("POST", "/device_authorization", { body: "client_id=app" }),
    ].map(({ body, status }) => [status, body.error]);
    assert.deepStrictEqual(errors, [
      [400, "invalid_scope"],
      [401, "invalid_client"],
      [400, "invalid_request"],
    ]);
  });
});

describe("polls of a device code", () => {
  it("wait for the person, get tokens, and get them once", () => {
    const { decide, poll, talk, verdicts } = begin();
    assert.strictEqual(poll(5_000).body.error, "authorization_pending");
    decide("approve");
    const { body, status } = poll(10_000);
    assert.strictEqual(status, 200);
    assert.property(body, "refresh_token");
    assert.strictEqual(poll(15_000).body.error, "invalid_grant");
    assert.deepStrictEqual(verdicts(), ["authorization_pending", "token", "invalid_grant"]);
    assert.strictEqual(talk.only("token.issued")[0]?.redeemed, 1);
  });

  it("are told to slow down when they come early, by 5 seconds more each time", () => {
    const { poll, talk } = begin();
    const answers = [0, 4_999, 14_998, 29_998, 49_998, 69_998].map((at) => poll(at).body.error);
    assert.deepStrictEqual(answers, [
      "authorization_pending",
      "slow_down",
      "slow_down",
      "authorization_pending",
      "authorization_pending",
      "authorization_pending",
    ]);
    assert.deepStrictEqual(
      talk.only("device.polled").map((
        { gapMillis, intervalMillis },
      ) => [gapMillis, intervalMillis]),
      [
        [undefined, 5_000],
        [4_999, 5_000],
        [9_999, 10_000],
        [15_000, 15_000],
        [20_000, 15_000],
        [20_000, 15_000],
      ],
    );
  });

  it("are told to slow down even if the person approved", () => {
    const { decide, poll } = begin();
    poll(0);
    decide("approve");
    assert.strictEqual(poll(1).body.error, "slow_down");
    assert.strictEqual(poll(10_001).status, 200);
  });

  it("may come at any time where nobody measures", () => {
    const { poll, verdicts } = begin({ slowDown: "never" });
    [0, 1, 2].forEach(poll);
    assert.deepStrictEqual(verdicts(), Array.from({ length: 3 }, () => "authorization_pending"));
  });

  it("end with a denial, or with the code", () => {
    const denied = begin();
    denied.decide("deny");
    assert.strictEqual(denied.poll(5_000).body.error, "access_denied");
    const late = begin({ deviceCodeSeconds: 10 });
    late.decide("approve");
    assert.strictEqual(late.poll(10_000).body.error, "expired_token");
  });

  it("are refused to another client, and for unknown codes", () => {
    const { device, talk } = begin();
    const errors = [
      { client_id: "other", device_code: device.device_code },
      { device_code: "pl4nted-dc-9-00000000" },
      {},
    ].map((form) => talk.token({ grant_type: deviceGrant, ...form }).body.error);
    assert.deepStrictEqual(errors, ["invalid_grant", "invalid_grant", "invalid_request"]);
  });
});

describe("/device", () => {
  it("takes one decision, and tells every other that it comes too late", () => {
    const { decide, poll, talk } = begin();
    assert.deepStrictEqual([decide("approve"), decide("deny"), decide("approve")], [200, 409, 409]);
    assert.strictEqual(poll(5_000).status, 200);
    assert.lengthOf(talk.only("device.decided"), 1);
  });

  it("takes a user code as people type it", () => {
    const { decide, device } = begin();
    assert.strictEqual(
      decide("approve", ` ${device.user_code.toLowerCase().replace("-", " ")}`),
      200,
    );
  });

  it("knows no other code, no other decision, and none too late", () => {
    const { decide, talk } = begin({ deviceCodeSeconds: 10 });
    assert.strictEqual(decide("approve", "BBBB-BBBB"), 404);
    assert.strictEqual(decide("maybe"), 400);
    talk.now = 10_000;
    assert.strictEqual(decide("approve"), 410);
    assert.lengthOf(talk.only("device.decided"), 0);
  });
});
