import * as Result from "effect/Result";
import * as SecureUrl from "@bellhop/core/protocol/secure_url";
import {
  InvalidRedirectUri,
  LoopbackListenerError,
  type RedirectUriProblem,
} from "./loopback_listener_error.ts";

/** What a listener is made for, once its redirect URI and its port have been read. */
export interface Target {
  /** The hosts that the redirect URI may name, the first of them that this machine has. */
  readonly hosts: ReadonlyArray<LoopbackHost>;
  /** 0 for any free one. */
  readonly port: number;
  /** As a browser requests it. */
  readonly path: string;
  /** The redirect URI, character for character as it is sent to the server. */
  readonly uriOf: (host: LoopbackHost, port: number) => string;
}

/** What RFC 8252 section 7.3 has, and the name that some servers register instead. */
export type LoopbackHost = "127.0.0.1" | "[::1]" | "localhost";

const DEFAULT_PATH = "/callback";

/** Reads a redirect URI and a port. A redirect URI without a port leaves it open. */
export function targetOf(
  { redirectUri, port }: {
    readonly redirectUri?: string | undefined;
    readonly port?: number | undefined;
  },
): Result.Result<Target, LoopbackListenerError> {
  if (port !== undefined && !isPort(port)) return refuse("port");
  if (redirectUri === undefined) {
    return Result.succeed({
      hosts: ["127.0.0.1", "[::1]"],
      port: port ?? 0,
      path: DEFAULT_PATH,
      uriOf: (host, bound) => `http://${host}:${bound}${DEFAULT_PATH}`,
    });
  }
  const parts = partsOf(redirectUri);
  if (typeof parts === "string") return refuse(parts);
  const { head, tail, path, host } = parts;
  if (parts.port === undefined) {
    const uriOf = (_: LoopbackHost, bound: number) => `${head}:${bound}${tail}`;
    return Result.succeed({ hosts: [host], port: port ?? 0, path, uriOf });
  }
  if (parts.port === 0 || (port !== undefined && port !== 0 && port !== parts.port)) {
    return refuse("port");
  }
  return Result.succeed({ hosts: [host], port: parts.port, path, uriOf: () => redirectUri });
}

interface Parts {
  /** Up to and with the host. */
  readonly head: string;
  readonly tail: string;
  readonly host: LoopbackHost;
  readonly port: number | undefined;
  readonly path: string;
}

const problems: Record<SecureUrl.SecureUrlProblem, RedirectUriProblem> = {
  notAUrl: "notHttp",
  notSecure: "notLoopback",
  userinfo: "userinfo",
  fragment: "fragment",
};

function partsOf(redirectUri: string): Parts | RedirectUriProblem {
  const parsed = SecureUrl.parse(redirectUri);
  if (Result.isFailure(parsed)) return problems[parsed.failure.problem];
  const { protocol, hostname, pathname } = parsed.success;
  if (protocol !== "http:") return "notHttp";
  if (!isHost(hostname)) return "notLoopback";
  const written = /^(http:\/\/(?:\[[^\]]*\]|[^/?:]*))(?::(\d*))?(.*)$/i.exec(redirectUri);
  const [, head = "", port = "", tail = ""] = written ?? [];
  return {
    head,
    tail,
    host: hostname,
    port: port === "" ? undefined : Number(port),
    path: pathname,
  };
}

function isHost(hostname: string): hostname is LoopbackHost {
  return hostname === "127.0.0.1" || hostname === "[::1]" || hostname === "localhost";
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535;
}

function refuse(problem: RedirectUriProblem): Result.Result<never, LoopbackListenerError> {
  return Result.fail(new LoopbackListenerError({ reason: new InvalidRedirectUri({ problem }) }));
}
