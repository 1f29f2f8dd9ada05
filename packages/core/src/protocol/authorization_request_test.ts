import { assert, describe, it } from "@effect/vitest";
import { Formatter, Redacted, Result } from "effect";
import {
  type AttemptParameters,
  type AuthorizationRequestOptions,
  prepare,
  urlOf,
} from "./authorization_request.ts";
import type { AuthorizationRequestProblem } from "./authorization_request_error.ts";
import type { ServerMetadata } from "./server_metadata.ts";
import { authorizationVectorsOf } from "./testdata/authorization_vectors.ts";
import { membersIn, textIn } from "./testdata/vectors.ts";

const redirectUri = "https://client.example.com/cb";

function optionsAt(server: Partial<ServerMetadata> = {}): AuthorizationRequestOptions {
  return {
    client: {
      clientId: "s6BhdRkqt3",
      authentication: { method: "none" },
      server: {
        issuer: "https://as.example.com",
        authorizationEndpoint: "https://as.example.com/authorize",
        ...server,
      },
    },
    redirectUri,
  };
}

const attempt: AttemptParameters = {
  state: Redacted.make("planted-state"),
  nonce: Redacted.make("planted-nonce"),
  challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
};

function queryOf(
  options: AuthorizationRequestOptions,
  parameters: AttemptParameters = attempt,
): URL {
  return new URL(Redacted.value(urlOf(Result.getOrThrow(prepare(options)), parameters)));
}

function problemOf(options: AuthorizationRequestOptions): AuthorizationRequestProblem | undefined {
  const prepared = prepare(options);
  return Result.isFailure(prepared) ? prepared.failure.problem : undefined;
}

describe("urlOf()", () => {
  for (const { id, input, expected } of authorizationVectorsOf("authorization-request")) {
    it(id, () => {
      const options = optionsAt({ authorizationEndpoint: textIn(input, "endpoint") });
      const url = queryOf(
        {
          ...options,
          client: { ...options.client, clientId: textIn(input, "client_id") },
          redirectUri: "redirect_uri" in input ? textIn(input, "redirect_uri") : redirectUri,
        },
        { state: Redacted.make("state" in input ? textIn(input, "state") : "s") },
      );
      const query: Record<string, unknown> = Object.fromEntries(url.searchParams);
      if ("query" in expected) assert.deepStrictEqual(query, membersIn(expected, "query"));
      else assert.deepInclude(query, membersIn(expected, "must_keep"));
      assert.notInclude(url.href, "#");
      assert.isTrue(url.href.startsWith(textIn(input, "endpoint")));
    });
  }

  it("sends everything that can be asked for, each under its name", () => {
    const url = queryOf({
      ...optionsAt(),
      scope: ["openid", "read"],
      responseMode: "form_post",
      prompt: ["login", "consent"],
      loginHint: "ada+1@example.com",
      acrValues: ["gold", "silver"],
      maxAgeSeconds: 0,
      uiLocales: ["de-CH", "en"],
      audience: "https://api.example.com",
      parameters: { access_type: "offline" },
      resource: ["https://api.example.com/app/", "https://calendar.example.com/"],
    });
    assert.deepStrictEqual([...url.searchParams], [
      ["response_type", "code"],
      ["client_id", "s6BhdRkqt3"],
      ["redirect_uri", redirectUri],
      ["scope", "openid read"],
      ["response_mode", "form_post"],
      ["prompt", "login consent"],
      ["login_hint", "ada+1@example.com"],
      ["acr_values", "gold silver"],
      ["max_age", "0"],
      ["ui_locales", "de-CH en"],
      ["audience", "https://api.example.com"],
      ["access_type", "offline"],
      ["resource", "https://api.example.com/app/"],
      ["resource", "https://calendar.example.com/"],
      ["state", "planted-state"],
      ["nonce", "planted-nonce"],
      ["code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"],
      ["code_challenge_method", "S256"],
    ]);
  });

  it("sends nothing that was not asked for, and nothing empty", () => {
    const url = queryOf(
      { ...optionsAt(), scope: [], loginHint: "", resource: [] },
      { state: Redacted.make("s") },
    );
    assert.deepStrictEqual([...url.searchParams.keys()], [
      "response_type",
      "client_id",
      "redirect_uri",
      "state",
    ]);
  });

  for (const loginHint of ["a b+c", "&state=evil#x", "Zoë 日本語 🦊", "%20", "half \ud800"]) {
    it(`keeps ${JSON.stringify(loginHint)} in one parameter`, () => {
      const url = queryOf({ ...optionsAt(), loginHint });
      assert.strictEqual(url.searchParams.get("login_hint"), loginHint.toWellFormed());
      assert.deepStrictEqual(url.searchParams.getAll("state"), ["planted-state"]);
      assert.strictEqual(url.hash, "");
    });
  }

  for (const end of ["?", "?a=1&", "?a=1", "/?"]) {
    it(`joins to an endpoint that ends in ${end}`, () => {
      const authorizationEndpoint = `https://as.example.com/authorize${end}`;
      const url = queryOf(optionsAt({ authorizationEndpoint }));
      assert.strictEqual(url.searchParams.get("response_type"), "code");
      assert.strictEqual(url.searchParams.get("a"), end.includes("a") ? "1" : null);
    });
  }

  it("does not repeat what the endpoint's query has already", () => {
    const authorizationEndpoint = "https://as.example.com/authorize?response_type=code&scope=a";
    const url = queryOf({ ...optionsAt({ authorizationEndpoint }), scope: ["a"] });
    for (const name of ["response_type", "scope"]) {
      assert.lengthOf(url.searchParams.getAll(name), 1);
    }
  });

  it("gives a URL that shows itself to nobody by accident", () => {
    const prepared = Result.getOrThrow(prepare({ ...optionsAt(), loginHint: "planted-hint" }));
    const url = urlOf(prepared, attempt);
    for (
      const shown of [String(url), JSON.stringify([url, prepared]), Formatter.format(prepared)]
    ) {
      assert.notInclude(shown, "planted");
    }
  });
});

