import { assert, describe, it } from "@effect/vitest";
import { Context, Effect } from "effect";
import type { NetworkTrouble } from "../fault/fault.ts";
import { secretOf } from "../server/secret.ts";
import { exitIn } from "../world/testdata/exit_in.ts";
import { ask, exchange, LIMIT_MILLIS, place, told, trouble } from "./testdata/exchange.ts";

const isJson = (body = "") => body.startsWith("{") && body.endsWith("}");

describe("Network.client()", () => {
  it("brings requests to the server and answers back, each within its latency", () => {
    for (let seed = 0; seed < 100; seed++) {
      const { seen, acted, arrived, ended } = exchange(place(seed));
      assert.isTrue(seen.status === 200 && isJson(seen.body));
      assert.isTrue(seen.afterMillis >= 4 && seen.afterMillis <= 240, `${seen.afterMillis}`);
      assert.deepStrictEqual([acted, arrived], [1, [false]]);
      assert.deepStrictEqual(ended, [{ isWhole: true, status: 200, trouble: undefined }]);
    }
  });

  it("tells of a request without its secrets, and numbers requests from 1", () => {
    const at = place();
    exchange(at);
    exchange(at);
    const sent = at.world.events.filter(({ type }) => type === "http.sent");
    assert.deepStrictEqual(
      sent.map((event) => ({ ...event, seq: 0, at: 0 })),
      [1, 2].map((request) => ({
        seq: 0,
        at: 0,
        type: "http.sent" as const,
        process: "p0.0",
        request,
        path: "/device_authorization",
      })),
    );
  });

  it("loses what a process was to get that crashed meanwhile, though the server acts", () => {
    const at = place();
    const { world, network, process } = at;
    process.run(ask(network.client(process), world), Context.empty());
    world.after(1, () => process.crash());
    world.run(world.nowMillis + LIMIT_MILLIS);
    const { acted, ended } = told(world.events);
    assert.deepStrictEqual([acted, ended], [1, []]);
  });

  it("takes a request to the server although its sender gave it up", () => {
    const at = place();
    const { world, network, process } = at;
    const request = ask(network.client(process), world);
    exitIn([world, process], Effect.timeoutOption(request, 1), 10_000);
    const { acted, arrived, ended } = told(world.events);
    assert.deepStrictEqual([acted, arrived], [1, [false]]);
    assert.deepStrictEqual(ended, [{ isWhole: false, status: undefined, trouble: "given up" }]);
    const types = world.events.map(({ type }) => type);
    assert.isBelow(types.indexOf("http.ended"), types.indexOf("http.arrived"));
  });
});

/** What comes of each trouble that leaves the client without an answer of the server. */
const without: ReadonlyArray<{
  readonly name: NetworkTrouble;
  readonly acted: 0 | 1;
  readonly code?: string;
  readonly status?: number;
}> = [
  { name: "request lost", acted: 0 },
  { name: "partition", acted: 0 },
  { name: "answer lost", acted: 1 },
  { name: "refused", acted: 0, code: "ECONNREFUSED" },
  { name: "reset before", acted: 0, code: "ECONNRESET" },
  { name: "reset after", acted: 1, code: "ECONNRESET" },
  { name: "502 after", acted: 1, status: 502 },
  { name: "503 before", acted: 0, status: 503 },
  { name: "429", acted: 0, status: 429 },
  { name: "HTML page", acted: 0, status: 200 },
];

