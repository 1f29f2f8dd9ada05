import { assert, describe, it } from "@effect/vitest";
import { Result } from "effect";
import { parse, type RedirectUriKind, type RedirectUriProblem } from "./redirect_uri.ts";
import { authorizationVectorsOf } from "./testdata/authorization_vectors.ts";
import { textIn } from "./testdata/vectors.ts";

const taken: ReadonlyArray<readonly [string, RedirectUriKind]> = [
  ["https://client.example.com/cb", "https"],
  ["https://client.example.com/cb?tenant=a%20b", "https"],
  ["https://localhost/cb", "https"],
  ["HTTPS://Client.Example.com", "https"],
  ["http://127.0.0.1/cb", "loopback"],
  ["http://127.0.0.53:8080/cb", "loopback"],
  ["http://[::1]:61023/", "loopback"],
  ["com.example.app:/callback", "privateUse"],
  ["com.example.app://callback", "privateUse"],
  ["com.googleusercontent.apps.1234-abc:/oauth2redirect", "privateUse"],
];

const refused: ReadonlyArray<readonly [string, RedirectUriProblem]> = [
  ["", "notAbsolute"],
  ["/cb", "notAbsolute"],
  ["//client.example.com/cb", "notAbsolute"],
  ["client.example.com/cb", "notAbsolute"],
  ["https://", "notAbsolute"],
  ["https:client.example.com/cb", "notAbsolute"],
  ["https://client.example.com/c b", "notAbsolute"],
  ["https://client.example.com\\@evil.example/cb", "notAbsolute"],
  [" https://client.example.com/cb", "notAbsolute"],
  ["http://client.example.com/cb", "insecure"],
  ["http://0.0.0.0:8000/cb", "insecure"],
  ["http://127.0.0.1.evil.example/cb", "insecure"],
  ["http://app.localhost/cb", "insecure"],
  ["https://me:pw@client.example.com/cb", "userinfo"],
  ["https://client.example.com/cb#", "fragment"],
  ["https://client.example.com/cb#top", "fragment"],
  ["com.example.app:/cb#top", "fragment"],
  ["myapp:/callback", "schemeWithoutDot"],
  ["javascript:alert(1)", "schemeWithoutDot"],
  ["data:text/html,x", "schemeWithoutDot"],
  ["file:///etc/passwd", "schemeWithoutDot"],
  ["urn:ietf:wg:oauth:2.0:oob", "schemeWithoutDot"],
  ["com.:/callback", "schemeWithoutDot"],
  ["https://client.example.com/cb?code=1", "reservedParameter"],
  ["https://client.example.com/cb?a=1&state=x", "reservedParameter"],
  ["http://127.0.0.1/cb?iss", "reservedParameter"],
];

describe("parse()", () => {
  for (const { id, input, expected } of authorizationVectorsOf("native-redirect-uri")) {
    it(id, () => {
      const parsed = parse(textIn(input, "redirect_uri"));
      const found = Result.match(parsed, {
        onFailure: () => false,
        onSuccess: ({ isRecommended }) => isRecommended || "not recommended",
      });
      assert.strictEqual(found, expected["acceptable"]);
    });
  }

  for (const [text, kind] of taken) {
    it(`takes ${text} as it is`, () => {
      const uri = Result.getOrThrow(parse(text));
      assert.strictEqual(uri.kind, kind);
      assert.strictEqual(uri.text, text);
    });
  }

  for (const [text, problem] of refused) {
    it(`refuses ${JSON.stringify(text)}: ${problem}`, () => {
      const error = Result.getOrThrow(Result.flip(parse(text)));
      assert.strictEqual(error.problem, problem);
      assert.isAbove(error.hint.length, 10);
      assert.notInclude(error.message, "pw");
    });
  }
});