const badEndpoints: ReadonlyArray<readonly [string, AuthorizationRequestProblem]> = [
  ["http://as.example.com/authorize", "insecureEndpoint"],
  ["https://as.example.com/authorize#top", "insecureEndpoint"],
  ["https://as.example.com/authorize?scope=other", "repeatedParameter"],
  ["https://as.example.com/authorize?response_type=token", "repeatedParameter"],
  ["https://as.example.com/authorize?scope=a&scope=a", "repeatedParameter"],
  ["https://as.example.com/authorize?state=fixed", "repeatedParameter"],
  ["https://as.example.com/authorize?code_challenge_method=plain", "repeatedParameter"],
];

const badOptions: ReadonlyArray<
  readonly [Partial<AuthorizationRequestOptions>, AuthorizationRequestProblem]
> = [
  [{ redirectUri: "http://client.example.com/cb" }, "redirectUri"],
  [{ redirectUri: `${redirectUri}#top` }, "redirectUri"],
  [{ prompt: ["none", "login"] }, "prompt"],
  [{ maxAgeSeconds: -1 }, "maxAge"],
  [{ maxAgeSeconds: 1.5 }, "maxAge"],
  [{ maxAgeSeconds: Number.NaN }, "maxAge"],
  [{ parameters: { state: "fixed" } }, "reservedParameter"],
  [{ parameters: { client_secret: "no" } }, "reservedParameter"],
  [{ parameters: { code_challenge_method: "plain" } }, "reservedParameter"],
];

describe("prepare()", () => {
  it("refuses a server that names no endpoint", () => {
    const { client: { server: { issuer }, ...client }, ...options } = optionsAt();
    assert.strictEqual(
      problemOf({ ...options, client: { ...client, server: { issuer } } }),
      "missingEndpoint",
    );
  });

  for (const [authorizationEndpoint, problem] of badEndpoints) {
    it(`refuses the endpoint ${authorizationEndpoint}: ${problem}`, () => {
      assert.strictEqual(
        problemOf({ ...optionsAt({ authorizationEndpoint }), scope: ["a"] }),
        problem,
      );
    });
  }

  for (const [differing, problem] of badOptions) {
    it(`refuses ${JSON.stringify(differing)}: ${problem}`, () => {
      const error = Result.getOrThrow(Result.flip(prepare({ ...optionsAt(), ...differing })));
      assert.strictEqual(error.problem, problem);
      assert.isAbove(error.hint.length, 10);
    });
  }

  for (const { id, input, expected } of authorizationVectorsOf("resource-indicator")) {
    it(id, () => {
      const resource = input["resources"] as ReadonlyArray<string>;
      const problem = problemOf({ ...optionsAt(), resource });
      assert.strictEqual(problem === undefined, expected["valid"]);
      assert.isTrue(problem === undefined || problem === "resource");
    });
  }

  it("refuses a server whose metadata lists PKCE methods without S256, unless told by name", () => {
    for (const codeChallengeMethodsSupported of [[], ["plain"]]) {
      const options = optionsAt({ codeChallengeMethodsSupported });
      assert.strictEqual(problemOf(options), "pkceUnsupported");
      const off = { ...options, pkce: "off-because-the-server-refuses-it" } as const;
      assert.isUndefined(problemOf(off));
      assert.strictEqual(problemOf({ ...options, pkce: "s256" as never }), "pkceUnsupported");
    }
  });

  it("takes a server that says nothing of PKCE, or that lists S256", () => {
    assert.isUndefined(problemOf(optionsAt()));
    assert.isUndefined(problemOf(optionsAt({ codeChallengeMethodsSupported: ["plain", "S256"] })));
  });

  it("refuses a response mode that the server does not list, and no other", () => {
    const options = optionsAt({ responseModesSupported: ["query", "fragment"] });
    assert.strictEqual(problemOf({ ...options, responseMode: "form_post" }), "responseMode");
    assert.isUndefined(problemOf({ ...options, responseMode: "query" }));
    assert.isUndefined(problemOf({ ...optionsAt(), responseMode: "form_post" }));
  });

  it("refuses a server that takes pushed requests only", () => {
    assert.strictEqual(
      problemOf(optionsAt({ requirePushedAuthorizationRequests: true })),
      "pushedOnly",
    );
  });
});