describe("Network.faults", () => {
  for (const { name, acted, code, status } of without) {
    it(`"${name}": ${acted === 0 ? "the server does nothing" : "the server acts"}`, () => {
      const at = place();
      trouble(at, name);
      const { seen, ...rest } = exchange(at);
      assert.strictEqual(rest.acted, acted);
      assert.deepStrictEqual(rest.arrived, acted === 0 ? [] : [false]);
      assert.deepStrictEqual([seen.code, seen.status], [code, status]);
      const isSilent = code === undefined && status === undefined;
      const met = isSilent ? "given up" : name;
      assert.deepStrictEqual(rest.ended, [{ isWhole: false, status, trouble: met }]);
      if (isSilent) assert.strictEqual(seen.afterMillis, LIMIT_MILLIS);
      else assert.isBelow(seen.afterMillis, 250);
      if (status !== undefined) assert.match(seen.body ?? "", /^<!doctype html>/);
    });
  }

  for (const name of ["503 before", "429"] as const) {
    it(`"${name}" asks for 1 to 20 seconds of patience`, () => {
      const waits = new Set<number>();
      for (let seed = 0; seed < 200; seed++) {
        const at = place(seed);
        trouble(at, name);
        waits.add(Number(exchange(at).seen.retryAfter));
      }
      const sorted = [...waits].toSorted((one, other) => one - other);
      assert.deepStrictEqual(sorted, Array.from({ length: 20 }, (_, index) => index + 1));
    });
  }

  for (const name of ["503 before", "429"] as const) {
    it(`"${name}" may name a date, which the world is told of by the process' clock`, () => {
      const waits = new Set<number>();
      for (let seed = 0; seed < 200; seed++) {
        const at = place(seed, { retryAfter: "date" });
        trouble(at, name);
        if (seed % 2 === 1) at.process.jump(-5_000);
        const { seen } = exchange(at);
        const { world, process } = at;
        const dateMillis = Date.parse(seen.retryAfter ?? "");
        assert.strictEqual(new Date(dateMillis).toUTCString(), seen.retryAfter);
        const endedAt = world.startMillis + seen.afterMillis;
        assert.deepStrictEqual(
          world.events.flatMap((event) =>
            event.type === "http.ended" ? [event.retryAfterMillis] : []
          ),
          [dateMillis - endedAt - process.clockOffsetMillis],
        );
        waits.add(Math.ceil((dateMillis - world.startMillis) / 1_000));
      }
      const sorted = [...waits].toSorted((one, other) => one - other);
      assert.deepStrictEqual(sorted, Array.from({ length: 20 }, (_, index) => index + 1));
    });
  }

  it("tell of a date that has passed as of no time at all", () => {
    const at = place(1, { retryAfter: "date" });
    trouble(at, "429");
    at.process.jump(60_000);
    exchange(at);
    const ended = at.world.events.find((event) => event.type === "http.ended");
    assert.deepInclude(ended, { retryAfterMillis: 0 });
  });

  it(`"503 before" may have an OAuth error of the server in its body`, () => {
    const at = place(1, { unavailable: "json" });
    trouble(at, "503 before");
    const { seen, acted, ended } = exchange(at);
    assert.strictEqual(seen.body, `{"error":"temporarily_unavailable"}`);
    assert.match(seen.retryAfter ?? "", /^\d+$/);
    assert.deepStrictEqual(ended, [{ isWhole: false, status: 503, trouble: "503 before" }]);
    assert.strictEqual(acted, 0);
  });

  it("are told of with the request that they await, whatever comes of it", () => {
    for (const name of ["answer lost", "partition", "slow body"] as const) {
      const at = place();
      trouble(at, name);
      exchange(at);
      assert.deepInclude(at.world.events.find(({ type }) => type === "http.sent"), {
        trouble: name,
      });
    }
  });

  it(`"502 after" and "HTML page" ask for none`, () => {
    for (const name of ["502 after", "HTML page"] as const) {
      const at = place();
      trouble(at, name);
      assert.isUndefined(exchange(at).seen.retryAfter);
    }
  });

  for (const [name, code] of [["duplicate", 1], ["duplicate, last answer", 2]] as const) {
    it(`"${name}": the server acts twice, and answer ${code} comes back`, () => {
      const at = place();
      trouble(at, name);
      const { seen, acted, arrived, ended } = exchange(at);
      assert.deepStrictEqual([acted, arrived], [2, [false, true]]);
      assert.deepStrictEqual(ended, [{ isWhole: true, status: 200, trouble: name }]);
      const started = at.world.events.flatMap((event) =>
        event.type === "server" && event.fact.type === "device.started"
          ? [{ request: event.request, ordinal: event.fact.deviceCode }]
          : []
      );
      assert.deepStrictEqual(started.map(({ request }) => request), [1, 1]);
      const ordinal = started[code - 1]?.ordinal;
      assert.include(seen.body, `pl4nted-dc-${ordinal}-`);
    });
  }

  it(`"truncated": the server acts, and half of its answer comes, told or untold`, () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const at = place(seed);
      trouble(at, "truncated");
      const { seen, acted, ended } = exchange(at);
      assert.strictEqual(acted, 1);
      assert.deepStrictEqual(ended, [{ isWhole: false, status: 200, trouble: "truncated" }]);
      assert.isFalse(isJson(seen.body));
      if (seen.body?.length !== 0) kinds.add(seen.body === undefined ? `${seen.code}` : "untold");
      if (seen.body !== undefined) assert.match(`${seen.body}{`, /^\{/);
    }
    assert.deepStrictEqual([...kinds].toSorted(), ["ECONNRESET", "untold"]);
  });

  it(`"slow body": the whole answer comes in pieces, and ends when it has been read`, () => {
    for (let seed = 0; seed < 40; seed++) {
      const at = place(seed);
      trouble(at, "slow body");
      const { seen, acted, ended } = exchange(at);
      assert.strictEqual(acted, 1);
      assert.isTrue(isJson(seen.body));
      assert.isTrue(seen.afterMillis >= 404 && seen.afterMillis <= 16_240, `${seen.afterMillis}`);
      assert.deepStrictEqual(ended, [{ isWhole: true, status: 200, trouble: "slow body" }]);
      assert.strictEqual(
        at.world.events.findLast(({ type }) => type === "http.ended")?.at,
        at.world.startMillis + seen.afterMillis,
      );
    }
  });

  it(`"slow body": whoever gives up in the middle has no whole answer`, () => {
    const at = place();
    trouble(at, "slow body");
    const { world, network, process } = at;
    exitIn([world, process], Effect.timeoutOption(ask(network.client(process), world), 400));
    const { acted, ended } = told(world.events);
    assert.strictEqual(acted, 1);
    assert.deepStrictEqual(ended, [{ isWhole: false, status: undefined, trouble: "slow body" }]);
  });

  it(`"slow": each way takes 500 to 9000 ms`, () => {
    for (let seed = 0; seed < 40; seed++) {
      const at = place(seed);
      trouble(at, "slow");
      const { seen, acted, ended } = exchange(at);
      assert.strictEqual(acted, 1);
      assert.isTrue(seen.afterMillis >= 1_000 && seen.afterMillis <= 18_000, `${seen.afterMillis}`);
      assert.deepStrictEqual(ended, [{ isWhole: true, status: 200, trouble: "slow" }]);
    }
  });

  it("a partition keeps an answer away that is on its way", () => {
    const at = place();
    at.world.listen(({ type }) => {
      if (type === "http.arrived") trouble(at, "partition");
    });
    const { seen, acted, ended } = exchange(at);
    assert.deepStrictEqual([acted, seen.afterMillis], [1, LIMIT_MILLIS]);
    assert.deepStrictEqual(ended, [{ isWhole: false, status: undefined, trouble: "given up" }]);
  });

  it("a partition keeps an answer away that left before it began", () => {
    const at = place();
    at.world.listen(({ type }) => {
      if (type === "http.arrived") at.world.after(1, () => trouble(at, "partition"));
    });
    const { seen, acted } = exchange(at);
    assert.deepStrictEqual([acted, seen.afterMillis], [1, LIMIT_MILLIS]);
  });

  it("a partition keeps a request away that is on its way", () => {
    const at = place();
    at.world.listen(({ type }) => {
      if (type === "http.sent") trouble(at, "partition");
    });
    const { seen, acted, arrived } = exchange(at);
    assert.deepStrictEqual([acted, arrived, seen.afterMillis], [0, [], LIMIT_MILLIS]);
  });

  it("a partition stands in the way of whatever else is wrong", () => {
    const at = place();
    trouble(at, "slow");
    trouble(at, "partition");
    const { seen, acted, arrived } = exchange(at);
    assert.deepStrictEqual([acted, arrived, seen.afterMillis], [0, [], LIMIT_MILLIS]);
  });

  it("are over when they are taken away", () => {
    const at = place();
    at.network.faults.delete(trouble(at, "partition"));
    assert.strictEqual(exchange(at).seen.status, 200);
  });

  it("concern the machine that they name, and no other", () => {
    for (const name of ["refused", "partition"] as const) {
      const at = place();
      trouble(at, name, { machine: 1 });
      assert.strictEqual(exchange(at).seen.status, 200);
      assert.isUndefined(exchange(at, at.other).seen.status);
    }
  });

  it("concern as many requests as they say", () => {
    let refused = 0;
    for (let seed = 0; seed < 400; seed++) {
      const at = place(seed);
      trouble(at, "refused", { permille: 250 });
      if (exchange(at).seen.code === "ECONNREFUSED") refused += 1;
    }
    assert.approximately(refused, 100, 25);
  });
});

