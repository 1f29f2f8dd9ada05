import { assert, describe, it } from "@effect/vitest";
import { Deferred, Effect, Exit, Fiber, Stream } from "effect";
import { HttpBody, HttpClient, HttpClientRequest } from "effect/http";
import { answer, type Behaviour, scripted } from "../endpoint/testdata/scripted_client.ts";
import * as SessionClient from "./session_client.ts";
import { ended, type Script, scriptedSession, tokenSet } from "./testdata/scripted_session.ts";

const url = "https://api.example.com/me";
const origins = ["https://api.example.com"];
const challenge =
  `Basic realm="a, b", bearer realm=x, error="insufficient_scope", scope="read  write"`;
const denied = answer(403, "no", { "www-authenticate": challenge });

/** A client that carries a scripted session, over a scripted client. */
const carrying = Effect.fnUntraced(function* (
  behaviours: ReadonlyArray<Behaviour>,
  script: Script = {},
) {
  const server = scripted(...behaviours);
  const session = scriptedSession(script);
  const client = yield* SessionClient.make(server.client, session.session, { origins });
  return { client, server, ...session };
});

/** A 401 with a body that never ends, until it is let go. */
function endless(released: Deferred.Deferred<void>): Behaviour {
  const stream = Stream.forever(Stream.make(new Uint8Array(1_000))).pipe(
    Stream.ensuring(Deferred.succeed(released, undefined)),
  );
  return (request) =>
    Effect.map(answer(401)(request), (response) =>
      Object.create(response, {
        request: { value: request },
        status: { value: 401 },
        stream: { value: stream },
      }) as typeof response);
}

/** What the server saw in `Authorization`. */
function seenBy({ sent }: ReturnType<typeof scripted>): ReadonlyArray<string | undefined> {
  return sent.map(({ headers }) => headers["authorization"]);
}

