/** A proxy in front of a server on this machine, which holds answers back. */
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

/** One that runs. */
export interface SlowProxy {
  readonly origin: string;
  /** For how long answers are held back from now on. */
  holdMillis: number;
  /** Waits for an answer that is held back: the server has acted on the request by then. */
  readonly held: Promise<void>;
}

/** Runs one as long as `use` takes. */
export async function withSlowProxy<A>(
  port: number,
  use: (proxy: SlowProxy) => Promise<A>,
): Promise<A> {
  let tell: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = createServer((near, answer) => {
    const { method, url: path } = near;
    const headers = { ...near.headers, host: `127.0.0.1:${port}` };
    const pass = async (far: IncomingMessage) => {
      if (proxy.holdMillis > 0) {
        tell();
        await new Promise((resolve) => setTimeout(resolve, proxy.holdMillis));
      }
      answer.writeHead(far.statusCode ?? 500, far.headers);
      far.pipe(answer);
    };
    near.pipe(request({ host: "127.0.0.1", port, method, path, headers }, (far) => void pass(far)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy: SlowProxy = { origin, holdMillis: 0, held };
  try {
    return await use(proxy);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
