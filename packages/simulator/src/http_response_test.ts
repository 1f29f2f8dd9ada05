import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Option, Stream } from "effect";
import { HttpClientError, HttpClientRequest } from "effect/http";
import { TestClock } from "effect/testing";
import { fromStream, fromText } from "./http_response.ts";

const request = HttpClientRequest.get("https://as.example.com/a", {
  urlParams: { b: "c" },
  hash: "d",
});
const head = {
  status: 200,
  headers: { "Content-Type": "text/plain", "set-cookie": "k=v; Path=/" },
};
const text = (body: string) => fromText(request, { ...head, body });

describe("fromText()", () => {
  it("has all that a response has", () => {
    const response = text("");
    assert.strictEqual(response.status, 200);
    assert.strictEqual(response.headers["content-type"], "text/plain");
    assert.strictEqual(response.url, "https://as.example.com/a?b=c");
    assert.strictEqual(response.request, request);
    assert.isTrue(Option.isNone(response.remoteAddress));
    assert.deepStrictEqual(Object.keys(response.cookies.cookies), ["k"]);
    assert.deepInclude(response.toJSON(), { _id: "HttpClientResponse", status: 200 });
    assert.strictEqual(response.pipe(({ status }) => status), 200);
  });

  it.effect("gives its body in every form, as often as it is asked", () =>
    Effect.gen(function* () {
      const response = text(`{"é":1}`);
      assert.strictEqual(yield* response.text, yield* response.text);
      assert.deepStrictEqual(yield* response.json, { é: 1 });
      assert.strictEqual((yield* response.arrayBuffer).byteLength, 8);
      assert.strictEqual(yield* Stream.mkString(Stream.decodeText(response.stream)), `{"é":1}`);
      const params = yield* text("a=1&b=%26").urlParamsBody;
      assert.deepStrictEqual([...params], [["a", "1"], ["b", "&"]]);
      assert.isNull(yield* text("").json);
    }));

  it.effect("fails in its own words for what it cannot give", () =>
    Effect.gen(function* () {
      const response = text("<html>");
      const errors = [
        yield* Effect.flip(response.json),
        yield* Effect.flip(response.formData),
        yield* Effect.flip(response.upgrade),
      ];
      assert.deepStrictEqual(errors.map(({ reason }) => [reason._tag, reason.cause]), [
        ["DecodeError", undefined],
        ["DecodeError", undefined],
        ["StatusCodeError", undefined],
      ]);
    }));
});

describe("fromStream()", () => {
  it.effect("comes as its stream comes", () =>
    Effect.gen(function* () {
      const slow = Stream.fromIterable(["sl", "ow"]).pipe(
        Stream.tap(() => Effect.sleep(1_000)),
        Stream.encodeText,
      );
      const fiber = yield* Effect.forkChild(fromStream(request, head, slow).text);
      yield* TestClock.adjust(1_999);
      assert.isUndefined(fiber.pollUnsafe());
      yield* TestClock.adjust(1);
      assert.strictEqual(yield* Fiber.join(fiber), "slow");
    }));

  it.effect("fails as its stream fails, in every form", () =>
    Effect.gen(function* () {
      const broken = new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request, description: "reset by peer" }),
      });
      const body = Stream.concat(Stream.make(new Uint8Array([104, 105])), Stream.fail(broken));
      const response = fromStream(request, head, body);
      const errors = [
        yield* Effect.flip(response.text),
        yield* Effect.flip(response.json),
        yield* Effect.flip(response.arrayBuffer),
        yield* Effect.flip(Stream.runDrain(response.stream)),
      ];
      for (const error of errors) assert.strictEqual(error, broken);
    }));
});
