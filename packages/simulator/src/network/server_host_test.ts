import { assert, describe, it } from "@effect/vitest";
import { stream } from "../seed.ts";
import { World } from "../world/world.ts";
import { drawPerson, type PersonScript, ServerHost } from "./server_host.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };

function place(...people: ReadonlyArray<PersonScript>) {
  const world = new World({ seed: 1 });
  const host = new ServerHost(world, {
    rotation: { type: "rotate", graceMillis: 0, onReuse: "refuse" },
  });
  host.people.push(...people);
  const post = (path: string, body: Readonly<Record<string, string>>, number?: number) =>
    host.answer({
      method: "POST",
      url: `https://as.example.com${path}`,
      headers: form,
      body: new URLSearchParams({ client_id: "app", ...body }).toString(),
    }, number);
  const begin = () => {
    const { body } = post("/device_authorization", { scope: "read" }, 7);
    return JSON.parse(body) as { readonly device_code: string };
  };
  const poll = (deviceCode: string) => {
    const { body } = post("/token", {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: deviceCode,
    });
    return JSON.parse(body) as { readonly error?: string; readonly refresh_token?: string };
  };
  const told = () =>
    world.events.flatMap((event): ReadonlyArray<readonly [string, number | undefined]> => {
      if (event.type === "server") return [[event.fact.type, event.request]];
      return event.type === "person" ? [[event.does, event.status]] : [];
    });
  return { world, host, begin, poll, told };
}

describe("ServerHost.answer()", () => {
  it("keeps what the server knows, by the world's time, and tells what it did", () => {
    const { world, host, begin, told } = place([]);
    world.run(world.startMillis + 5_000);
    const before = host.state;
    begin();
    assert.notStrictEqual(host.state, before);
    assert.deepStrictEqual(told(), [["device.started", 7]]);
    const [event] = world.events;
    assert.strictEqual(event?.type === "server" && event.fact.atMillis, world.startMillis + 5_000);
  });

  it("has somebody come who reads the code off the device", () => {
    const { world, begin, poll, told } = place([{ afterMillis: 20_000, decision: "approve" }]);
    const { device_code: code } = begin();
    world.run(world.startMillis + 19_999);
    assert.strictEqual(poll(code).error, "authorization_pending");
    world.run(world.startMillis + 30_000);
    assert.isDefined(poll(code).refresh_token);
    assert.deepStrictEqual(told().slice(1), [
      ["device.polled", undefined],
      ["device.decided", undefined],
      ["approve", 200],
      ["device.polled", undefined],
      ["token.issued", undefined],
    ]);
  });

  it("has them deny, or come twice, or never", () => {
    const { world, begin, poll, told } = place(
      [{ afterMillis: 1_000, decision: "deny" }],
      [{ afterMillis: 1_000, decision: "approve" }, { afterMillis: 2_000, decision: "approve" }],
      [],
    );
    const codes = [begin(), begin(), begin()].map(({ device_code: code }) => code);
    world.run(world.startMillis + 60_000);
    assert.deepStrictEqual(codes.map((code) => poll(code).error), [
      "access_denied",
      undefined,
      "authorization_pending",
    ]);
    assert.strictEqual(told().filter(([does]) => does === "approve").length, 2);
  });
});

describe("ServerHost.revokeFamilyOf()", () => {
  it("ends what a refresh token belongs to, and tells of it", () => {
    const { world, host, begin, poll, told } = place([{ afterMillis: 1_000, decision: "approve" }]);
    const { device_code: code } = begin();
    world.run(world.startMillis + 10_000);
    const ordinal = Number(poll(code).refresh_token?.split("-")[2]);
    assert.strictEqual(host.familyOf(ordinal), 1);
    assert.isTrue(host.isRefreshable(ordinal));
    host.revokeFamilyOf(ordinal);
    assert.isFalse(host.isRefreshable(ordinal));
    assert.deepStrictEqual(told().at(-1), ["family.ended", undefined]);
  });

  it("does nothing to what nobody knows", () => {
    const { host, told } = place();
    host.revokeFamilyOf(99);
    assert.isUndefined(host.familyOf(99));
    assert.isFalse(host.isRefreshable(99));
    assert.deepStrictEqual(told(), []);
  });
});

describe("ServerHost.nextPerson()", () => {
  it("takes those who were named, in order, and draws the others", () => {
    const { host } = place([], [{ afterMillis: 5, decision: "deny" }]);
    assert.deepStrictEqual(host.nextPerson(), []);
    assert.deepStrictEqual(host.nextPerson(), [{ afterMillis: 5, decision: "deny" }]);
    assert.deepStrictEqual(host.nextPerson(), drawPerson(stream(1, "people")));
  });

  it("tells the world what they will do", () => {
    const { host, world } = place([], [{ afterMillis: 5, decision: "deny" }]);
    host.nextPerson();
    host.nextPerson();
    assert.deepStrictEqual(
      world.events.flatMap((event) => event.type === "person.expected" ? [event.visits] : []),
      [[], [{ afterMillis: 5, decision: "deny" }]],
    );
  });
});

describe("drawPerson()", () => {
  it("has most approve, and some deny, come twice, late or never", () => {
    const draw = stream(1, "people");
    const counts = new Map<string, number>();
    for (let time = 0; time < 2_000; time++) {
      const visits = drawPerson(draw);
      const [{ afterMillis, decision } = { afterMillis: 0, decision: "never" }] = visits;
      assert.isTrue(visits.every((visit) => Number.isInteger(visit.afterMillis)));
      const isLate = afterMillis > 90_000 ? "late" : decision;
      const kind = visits.length === 2 ? "twice" : isLate;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    assert.deepStrictEqual([...counts.keys()].toSorted(), [
      "approve",
      "deny",
      "late",
      "never",
      "twice",
    ]);
    assert.isAbove(counts.get("approve") ?? 0, 1_300);
  });
});
