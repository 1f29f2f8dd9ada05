/** A way to an authorization server that remembers every secret that goes through it. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** One that listens. */
export interface WireTap {
  /** Stands in for the server's issuer in the URLs of endpoints. */
  readonly origin: string;
  /** Values of what a server or a client must not show, by their names on the wire. */
  readonly secrets: ReadonlyMap<string, ReadonlySet<string>>;
  /** Holds the answers to renewals back for so long, in milliseconds. */
  readonly delayRenewals: (millis: number) => void;
  readonly close: () => void;
}

const secretNames = [
  "access_token",
  "refresh_token",
  "id_token",
  "device_code",
  "client_secret",
];

/** Listens on loopback, and passes everything on. */
export async function tap(issuer: string): Promise<WireTap> {
  const secrets = new Map(secretNames.map((name) => [name, new Set<string>()] as const));
  const take = (name: string, value: unknown) => {
    if (typeof value === "string" && value !== "") secrets.get(name)?.add(value);
  };
  let delayMillis = 0;
  const pass = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const form = await textOf(asked);
    for (const [name, value] of new URLSearchParams(form)) take(name, value);
    const credentials = /^Basic (.+)$/.exec(asked.headers.authorization ?? "")?.[1] ?? "";
    take("client_secret", Buffer.from(credentials, "base64").toString().split(":")[1]);
    const { method, url = "/" } = asked;
    const headers = { ...asked.headers, host: new URL(issuer).host };
    const passed = request(new URL(url, issuer), { method, headers, agent: false }).end(form);
    const [response] = await once(passed, "response") as [IncomingMessage];
    const body = await textOf(response);
    for (const [name, value] of membersOf(body)) take(name, value);
    if (form.includes("grant_type=refresh_token")) await setTimeout(delayMillis);
    answer.writeHead(response.statusCode ?? 500, response.headers).end(body);
  };
  const server = createServer((asked, answer) => {
    pass(asked, answer).catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    delayRenewals: (millis) => {
      delayMillis = millis;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks = await message.toArray();
  return Buffer.concat(chunks).toString();
}

function membersOf(body: string): ReadonlyArray<readonly [string, unknown]> {
  try {
    return Object.entries(JSON.parse(body) as Record<string, unknown>);
  } catch {
    return [];
  }
}
