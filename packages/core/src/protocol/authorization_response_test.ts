import { assert, describe, it } from "@effect/vitest";
import { Redacted, Result } from "effect";
import {
  type AskedFor,
  fromForm,
  fromUrl,
  isAnswerTo,
  read,
  stateOf,
} from "./authorization_response.ts";
import { authorizationVectorsOf } from "./testdata/authorization_vectors.ts";
import { textIn, vectorsOf } from "./testdata/vectors.ts";

const issuer = "https://as.example.com";
const asked: AskedFor = { issuer, state: Redacted.make("planted-state") };

/** A callback that has nothing wrong with it, but for what differs; an absent value leaves out. */
function callback(differing: Readonly<Record<string, string | undefined>> = {}): string {
  const parameters = { code: "planted-code", state: "planted-state", iss: issuer, ...differing };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.append(name, value);
  }
  return `https://client.example.com/cb?${query}`;
}

function outcomeOf(url: string, expected: AskedFor = asked): string {
  return Result.match(read(fromUrl(url), expected), {
    onSuccess: (code) => `code ${Redacted.value(code)}`,
    onFailure: ({ reason }) =>
      "problem" in reason ? `${reason._tag} ${reason.problem}` : reason._tag,
  });
}

describe("read()", () => {
  for (const { id, input, expected } of authorizationVectorsOf("authorization-response")) {
    it(id, () => {
      const parameters = fromUrl(textIn(input, "callback"));
      const state = stateOf(parameters) ?? assert.fail("no state");
      if ("state" in expected) assert.strictEqual(Redacted.value(state), expected["state"]);
      const found = read(parameters, {
        issuer: "iss" in expected ? textIn(expected, "iss") : issuer,
        state,
        isIssuerPromised: "iss" in expected,
      });
      if (Result.isSuccess(found)) {
        return assert.strictEqual(Redacted.value(found.success), expected["code"]);
      }
      const { reason } = found.failure;
      assert.strictEqual(reason._tag === "Rejected" && reason.code, expected["error"]);
    });
  }

  for (const { id, input, expected } of vectorsOf("issuer-compare")) {
    it(`${id}, in answers and in errors alike`, () => {
      const recorded = { ...asked, issuer: textIn(input, "recorded") };
      const iss = textIn(input, "received");
      const [taken, rejected] = expected["equal"] === true
        ? ["code planted-code", "Rejected"]
        : ["OtherIssuer different", "OtherIssuer different"];
      assert.strictEqual(outcomeOf(callback({ iss }), recorded), taken);
      assert.strictEqual(
        outcomeOf(callback({ iss, code: undefined, error: "access_denied" }), recorded),
        rejected,
      );
    });
  }

  it.each<[boolean | undefined, string | undefined, string]>([
    [true, issuer, "code planted-code"],
    [true, "https://evil.example.com", "OtherIssuer different"],
    [true, undefined, "OtherIssuer missing"],
    [true, "", "OtherIssuer missing"],
    [false, issuer, "code planted-code"],
    [false, "https://evil.example.com", "OtherIssuer different"],
    [false, undefined, "code planted-code"],
    [undefined, "https://evil.example.com", "OtherIssuer different"],
    [undefined, undefined, "code planted-code"],
  ])("with iss promised %s and %s received gives: %s", (isIssuerPromised, iss, outcome) => {
    assert.strictEqual(outcomeOf(callback({ iss }), { ...asked, isIssuerPromised }), outcome);
  });

  const twice = (name: string, value: string) => `${callback()}&${name}=${value}`;

  it.each<[string, string, string]>([
    ["nothing", callback(), "code planted-code"],
    ["an unknown parameter", `${callback()}&session_state=1&session_state=2`, "code planted-code"],
    ["no state", callback({ state: undefined }), "OtherState missing"],
    ["an empty state", callback({ state: "" }), "OtherState missing"],
    ["another state", callback({ state: "planted-statf" }), "OtherState different"],
    ["the start of the state", callback({ state: "planted" }), "OtherState different"],
    ["more than the state", callback({ state: "planted-state\0" }), "OtherState different"],
    ["the state in capitals", callback({ state: "PLANTED-STATE" }), "OtherState different"],
    ["the state twice", twice("state", "planted-state"), "OtherState repeated"],
    ["the issuer twice", twice("iss", encodeURIComponent(issuer)), "OtherIssuer repeated"],
    ["another issuer", callback({ iss: "https://evil.example.com" }), "OtherIssuer different"],
    ["the code twice", twice("code", "planted-code"), "Repeated"],
    ["an error twice", `${twice("error", "a")}&error=b`, "Repeated"],
    ["no code", callback({ code: undefined }), "NoCode missing"],
    ["an empty code", callback({ code: "" }), "NoCode missing"],
    ["an error beside the code", callback({ error: "access_denied" }), "NoCode beside an error"],
    ["an error", callback({ code: undefined, error: "server_error" }), "Rejected"],
    ["an empty error", callback({ error: "" }), "code planted-code"],
    ["everything in the fragment", callback().replace("?", "#"), "OtherState missing"],
    ["nothing at all", "https://client.example.com/cb", "OtherState missing"],
    ["no URL", "planted-code", "OtherState missing"],
  ])("of a callback with %s wrong", (_, url, outcome) => {
    assert.strictEqual(outcomeOf(url), outcome);
  });

  it("looks at the state before everything else", () => {
    const url = callback({ state: "other", iss: "https://evil.example.com", error: "x" });
    assert.strictEqual(outcomeOf(url), "OtherState different");
  });

  it("takes an empty state for nobody's", () => {
    const nobody = { ...asked, state: Redacted.make("") };
    assert.strictEqual(outcomeOf(callback({ state: "" }), nobody), "OtherState missing");
    assert.isFalse(isAnswerTo(fromUrl(callback()), nobody.state));
  });

  it("believes nothing that another server says, and repeats none of it", () => {
    const error = Result.getOrThrow(Result.flip(read(
      fromUrl(callback({
        iss: "https://evil.example.com/planted-phish",
        code: undefined,
        error: "planted-phish",
        error_description: "planted-phish: call this number",
      })),
      asked,
    )));
    assert.notInclude(JSON.stringify(error) + error.message + error.hint, "phish");
  });

  it("shows the server's words bounded, on one line, and without secrets", () => {
    const error_description = `No\u001b[31m\n planted-code planted-state planted-nonce ${
      "x".repeat(9_000)
    }`;
    const error = Result.getOrThrow(Result.flip(read(
      fromUrl(callback({ code: undefined, error: "invalid_scope", error_description })),
      { ...asked, secrets: [Redacted.make("planted-nonce")] },
    )));
    assert.isBelow(error.message.length, 700);
    assert.notMatch(error.message, /\p{Cc}|planted-state|planted-nonce/u);
    assert.include(error.message, "invalid_scope");
  });

  it("takes posted forms as it takes queries", () => {
    const body = new URL(callback({ code: "a b+c" })).search.slice(1);
    const code = Result.getOrThrow(read(fromForm(body), asked));
    assert.strictEqual(Redacted.value(code), "a b+c");
    const smuggled = Result.getOrThrow(Result.flip(read(fromForm(`?${body}`), asked)));
    assert.strictEqual(smuggled.reason._tag, "NoCode");
  });

  it("takes URLs as they are pasted", () => {
    assert.strictEqual(outcomeOf(`  ${callback()}\n`), "code planted-code");
    assert.strictEqual(
      outcomeOf(callback().slice("https://client.example.com".length)),
      "code planted-code",
    );
    assert.strictEqual(outcomeOf(`${callback()}#_=_`), "code planted-code");
  });

  it("holds parameters that show themselves to nobody by accident", () => {
    const parameters = fromUrl(callback());
    assert.notInclude(String(parameters) + JSON.stringify(parameters), "planted");
  });
});

describe("isAnswerTo()", () => {
  it("tells what answers a request by its state alone", () => {
    assert.isTrue(isAnswerTo(fromUrl("/cb?state=planted-state&error=x"), asked.state));
    assert.isFalse(isAnswerTo(fromUrl("/cb?state=other"), asked.state));
    assert.isFalse(isAnswerTo(fromUrl("/favicon.ico"), asked.state));
  });
});
