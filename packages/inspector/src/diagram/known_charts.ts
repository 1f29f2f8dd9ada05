/**
 * The charts of `@bellhop/core`, by their names.
 *
 * ```ts
 * import { findChart } from "@bellhop/inspector/diagram/known_charts";
 * import { strictEqual } from "node:assert/strict";
 *
 * strictEqual(findChart("device-authorization")?.chart.id, "deviceAuthorization");
 * strictEqual(findChart("deviceAuthorization")?.name, "device_authorization");
 * strictEqual(findChart("something else"), undefined);
 * ```
 *
 * @module
 */
import { authorizationCode } from "@bellhop/core/chart/authorization_code";
import { clientCredentials } from "@bellhop/core/chart/client_credentials";
import { deviceAuthorization } from "@bellhop/core/chart/device_authorization";
import { jwtBearer } from "@bellhop/core/chart/jwt_bearer";
import { refreshToken } from "@bellhop/core/chart/refresh_token";
import { session } from "@bellhop/core/chart/session";
import { tokenExchange } from "@bellhop/core/chart/token_exchange";
import type { AnyStateMachine } from "xstate";
import type { ChartGraph } from "./chart_graph.ts";
import { graphOf } from "./graph_of.ts";

/** A chart of `@bellhop/core`. */
export interface KnownChart {
  /** Its name, such as `device_authorization`. */
  readonly name: string;
  /** What it is called in a sentence. */
  readonly title: string;
  /** The machine. */
  readonly chart: AnyStateMachine;
  /** The same as a graph. */
  readonly graph: ChartGraph;
}

/** All of them: first those with a user, then those without, then what keeps tokens alive. */
export const knownCharts: ReadonlyArray<KnownChart> = [
  known("device_authorization", "Device authorization grant", deviceAuthorization),
  known("authorization_code", "Authorization code grant", authorizationCode),
  known("client_credentials", "Client credentials grant", clientCredentials),
  known("refresh_token", "Refresh token grant", refreshToken),
  known("token_exchange", "Token exchange", tokenExchange),
  known("jwt_bearer", "JWT bearer grant", jwtBearer),
  known("session", "Session", session),
];

/** Finds one by its name or the machine's id, in snake_case, kebab-case or camelCase. */
export function findChart(name: string): KnownChart | undefined {
  const snake = snakeCase(name);
  return knownCharts.find((known) => known.name === snake);
}

function known(name: string, title: string, chart: AnyStateMachine): KnownChart {
  return { name, title, chart, graph: graphOf(chart) };
}

function snakeCase(name: string): string {
  return name.replaceAll(
    /[A-Z]/g,
    (letter, at: number) => at === 0 ? letter.toLowerCase() : `_${letter.toLowerCase()}`,
  ).replaceAll("-", "_");
}
