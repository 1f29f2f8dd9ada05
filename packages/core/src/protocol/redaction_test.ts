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

  // None has a letter of the mark, in which a secret of one letter would be found again.
  const alphabets = ["mnop-_01", `m"\\/'&n`, "+/=%20 n", "mé😀", "m\u001b[1mn\u0007"];
  for (const alphabet of alphabets) {
    it(`make() finds secrets of every length out of ${JSON.stringify(alphabet)}`, () => {
      for (let length = 1; length <= 20; length++) {
        const sent = alphabet.repeat(length).slice(0, length).toWellFormed();
        const bytes = new TextEncoder().encode(sent);
        const base64 = btoa(String.fromCharCode(...bytes));
        const forms = [
          visible(sent),
          encodeURIComponent(sent),
          new URLSearchParams({ s: sent }).toString().slice(2),
          base64,
          base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
        ];
        for (const form of forms.filter((each) => each !== "")) {
          assert.strictEqual(make([Redacted.make(sent)])(`|${form}|`), "|<redacted>|");
        }
      }
    });
  }

  it("make() finds a secret that is cut off", () => {
    assert.strictEqual(redact(`sent ${secret.slice(0, 9)}`), "sent <redacted>");
    assert.strictEqual(
      redact(`${"x".repeat(8_186)}${secret}`, { limit: 70_000 }).slice(-12),
      "xx<redacted>",
    );
  });

  const named: ReadonlyArray<readonly [string, string]> = [
    [`{"access_token":"planted","x":1}`, `{"access_token":"<redacted>","x":1}`],
    [`{"refresh_token" : "plan\\"ted"}`, `{"refresh_token":"<redacted>"}`],
    [`{"refresh_token" : "plan\\"ted`, `{"refresh_token" : "<redacted>"`],
    [`{"id_token":"planted`, `{"id_token":"<redacted>"`],
    [`{"device_code":"planted\\`, `{"device_code":"<redacted>"\\`],
    [`{"code":12345}`, `{"code":"<redacted>"}`],
    [`{"token":["planted","planted"]}`, `{"token":"<redacted>"}`],
    [`{"token":{"value":"planted"}}`, `{"token":"<redacted>"}`],
    [`{"access_token":{"token":"planted","v":"planted"}}`, `{"access_token":"<redacted>"}`],
    [`{"\\u0061ccess_t\\u006fken":"planted"}`, `{"access_token":"<redacted>"}`],
    [`{"access_\u200btoken":"planted"}`, `{"access_token":"<redacted>"}`],
    [`[{"code":"planted"},1,null]`, `[{"code":"<redacted>"},1,null]`],
    [`{"x":"{\\"token\\":{\\"v\\":\\"planted\\"}}"}`, `{"x":"{\\"token\\":\\"<redacted>\\"}"}`],
    [`\\\\\\"token\\\\\\":\\\\\\"planted\\\\\\"`, `\\\\\\"token\\\\\\":\\\\\\"<redacted>\\\\\\"`],
    [`\\"token\\":\\"a${"\\".repeat(20)}planted\\"`, `\\"token\\":\\"<redacted>\\"`],
    [`{"accessToken":"planted"}`, `{"accessToken":"<redacted>"}`],
    [`{'client_secret': 'planted'}`, `{'client_secret': "<redacted>"}`],
    [`["password" => "planted"]`, `["password" => "<redacted>"]`],
    [`"{\\"access_token\\":\\"planted\\"}"`, `"{\\"access_token\\":\\"<redacted>\\"}"`],
    [`&quot;assertion&quot;:&quot;planted&quot;`, `&quot;assertion&quot;:&quot;<redacted>&quot;`],
    [`<access_token>planted</access_token>`, `<access_token><redacted></access_token>`],
    [`access_token=planted&x=1`, `access_token=<redacted>&x=1`],
    [`at /cb?code=planted&state=1`, `at /cb?code=<redacted>&state=1`],
    [`at /cb#access_token=planted&x=1`, `at /cb#access_token=<redacted>&x=1`],
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
    for (
      const unit of [
        "a",
        '"',
        "\\",
        '"token',
        "token=",
        "eyJ",
        "\u001b]",
        "&quot;",
        "token:,",
        "{",
        "[[",
      ]
    ) {
      assert.isAtMost(none(unit.repeat(1_000_000 / unit.length)).length, 2_001);
    }
  });

  it("make() looks at 8 KiB of a text and no more", () => {
    const shown = none("x".repeat(1_000_000), { limit: 1_000_000 });
    assert.strictEqual(shown.length, 8_192);
  });

  it("make() looks at 300 values of a JSON text and no more", () => {
    const shown = none(JSON.stringify(Array(100_000).fill(0)), { limit: 1_000_000 });
    assert.strictEqual(shown, JSON.stringify([...Array(300).fill(0), "99700 more"]));
  });

  it("make() looks for a digit in the first 200 characters of a value", () => {
    const near = `token: ${"x".repeat(199)}1`;
    const far = `token: ${"x".repeat(201)}1`;
    assert.strictEqual(none(near), "token: <redacted>");
    assert.strictEqual(none(far), far);
  });

  it("make() finds a secret that is JSON itself, in a number or behind an escape", () => {
    const json = make([Redacted.make(`{"planted":[1]}`), Redacted.make("123456")]);
    assert.strictEqual(json(`{"planted":[1]}`), "<redacted>");
    assert.strictEqual(json(`{"x":123456}`), `{"x":<redacted>}`);
    assert.strictEqual(json(`{"x":"\\u0031\\u0032\\u0033456"}`), `{"x":"<redacted>"}`);
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

  it("redactMembers() counts what is beyond 300 values", () => {
    const members = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`m${index}`, 1]),
    );
    const shown = redactMembers({ list: Array(298).fill(1), ...members }, none);
    assert.deepStrictEqual(shown, { list: Array(298).fill(1), m0: 1, "…": "999 more" });
  });

  it("redactMembers() finds a secret that came back as a number", () => {
    const numeric = make([Redacted.make("123456")]);
    assert.deepStrictEqual(redactMembers({ a: 123_456, b: 7 }, numeric), { a: "<redacted>", b: 7 });
  });
});