describe("make()", () => {
  it.effect("refuses an origin that is not secure", () =>
    Effect.gen(function* () {
      const { client } = scripted(answer(200));
      const { session } = scriptedSession();
      const made = SessionClient.make(client, session, { origins: ["http://api.example.com"] });
      const error = yield* Effect.flip(made);
      assert.strictEqual(error._tag, "OriginError");
      assert.strictEqual(error.problem, "notSecure");
    }));

  it.effect("attaches the token to a request to a listed origin", () =>
    Effect.gen(function* () {
      const { client, server } = yield* carrying([answer(200, "yes")]);
      const response = yield* client.post(url, { headers: { "x-own": "1" } });
      assert.strictEqual(yield* response.text, "yes");
      assert.deepStrictEqual(seenBy(server), ["Bearer first"]);
      assert.strictEqual(server.sent[0]?.headers["x-own"], "1");
    }));

  it.effect("writes Bearer however the server wrote the type", () =>
    Effect.gen(function* () {
      const script = { token: Exit.succeed(tokenSet("first", "bEARER")) };
      const { client, server } = yield* carrying([answer(200)], script);
      yield* client.get(url);
      assert.deepStrictEqual(seenBy(server), ["Bearer first"]);
    }));

  it.effect("waits for a token that is not in hand", () =>
    Effect.gen(function* () {
      const token = yield* Deferred.make<ReturnType<typeof tokenSet>>();
      const { client, server } = yield* carrying([answer(200)], { token: Deferred.await(token) });
      const fiber = yield* Effect.forkChild(client.get(url), { startImmediately: true });
      assert.lengthOf(server.sent, 0);
      yield* Deferred.succeed(token, tokenSet("late"));
      yield* Fiber.join(fiber);
      assert.deepStrictEqual(seenBy(server), ["Bearer late"]);
    }));

  it.effect("asks for the token anew each time the effect runs", () =>
    Effect.gen(function* () {
      const server = scripted(answer(200));
      const names = ["one", "two"];
      const { session } = scriptedSession();
      const client = yield* SessionClient.make(server.client, {
        ...session,
        token: () => Exit.succeed(tokenSet(names.shift() ?? "none")),
      }, { origins });
      const ask = client.get(url);
      yield* ask;
      yield* ask;
      assert.deepStrictEqual(seenBy(server), ["Bearer one", "Bearer two"]);
    }));

  it.effect("passes scope, resource and time to live to the session, and nothing where there is none", () =>
    Effect.gen(function* () {
      const { session, asked, replaced } = scriptedSession();
      const { client } = scripted(answer(401));
      const wanted = { scope: ["a"], resource: ["https://api.example.com/"], minTtlMillis: 5 };
      const narrow = yield* SessionClient.make(client, session, { origins, ...wanted });
      yield* narrow.get(url);
      const wide = yield* SessionClient.make(client, session, { origins });
      yield* wide.get(url);
      assert.deepStrictEqual(asked, [wanted, undefined]);
      assert.deepStrictEqual(replaced.map(([, options]) => options), [wanted, undefined]);
    }));

  it.effect("leaves a request to another origin alone, its 401 and 403 too", () =>
    Effect.gen(function* () {
      const { client, server, asked, replaced } = yield* carrying([answer(401), denied]);
      const elsewhere = "https://api.example.com@evil.example/";
      assert.strictEqual((yield* client.get(elsewhere)).status, 401);
      assert.strictEqual((yield* client.get("https://evil.example/")).status, 403);
      assert.deepStrictEqual(seenBy(server), [undefined, undefined]);
      assert.lengthOf([...asked, ...replaced], 0);
    }));

  it.effect("leaves a request with an Authorization of its own alone, its 401 too", () =>
    Effect.gen(function* () {
      const { client, server, asked, replaced } = yield* carrying([answer(401)]);
      const response = yield* client.get(url, { headers: { Authorization: "Basic own" } });
      assert.strictEqual(response.status, 401);
      assert.deepStrictEqual(seenBy(server), ["Basic own"]);
      assert.lengthOf([...asked, ...replaced], 0);
    }));

  it.effect("judges the URL that is sent, wherever it was put together", () =>
    Effect.gen(function* () {
      const server = scripted(answer(200));
      const { session } = scriptedSession();
      const at = (base: string) => HttpClient.mapRequest(HttpClientRequest.prependUrl(base));
      const inside = yield* SessionClient.make(
        server.client.pipe(at("https://api.example.com")),
        session,
        { origins },
      );
      yield* inside.get("/me");
      const plain = yield* SessionClient.make(server.client, session, { origins });
      yield* plain.pipe(at("https://api.example.com")).get("/me");
      yield* plain.pipe(at("https://evil.example")).get("/https://api.example.com");
      assert.deepStrictEqual(seenBy(server), ["Bearer first", "Bearer first", undefined]);
    }));

  for (
    const [problem, tokens] of [
      ["type", tokenSet("planted", "DPoP")],
      ["type", tokenSet("planted", "")],
      ["characters", tokenSet("planted\r\nx: y")],
      ["characters", tokenSet("planted token")],
      ["characters", tokenSet("plantéd")],
    ] as const
  ) {
    it.effect(`sends nothing where the token is unusable: ${problem}`, () =>
      Effect.gen(function* () {
        const { client, server } = yield* carrying([answer(200)], { token: Exit.succeed(tokens) });
        const error = yield* Effect.flip(client.get(url));
        assert.isTrue(error._tag === "UnusableToken" && error.problem === problem);
        assert.notInclude(error.message, "plant");
        assert.lengthOf(server.sent, 0);
      }));
  }

  it.effect("fails with the session's error, and sends nothing", () =>
    Effect.gen(function* () {
      const { client, server } = yield* carrying([answer(200)], { token: Exit.fail(ended) });
      assert.strictEqual(yield* Effect.flip(client.get(url)), ended);
      assert.lengthOf(server.sent, 0);
    }));

  it.effect("gives a redirect back, and lets followRedirects around it look at each hop", () =>
    Effect.gen(function* () {
      const behaviours = [
        answer(307, "", { location: "https://api.example.com/moved" }),
        answer(302, "", { location: "https://evil.example/" }),
        answer(401),
      ];
      const { client, server, replaced } = yield* carrying(behaviours);
      const response = yield* client.pipe(HttpClient.followRedirects()).get(url);
      assert.strictEqual(response.status, 401);
      assert.deepStrictEqual(seenBy(server), ["Bearer first", "Bearer first", undefined]);
      assert.lengthOf(replaced, 0);
    }));

  it.effect("takes a 401 from where followRedirects inside went for nobody's fault", () =>
    Effect.gen(function* () {
      const server = scripted(answer(302, "", { location: "https://evil.example/" }), answer(401));
      const { session, replaced } = scriptedSession();
      const inner = HttpClient.followRedirects(server.client);
      const client = yield* SessionClient.make(inner, session, { origins });
      assert.strictEqual((yield* client.get(url)).status, 401);
      assert.deepStrictEqual(seenBy(server), ["Bearer first", undefined]);
      assert.lengthOf(replaced, 0);
    }));
});

