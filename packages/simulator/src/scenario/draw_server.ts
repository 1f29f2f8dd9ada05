/**
 * Draws how the authorization server of a world behaves.
 *
 * @module
 */
import type { Draw } from "../seed.ts";
import type { RotationPolicy, ServerOptions } from "../server/server_options.ts";
import { registeredClients } from "./simulated_client.ts";

/** A server with the clients of `simulated_client.ts`, short lifetimes and any policy of rotation. */
export function drawServer(draw: Draw): ServerOptions {
  const rotation = draw.pick<RotationPolicy>([
    { type: "none" },
    { type: "rotate", graceMillis: 0, onReuse: "refuse" },
    { type: "rotate", graceMillis: 0, onReuse: "revokeFamily" },
    { type: "rotate", graceMillis: 0, onReuse: "revokeFamily" },
    { type: "rotate", graceMillis: 30_000, onReuse: "revokeFamily" },
  ]);
  const accessTokenSeconds = draw.pick([20, 60, 60, 120, 300, undefined]);
  return {
    clients: registeredClients,
    rotation,
    accessTokenSeconds,
    intervalSeconds: draw.pick([undefined, 2, 5, 10]),
    refreshTokenSeconds: draw.permille(100) ? 300 : undefined,
    slowDown: draw.permille(200) ? "never" : "measured",
  };
}
