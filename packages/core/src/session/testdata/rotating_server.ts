/** An authorization server in memory that rotates refresh tokens and notices when one comes twice. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import { HttpClientError, TransportError } from "effect/http/HttpClientError";
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
      if (url.pathname === "/revoke") {
        this.revoked.push(form.get("token") ?? "");
        return HttpClientResponse.fromWeb(request, new Response(null));
      }
      const trouble = this.troubles.shift();
      const broken = (description: string, cause?: unknown) =>
        new HttpClientError({ reason: new TransportError({ request, description, cause }) });
      if (trouble?.type === "lostRequest") return yield* broken("reset by peer");
      if (trouble?.type === "refusedConnection") {
        return yield* broken("refused", Object.assign(new Error(), { code: "ECONNREFUSED" }));
      }
      if (trouble?.type === "answer") {
        const { status, headers = {} } = trouble;
        const text = typeof trouble.body === "string" ? trouble.body : JSON.stringify(trouble.body);
        return HttpClientResponse.fromWeb(request, new Response(text, { status, headers }));
      }
      const answer = this.#grant(form, yield* Clock.currentTimeMillis);
      if (trouble?.type === "lostAnswer") return yield* broken("reset by peer");
      const status = "error" in answer ? 400 : 200;
      return HttpClientResponse.fromWeb(request, Response.json(answer, { status }));
    })
  );

  #grant(form: URLSearchParams, now: number): Record<string, unknown> {
    const tokens = {
      access_token: this.#newAccessToken(),
      token_type: "Bearer",
      ...(this.options.expiresInSeconds === undefined
        ? {}
        : { expires_in: this.options.expiresInSeconds }),
      ...(form.get("scope") === null ? {} : { scope: form.get("scope") }),
    };
    if (form.get("grant_type") !== "refresh_token") return tokens;
    const issued = this.#refreshTokens.get(form.get("refresh_token") ?? "");
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
