/** RFC 7523 section 2.2: what stands in the form and in the assertion. */
export const clientAssertionVector = {
  id: "rfc7523-client-assertion-params",
  rfc: "RFC 7523 2.2",
  expected: {
    form_contains: {
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    },
    form_absent: ["client_secret"],
    assertion_claims: {
      iss: "= client_id",
      sub: "= client_id",
      aud: "token endpoint URL or issuer; FAPI 2.0 and the MCP suite want the issuer string alone",
      exp: "required, short",
      jti: "unique per request",
    },
  },
} as const;