describe("Network", () => {
  it("tells that a secret is in a URL, and neither the URL nor the secret", () => {
    const at = place();
    const { world, process, network } = at;
    const secret = secretOf("at", 3);
    for (const query of [`?access_token=${secret}`, "?page=3"]) {
      const call = network.client(process).get(`https://as.example.com/api${query}`);
      exitIn([world, process], Effect.exit(call));
    }
    const sent = world.events.filter(({ type }) => type === "http.sent");
    assert.strictEqual(sent.length, 2);
    assert.deepInclude(sent[0], { path: "/api", holdsSecret: true });
    assert.notProperty(sent[1], "holdsSecret");
    assert.notInclude(JSON.stringify(sent), secret);
  });

  it("is as far away as its climate has it", () => {
    const far = exchange(place(1, { distance: "far" })).seen.afterMillis;
    assert.isTrue(far >= 160 && far <= 800, `${far}`);
    const near = exchange(place(1, { distance: "near" })).seen.afterMillis;
    assert.isTrue(near >= 2 && near <= 18, `${near}`);
  });

  it("draws for each machine by itself: what one sends changes nothing for another", () => {
    const alone = exchange(place(), undefined).seen.afterMillis;
    const at = place();
    exitIn([at.world, at.other], ask(at.network.client(at.other), at.world));
    assert.strictEqual(exchange(at).seen.afterMillis, alone);
  });
});
