/** A client in a test that talks to a simulated server, request by request, at times that it is told. */
import { initial } from "../authorization_server.ts";
import type { ServerFact } from "../server_fact.ts";
import type { RegisteredClient, ServerOptions } from "../server_options.ts";
import { make, type SimulatedServer } from "../simulated_server.ts";

export const clients: ReadonlyArray<RegisteredClient> = [
  {
    clientId: "app",
    redirectUris: ["http://127.0.0.1/callback", "https://app.example.com/back?a=1"],
  },
  { clientId: "cron", clientSecret: "s3cr3t&:+" },
  { clientId: "other", redirectUris: ["http://127.0.0.1/callback"] },
];

/** Of RFC 7636 appendix B. */
export const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
export const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

export type Form = Readonly<Record<string, string>>;

/** A JSON answer, whatever its members are. */
export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** What a request carries. */
export interface Carried {
  readonly headers?: Form;
  readonly body?: string;
}

export class Conversation {
  readonly server: SimulatedServer;
  /** By the clock of the server. */
  now = 0;

  constructor(options: ServerOptions = {}) {
    this.server = make({ clients, ...options });
  }

  get facts(): ReadonlyArray<ServerFact> {
    return this.server.facts;
  }

  /** The facts of one type. */
  only<T extends ServerFact["type"]>(type: T): ReadonlyArray<Extract<ServerFact, { type: T }>> {
    return this.facts.filter((fact): fact is Extract<ServerFact, { type: T }> =>
      fact.type === type
    );
  }

  ask(method: string, path: string, { body = "", headers = {} }: Carried = {}): Told {
    const { issuer } = initial().settings;
    const answer = this.server.handle({ method, url: issuer + path, headers, body }, this.now);
    return { ...answer, body: answer.body === "" ? undefined : JSON.parse(answer.body) };
  }

  /** As the public client `app`, unless the form says otherwise. */
  post(path: string, form: Form, headers: Form = {}): Told {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const sent = "authorization" in headers ? form : { client_id: "app", ...form };
    return this.ask("POST", path, {
      headers: { ...type, ...headers },
      body: new URLSearchParams(sent).toString(),
    });
  }

  token(form: Form, headers: Form = {}): Told {
    return this.post("/token", form, headers);
  }

  refresh(refreshToken: string, form: Form = {}): Told {
    return this.token({ grant_type: "refresh_token", refresh_token: refreshToken, ...form });
  }

  api(accessToken: string, path = "/api"): Told {
    return this.ask("GET", path, { headers: { authorization: `Bearer ${accessToken}` } });
  }

  authorize(query: Form = {}, person = "approve"): Told {
    const asked = {
      client_id: "app",
      redirect_uri: "http://127.0.0.1/callback",
      response_type: "code",
      scope: "read write",
      state: "s1",
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...query,
    };
    return this.ask("GET", `/authorize?${new URLSearchParams(asked)}`, {
      headers: { "x-person": person },
    });
  }

  /** A code that was sent back. */
  code(query: Form = {}): string {
    return backOf(this.authorize(query)).get("code") ?? "";
  }

  redeem(code: string, form: Form = {}): Told {
    return this.token({
      grant_type: "authorization_code",
      code,
      redirect_uri: "http://127.0.0.1/callback",
      code_verifier: verifier,
      ...form,
    });
  }

  /** The tokens of a login. */
  signIn(query: Form = {}): { readonly access_token: string; readonly refresh_token: string } {
    return this.redeem(this.code(query)).body;
  }
}

/** The parameters that the person's browser is sent back with. */
export function backOf({ headers }: Told): URLSearchParams {
  return new URL(headers["location"] ?? "").searchParams;
}
