import { assert, describe, it } from "@effect/vitest";
import {
  isSameIssuer,
  issuerOfWellKnown,
  type WellKnownForm,
  wellKnownUrl,
  wellKnownUrls,
} from "./issuer.ts";
import { textIn, vectorsOf } from "./testdata/vectors.ts";

const forms: Record<string, WellKnownForm> = {
  "oauth-authorization-server": "oauthInserted",
  "openid-configuration (inserted)": "openidInserted",
  "openid-configuration (appended)": "openidAppended",
};

describe("issuer", () => {
  for (const { id, input, expected } of vectorsOf("well-known-url")) {
    it(`wellKnownUrl() ${id}`, () => {
      const form = forms[textIn(input, "suffix")];
      if (form === undefined) throw new Error("Unknown suffix");
      assert.strictEqual(wellKnownUrl(textIn(input, "identifier"), form), expected["url"]);
    });
  }

  for (const { id, input, expected } of vectorsOf("issuer-compare")) {
    it(`isSameIssuer() ${id}`, () => {
      const isSame = isSameIssuer(textIn(input, "recorded"), textIn(input, "received"));
      assert.strictEqual(isSame, expected["equal"]);
    });
  }

  for (const { id, input, expected } of vectorsOf("discovery-order")) {
    it(`wellKnownUrls() ${id}, in the order of MCP`, () => {
      const order = ["oauthInserted", "openidInserted", "openidAppended"] as const;
      assert.deepStrictEqual(wellKnownUrls(textIn(input, "issuer"), order), expected["urls"]);
    });
  }

  it("wellKnownUrls() tries the more common form of OpenID Connect first", () => {
    assert.deepStrictEqual(wellKnownUrls("https://as.example.com/t/"), [
      "https://as.example.com/.well-known/oauth-authorization-server/t",
      "https://as.example.com/t/.well-known/openid-configuration",
      "https://as.example.com/.well-known/openid-configuration/t",
    ]);
  });

  it("wellKnownUrls() gives two where there is no path", () => {
    assert.lengthOf(wellKnownUrls("https://as.example.com/"), 2);
  });

  for (const issuer of ["https://as.example.com", "https://as.example.com:8443/a/b"]) {
    for (const form of Object.values(forms)) {
      it(`issuerOfWellKnown() undoes wellKnownUrl() ${form} of ${issuer}`, () => {
        assert.strictEqual(issuerOfWellKnown(wellKnownUrl(issuer, form)), issuer);
      });
    }
  }

  it("issuerOfWellKnown() leaves issuers alone", () => {
    assert.isUndefined(issuerOfWellKnown("https://as.example.com/.well-known"));
    assert.isUndefined(issuerOfWellKnown("https://as.example.com/openid-configuration"));
  });
});
