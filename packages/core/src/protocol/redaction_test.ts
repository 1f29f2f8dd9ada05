import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import { isSecretName, make, redactMembers, visible } from "./redaction.ts";

const secret = `pl/an+ted:"s&cr<et é`;
const redact = make([Redacted.make(secret)]);
const none = make([]);

describe("redaction", () => {
  const echoes: Record<string, string> = {
    "as it is": secret,
    "in a URL": encodeURIComponent(secret),
    "in a URL, lower-case hex": encodeURIComponent(secret).replace(/%../g, (x) => x.toLowerCase()),
    "in a form": new URLSearchParams({ s: secret }).toString().slice(2),
    "in JSON": JSON.stringify(secret).slice(1, -1),
    "in PHP's JSON": JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/"),
    "in HTML": "pl/an+ted:&quot;s&amp;cr&lt;et é",
    "in Base64": btoa(String.fromCharCode(...new TextEncoder().encode(secret))),
    "with an escape in it": `${secret.slice(0, 5)}\u001b[1m${secret.slice(5)}`,
  };
  for (const [name, echo] of Object.entries(echoes)) {
    it(`make() finds a secret ${name}`, () => {
      assert.strictEqual(redact(`before ${echo} after`), "before <redacted> after");
    });
  }

  it("make() finds a secret that is cut off", () => {
    assert.strictEqual(redact(`sent ${secret.slice(0, 9)}`), "sent <redacted>");
    assert.strictEqual(
      redact(`${"x".repeat(65_530)}${secret}`, { limit: 70_000 }).slice(-12),
      "xx<redacted>",
    );
  });

  const named: ReadonlyArray<readonly [string, string]> = [
    [`{"access_token":"planted","x":1}`, `{"access_token":"<redacted>","x":1}`],
    [`{"refresh_token" : "plan\\"ted"}`, `{"refresh_token" : "<redacted>"}`],
    [`{"id_token":"planted`, `{"id_token":"<redacted>"`],
    [`{"device_code":"planted\\`, `{"device_code":"<redacted>"\\`],
    [`{"code":12345}`, `{"code":"<redacted>"}`],
    [`{"token":["planted","planted"]}`, `{"token":"<redacted>"}`],
    [`{"token":{"access_token":"planted"}}`, `{"token":{"access_token":"<redacted>"}}`],
    [`{"accessToken":"planted"}`, `{"accessToken":"<redacted>"}`],
    [`{'client_secret': 'planted'}`, `{'client_secret': "<redacted>"}`],
    [`["password" => "planted"]`, `["password" => "<redacted>"]`],
    [`"{\\"access_token\\":\\"planted\\"}"`, `"{\\"access_token\\":\\"<redacted>\\"}"`],
    [`&quot;assertion&quot;:&quot;planted&quot;`, `&quot;assertion&quot;:&quot;<redacted>&quot;`],
    [`<access_token>planted</access_token>`, `<access_token><redacted></access_token>`],
    [`access_token=planted&x=1`, `access_token=<redacted>&x=1`],
    [`at /cb?code=planted&state=1`, `at /cb?code=<redacted>&state=1`],
    [`client_secret=planted`, `client_secret=<redacted>`],
    [`refresh_token: planted123`, `refresh_token: <redacted>`],
    [`Authorization: Bearer planted123`, `Authorization: Bearer <redacted>`],
    [`eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.planted`, `<redacted>`],
  ];
  for (const [text, shown] of named) {
    it(`make() shows ${text} as ${shown}`, () => {
      assert.strictEqual(none(text), shown);
    });
  }

  const harmless = [
    `{"error":"invalid_token","token_type":"Bearer","token_endpoint":"https://as.example.com"}`,
    "Invalid token: expired",
    "Bearer authentication failed",
    "user_code=WDJB-MJHT",
  ];
  for (const text of harmless) {
    it(`make() leaves ${text}`, () => {
      assert.strictEqual(none(text), text);
    });
  }

  it("make() bounds a text without breaking a character", () => {
    assert.strictEqual(none("x".repeat(3_000)), `${"x".repeat(2_000)}…`);
    assert.strictEqual(none("ab😀", { limit: 3 }), "ab…");
  });

  it("make() is done in time with a megabyte of anything", () => {
    for (const unit of ["a", '"', "\\", '"token', "token=", "eyJ", "\u001b]", "&quot;"]) {
      assert.isAtMost(none(unit.repeat(1_000_000 / unit.length)).length, 2_001);
    }
  });

  it("make() puts a text on one line when told", () => {
    assert.strictEqual(none(" a\n\tb ", { isLine: true }), "a b");
  });

  it("visible() removes ANSI escapes, control and invisible characters", () => {
    const text = "a\u001b[1;31mb\u001b]8;;https://x\u0007c\u009b2Jd\u0000e\u202ef\u2028g\r\n\th";
    assert.strictEqual(visible(text), "abcdefg\n\th");
  });

  it("isSecretName() knows what the wire calls secrets", () => {
    const secrets =
      "access_token refresh_token id_token device_code client_secret code assertion client_assertion password token code_verifier subject_token"
        .split(" ");
    assert.deepStrictEqual(secrets.filter(isSecretName), secrets);
    const open = "token_type user_code grant_type scope error expires_in client_id token_type_hint";
    assert.deepStrictEqual(open.split(" ").filter(isSecretName), []);
  });

  it("redactMembers() goes into what is nested", () => {
    const members = {
      access_token: "planted",
      user_code: "WDJB-MJHT",
      expires_in: 60,
      nested: { refresh_token: "planted", list: [{ code: "planted" }, secret] },
    };
    assert.deepStrictEqual(redactMembers(members, redact), {
      access_token: "<redacted>",
      user_code: "WDJB-MJHT",
      expires_in: 60,
      nested: { refresh_token: "<redacted>", list: [{ code: "<redacted>" }, "<redacted>"] },
    });
  });
});
