import { type Exchange, sendJson } from "./_exchange.ts";
import type { Fault } from "./fault.ts";

/** Faults that strike before the server acts. */
export type EarlyFault = Fault & { readonly kind: Exclude<Fault["kind"], "drop-response"> };

/** Answers, or does not answer, as the fault wants it. The request's body was read. */
export function misbehave(fault: EarlyFault, exchange: Exchange): void {
  behaviours()[fault.kind](exchange, fault);
}

type Behaviour = (exchange: Exchange, fault: EarlyFault) => void;

function behaviours(): { readonly [Kind in EarlyFault["kind"]]: Behaviour } {
  return {
    "500": sendStatus,
    "503": sendStatus,
    "429": sendStatus,
    html: sendBody("text/html", "<!DOCTYPE html><title>Proxy</title><h1>Sign in</h1>"),
    reset: ({ request }) => void request.socket.resetAndDestroy(),
    truncated: truncate,
    "truncated-json": sendBody("application/json", '{"issuer":"http://127.0.0.1'),
    hang: () => {},
    huge: (exchange, { bytes }) => sendHuge(exchange, bytes ?? 50_000_000),
    endless: sendEndless,
    deep: sendBody("application/json", "[".repeat(100_000) + "]".repeat(100_000)),
    redirect: ({ response }, { location = "/elsewhere" }) =>
      void response.writeHead(307, { location }).end(),
    "empty-json": (exchange) => sendJson(exchange, {}),
    "other-issuer": (exchange) => sendJson(exchange, foreignMetadata()),
    "oauth-error": sendOauthError,
  };
}

/** Code of an `oauth-error`. */
export function oauthErrorOf({ error }: Fault): string {
  return error ?? "temporarily_unavailable";
}

/** Lets the server act and loses what it answers. */
export function dropResponse({ request, response }: Exchange): void {
  const drop = () => {
    request.socket.destroy();
    return response;
  };
  response.write = () => true;
  response.end = drop as typeof response.end;
}

function sendStatus({ response }: Exchange, { kind, retryAfterSeconds }: EarlyFault): void {
  const trace = "Error: database is gone\n    at Pool.connect (/srv/app/pool.js:42:13)\n" +
    "    at async handle (/srv/app/token.js:7:20)\n";
  response.writeHead(Number(kind), {
    "content-type": "text/plain",
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  }).end(kind === "500" ? trace : "Try again later\n");
}

function sendBody(contentType: string, body: string): Behaviour {
  return ({ response }) => void response.writeHead(200, { "content-type": contentType }).end(body);
}

function sendOauthError(exchange: Exchange, fault: EarlyFault): void {
  const body = {
    error: oauthErrorOf(fault),
    error_description: "The development server was told to say so",
  };
  sendJson(exchange, body, { status: fault.status ?? 400 });
}

function truncate({ request, response }: Exchange): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": "512" });
  response.write('{"issuer":"http://127.0.0.1', () => request.socket.destroySoon());
}

/** A JSON string that goes on for `bytes` bytes, without a length told before. */
function sendHuge({ response }: Exchange, bytes: number): void {
  const padding = Buffer.alloc(65_536, "a");
  let left = bytes;
  const pump = () => {
    while (left > 0 && !response.destroyed) {
      const chunk = padding.subarray(0, left);
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once("drain", pump);
        return;
      }
    }
    response.end('"}');
  };
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"padding":"');
  pump();
}

function sendEndless({ response }: Exchange): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"padding":"');
  const timer = setInterval(() => response.write("a"), 50);
  response.once("close", () => clearInterval(timer));
}

function foreignMetadata(): unknown {
  const issuer = "https://attacker.example.com";
  return {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    device_authorization_endpoint: `${issuer}/device/auth`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ["code"],
  };
}
