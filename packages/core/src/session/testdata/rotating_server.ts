/** An authorization server in memory that rotates refresh tokens and notices when one comes twice. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import { HttpClientError, TransportError } from "effect/http/HttpClientError";
import type { HttpClientRequest } from "effect/http/HttpClientRequest";
import * as HttpClientResponse from "effect/http/HttpClientResponse";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import type { Client } from "../../protocol/client.ts";
import type { TokenSet } from "../../protocol/token_set.ts";

export const client: Client = {
  clientId: "app",
  authentication: { method: "none" },
  server: {
    issuer: "https://as.example.com",
    tokenEndpoint: "https://as.example.com/token",
    revocationEndpoint: "https://as.example.com/revoke",
  },
};

/** What happens to one token request instead of, or after, its being answered. */
export type Trouble =
  | { readonly type: "lostRequest" }
  | { readonly type: "lostAnswer" }
  | { readonly type: "refusedConnection" }
  | {
    readonly type: "answer";
    readonly status: number;
    readonly body: unknown;
    readonly headers?: Record<string, string>;
  };

export interface RotatingServerOptions {
  readonly expiresInSeconds?: number | undefined;
  readonly rotates?: boolean;
  /** A replaced refresh token may be used again for this long. */
  readonly graceMillis?: number;
  readonly latencyMillis?: number;
}

interface Issued {
  readonly family: number;
  replacedAt?: number;
}

/** One request as the server saw it. */
export interface Seen {
  readonly at: number;
  readonly path: string;
  readonly form: URLSearchParams;
}

export class RotatingServer {
  readonly seen: Array<Seen> = [];
  readonly troubles: Array<Trouble> = [];
  readonly revoked: Array<string> = [];
  /** Access tokens that introspection calls inactive. */
  readonly inactive = new Set<string>();
  options: RotatingServerOptions;
  readonly #refreshTokens = new Map<string, Issued>();
  readonly #revokedFamilies = new Set<number>();
  #issued = 0;
  #families = 0;

  constructor(options: RotatingServerOptions = {}) {
    this.options = options;
  }

  /** The tokens of a login. */
  signIn(nowMillis: number, scope: ReadonlyArray<string> = ["read", "write"]): TokenSet {
    this.#families += 1;
    const refreshToken = this.#newRefreshToken(this.#families);
    return {
      accessToken: Redacted.make(this.#newAccessToken()),
      tokenType: "Bearer",
      obtainedAtMillis: nowMillis,
      ...(this.options.expiresInSeconds === undefined
        ? {}
        : { expiresInSeconds: this.options.expiresInSeconds }),
      scope,
      refreshToken: Redacted.make(refreshToken),
    };
  }

  /** Ends all that was granted. */
  revokeAll(): void {
    for (let family = 1; family <= this.#families; family++) this.#revokedFamilies.add(family);
  }

  get tokenRequests(): ReadonlyArray<Seen> {
    return this.seen.filter(({ path }) => path === "/token");
  }

  get layer(): Layer.Layer<HttpClient.HttpClient> {
    return Layer.succeed(HttpClient.HttpClient, this.http);
  }

  readonly http: HttpClient.HttpClient = HttpClient.make((request, url) =>
    Effect.gen({ self: this }, function* () {
      const body = request.body._tag === "Uint8Array"
        ? new TextDecoder().decode(request.body.body)
        : "";
      const form = new URLSearchParams(body);
      this.seen.push({ at: yield* Clock.currentTimeMillis, path: url.pathname, form });
      if (this.options.latencyMillis !== undefined) yield* Effect.sleep(this.options.latencyMillis);
      if (url.pathname === "/introspect") {
        const isActive = !this.inactive.has(form.get("token") ?? "");
        const told = isActive ? { active: true, scope: "read" } : { active: false };
        return HttpClientResponse.fromWeb(request, Response.json(told));
      }
      if (url.pathname === "/revoke") {
        this.revoked.push(form.get("token") ?? "");
        return HttpClientResponse.fromWeb(request, new Response(null));
      }
      const trouble = this.troubles.shift();
      if (trouble !== undefined && trouble.type !== "lostAnswer") {
        return yield* troubled(request, trouble);
      }
      const answer = this.#grant(form, yield* Clock.currentTimeMillis);
      if (trouble !== undefined) return yield* troubled(request, { type: "lostRequest" });
      const status = "error" in answer ? 400 : 200;
      return HttpClientResponse.fromWeb(request, Response.json(answer, { status }));
    })
  );

  #grant(form: URLSearchParams, now: number): Record<string, unknown> {
    const { expiresInSeconds } = this.options;
    const scope = form.get("scope");
    const tokens = {
      access_token: this.#newAccessToken(),
      token_type: "Bearer",
      ...(expiresInSeconds === undefined ? {} : { expires_in: expiresInSeconds }),
      ...(scope === null ? {} : { scope }),
    };
    return form.get("grant_type") === "refresh_token"
      ? this.#renew(form.get("refresh_token") ?? "", tokens, now)
      : tokens;
  }

  #renew(
    sent: string,
    tokens: Record<string, unknown>,
    now: number,
  ): Record<string, unknown> {
    const issued = this.#refreshTokens.get(sent);
    if (issued === undefined || this.#revokedFamilies.has(issued.family)) {
      return { error: "invalid_grant", error_description: "grant request is invalid" };
    }
    const { rotates = true, graceMillis = 0 } = this.options;
    if (issued.replacedAt !== undefined && now - issued.replacedAt >= graceMillis) {
      this.#revokedFamilies.add(issued.family);
      return { error: "invalid_grant", error_description: "refresh token was used before" };
    }
    if (!rotates) return tokens;
    issued.replacedAt ??= now;
    return { ...tokens, refresh_token: this.#newRefreshToken(issued.family) };
  }

  #newAccessToken(): string {
    return `planted-access-token-${++this.#issued}`;
  }

  #newRefreshToken(family: number): string {
    const token = `planted-refresh-token-${++this.#issued}`;
    this.#refreshTokens.set(token, { family });
    return token;
  }
}

/** What comes instead of an answer. */
function troubled(
  request: HttpClientRequest,
  trouble: Exclude<Trouble, { readonly type: "lostAnswer" }>,
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError> {
  const broken = (description: string, cause?: unknown) =>
    new HttpClientError({ reason: new TransportError({ request, description, cause }) });
  switch (trouble.type) {
    case "lostRequest":
      return Effect.fail(broken("reset by peer"));
    case "refusedConnection":
      return Effect.fail(
        broken("refused", Object.assign(new Error("refused"), { code: "ECONNREFUSED" })),
      );
    case "answer": {
      const { status, headers = {}, body } = trouble;
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const response = new Response(text, { status, headers });
      return Effect.succeed(HttpClientResponse.fromWeb(request, response));
    }
  }
}