describe("a 401", () => {
  it.effect("is answered by one renewal and one more sending", () =>
    Effect.gen(function* () {
      const { client, server, replaced } = yield* carrying([
        answer(401, "old"),
        answer(200, "new"),
      ]);
      const response = yield* client.post(url, { body: HttpBody.text("a body") });
      assert.strictEqual(yield* response.text, "new");
      assert.deepStrictEqual(seenBy(server), ["Bearer first", "Bearer second"]);
      assert.deepStrictEqual(server.sent.map(({ body }) => body), ["a body", "a body"]);
      assert.deepStrictEqual(replaced, [["first", undefined]]);
    }));

  it.effect("is known where the transport gives back the very request that it was given", () =>
    Effect.gen(function* () {
      const { client, server, replaced } = yield* carrying([answer(401), answer(200)]);
      const response = yield* client.get(url);
      assert.strictEqual(response.status, 200);
      assert.lengthOf(replaced, 1);
      assert.deepStrictEqual(seenBy(server), ["Bearer first", "Bearer second"]);
      assert.isUndefined(response.request.headers["authorization"]);
    }).pipe(Effect.provideService(HttpClient.TracerPropagationEnabled, false)));

  it.effect("is given back the second time, and not renewed again", () =>
    Effect.gen(function* () {
      const { client, server, replaced } = yield* carrying([answer(401, "a"), answer(401, "b")]);
      const response = yield* client.get(url);
      assert.strictEqual(yield* response.text, "b");
      assert.lengthOf(server.sent, 2);
      assert.lengthOf(replaced, 1);
    }));

  it.effect("is given back with its body where the session has no other token", () =>
    Effect.gen(function* () {
      const script = { replace: Effect.succeed(tokenSet("first")) };
      const { client, server } = yield* carrying([answer(401, "why")], script);
      const response = yield* client.get(url);
      assert.strictEqual(response.status, 401);
      assert.strictEqual(yield* response.text, "why");
      assert.lengthOf(server.sent, 1);
    }));

  it.effect("becomes the session's error where the renewal fails", () =>
    Effect.gen(function* () {
      const script = { replace: Effect.fail(ended) };
      const { client, server } = yield* carrying([answer(401)], script);
      assert.strictEqual(yield* Effect.flip(client.get(url)), ended);
      assert.lengthOf(server.sent, 1);
    }));

  const renewals = { succeeds: Effect.succeed(tokenSet("second")), fails: Effect.fail(ended) };
  for (const [name, replace] of Object.entries(renewals)) {
    it.effect(`releases its body where the renewal ${name}`, () =>
      Effect.gen(function* () {
        const released = yield* Deferred.make<void>();
        const { client } = yield* carrying([endless(released), answer(200)], { replace });
        yield* Effect.exit(client.get(url));
        yield* Deferred.await(released);
      }));
  }

  const replayable: Record<string, HttpBody.HttpBody> = {
    "text": HttpBody.text("a"),
    "a form": HttpBody.formData(new FormData()),
    "a raw string": HttpBody.raw("a"),
    "raw bytes": HttpBody.raw(new Uint8Array(1)),
    "a raw blob": HttpBody.raw(new Blob(["a"])),
  };
  for (const [name, body] of Object.entries(replayable)) {
    it.effect(`sends ${name} again`, () =>
      Effect.gen(function* () {
        const { client, server } = yield* carrying([answer(401), answer(200)]);
        assert.strictEqual((yield* client.post(url, { body })).status, 200);
        assert.lengthOf(server.sent, 2);
      }));
  }

  const spent: Record<string, HttpBody.HttpBody> = {
    "a stream": HttpBody.stream(Stream.make(new Uint8Array(1))),
    "a raw ReadableStream": HttpBody.raw(new ReadableStream()),
    "a raw async iterable": HttpBody.raw((async function* () {})()),
    "a raw object that nobody knows": HttpBody.raw({}),
  };
  for (const [name, body] of Object.entries(spent)) {
    it.effect(`does not send ${name} again, and renews behind it`, () =>
      Effect.gen(function* () {
        const renewed = yield* Deferred.make<void>();
        const go = yield* Deferred.make<void>();
        const replace = Deferred.await(go).pipe(
          Effect.andThen(Deferred.succeed(renewed, undefined)),
          Effect.as(tokenSet("second")),
        );
        const { client, server, replaced } = yield* carrying([answer(401, "why")], { replace });
        const response = yield* client.post(url, { body });
        assert.strictEqual(yield* response.text, "why");
        assert.lengthOf(server.sent, 1);
        assert.lengthOf(replaced, 1);
        yield* Deferred.succeed(go, undefined);
        yield* Deferred.await(renewed);
      }));
  }
});

describe("a 403", () => {
  it.effect("with insufficient_scope is an error that names the scopes", () =>
    Effect.gen(function* () {
      const { client, replaced } = yield* carrying([denied]);
      const error = yield* Effect.flip(client.get(`${url}?q=1`));
      assert.isTrue(error._tag === "InsufficientScope");
      if (error._tag !== "InsufficientScope") return;
      assert.deepStrictEqual(error.scope, ["read", "write"]);
      assert.strictEqual(error.url, url);
      assert.include(error.hint, "read write");
      assert.lengthOf(replaced, 0);
    }));

  it.effect("with insufficient_scope after a renewal is one as well", () =>
    Effect.gen(function* () {
      const { client } = yield* carrying([answer(401), denied]);
      assert.strictEqual((yield* Effect.flip(client.get(url)))._tag, "InsufficientScope");
    }));

  for (
    const [name, header] of [
      ["no challenge", undefined],
      ["another error", `Bearer error="invalid_token"`],
      ["another scheme", `Basic error="insufficient_scope"`],
      ["only a value that reads like one", `Bearer realm="Bearer error=insufficient_scope"`],
    ] as const
  ) {
    it.effect(`with ${name} is given back`, () =>
      Effect.gen(function* () {
        const headers: Record<string, string> = header ? { "www-authenticate": header } : {};
        const { client } = yield* carrying([answer(403, "no", headers)]);
        const response = yield* client.get(url);
        assert.strictEqual(response.status, 403);
        assert.strictEqual(yield* response.text, "no");
      }));
  }
});
