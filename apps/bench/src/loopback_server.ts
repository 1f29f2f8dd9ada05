/**
 * The server of the benchmarks, a process of its own: constant answers, so that the client's own cost
 * shows, and refresh tokens that rotate, where the second use of one revokes its family.
 *
 * - `GET /resource` wants a bearer token and gives a constant.
 * - `POST /token` answers `client_credentials` with a constant and `refresh_token` with the next
 *   generation: a refresh token is its family's name, a dot and its generation, from 0.
 * - `POST /device_authorization` begins a device login, which stays pending at `POST /token`.
 * - `GET /families/<name>` gives what was asked with the family's refresh tokens.
 *
 * Sends its origin to the process that forked it, and ends with it.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { DEVICE_INTERVAL_SECONDS, LIFETIME_SECONDS } from "./loopback.ts";

interface Family {
  generation: number;
  isRevoked: boolean;
  requests: number;
  refused: number;
}

const families = new Map<string, Family>();

const resource = JSON.stringify({ sub: "bench", items: [1, 2, 3] });
const granted = JSON.stringify({
  access_token: "bench-access-token",
  token_type: "Bearer",
  expires_in: 3600,
});
const device = JSON.stringify({
  device_code: "bench-device-code",
  user_code: "WDJB-MJHT",
  verification_uri: "https://as.example.com/device",
  expires_in: 1800,
  interval: DEVICE_INTERVAL_SECONDS,
});
const pending = JSON.stringify({ error: "authorization_pending" });
const invalidClient = JSON.stringify({ error: "invalid_client" });
const invalidGrant = JSON.stringify({ error: "invalid_grant" });

/** Ends a response with JSON. */
function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  });
  response.end(body);
}

function familyOf(name: string): Family {
  const family = families.get(name) ??
    { generation: 0, isRevoked: false, requests: 0, refused: 0 };
  families.set(name, family);
  return family;
}

function rotate(response: ServerResponse, refreshToken: string): void {
  const [name = "", generation] = refreshToken.split(".");
  const family = familyOf(name);
  family.requests++;
  if (Number(generation) !== family.generation) family.isRevoked = true;
  if (family.isRevoked) {
    family.refused++;
    return answer(response, 400, invalidGrant);
  }
  family.generation++;
  answer(
    response,
    200,
    JSON.stringify({
      access_token: `${name}-access-${family.generation}`,
      token_type: "Bearer",
      expires_in: LIFETIME_SECONDS,
      refresh_token: `${name}.${family.generation}`,
    }),
  );
}

function grant(request: IncomingMessage, response: ServerResponse): void {
  let body = "";
  request.setEncoding("latin1");
  request.on("data", (chunk: string) => (body += chunk));
  request.on("end", () => {
    const isBasic = request.headers.authorization?.startsWith("Basic ") ?? false;
    if (!isBasic && !body.includes("client_id=")) return answer(response, 401, invalidClient);
    if (body.includes("grant_type=client_credentials")) return answer(response, 200, granted);
    if (body.includes("device_code=")) return answer(response, 400, pending);
    rotate(response, new URLSearchParams(body).get("refresh_token") ?? "");
  });
}

const server = createServer((request, response) => {
  const { method, url = "" } = request;
  if (url === "/device_authorization") return answer(response, 200, device);
  if (url === "/token" && method === "POST") return grant(request, response);
  if (url.startsWith("/families/")) {
    const { requests, refused } = familyOf(url.slice("/families/".length));
    return answer(response, 200, JSON.stringify({ requests, refused }));
  }
  const isAuthorised = request.headers.authorization?.startsWith("Bearer ") ?? false;
  if (url === "/resource" && isAuthorised) return answer(response, 200, resource);
  answer(response, isAuthorised ? 404 : 401, "{}");
});
server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const address = server.address();
  process.send?.(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
});
process.on("disconnect", () => process.exit());
