import type { RequestListener } from "node:http";
import type Provider from "oidc-provider";
import { callApi } from "./_api.ts";
import { type Exchange, readText, sendJson, sendPage } from "./_exchange.ts";
import type { FaultPlan } from "./_fault_plan.ts";
import { dropResponse, type EarlyFault, misbehave, oauthErrorOf } from "./_fault_response.ts";
import { homePage } from "./_home_page.ts";
import { interact } from "./_interaction.ts";
import type { OpenRecord, RequestLog } from "./_request_log.ts";
import { isPage, pathOf, routes } from "./_route.ts";
import type { Settings } from "./_settings.ts";

export interface HandlerContext {
  readonly provider: Provider;
  readonly issuer: string;
  readonly settings: Settings;
  readonly faults: FaultPlan;
  readonly log: RequestLog;
  /** Told what no answer tells: a defect in this server. */
  readonly onDefect: (defect: unknown) => void;
}

/** Records each request, lets a fault strike it, and else hands it to who answers it. */
export function makeRequestHandler(context: HandlerContext): RequestListener {
  const authorize = context.provider.callback();

  return (request, response) => {
    const exchange = { request, response };
    const record = context.log.open(request);
    response.once("finish", () => {
      record.status = response.statusCode;
    });
    handle({ ...context, authorize }, exchange, record).catch((defect: unknown) => {
      context.onDefect(defect);
      request.socket.destroy();
    });
  };
}

interface RoutingContext extends HandlerContext {
  readonly authorize: RequestListener;
}

async function handle(
  context: RoutingContext,
  exchange: Exchange,
  record: OpenRecord,
): Promise<void> {
  const fault = context.faults.take(record.path);
  if (fault === undefined) {
    return await route(context, exchange);
  }
  record.fault = fault.kind;
  if (fault.kind === "drop-response") {
    dropResponse(exchange);
    return await route(context, exchange);
  }
  const form = new URLSearchParams(await readText(exchange));
  record.error = fault.kind === "oauth-error" ? oauthErrorOf(fault) : undefined;
  record.grantType = form.get("grant_type") ?? undefined;
  misbehave(fault as EarlyFault, exchange);
}

async function route(context: RoutingContext, exchange: Exchange): Promise<void> {
  const { issuer, settings } = context;
  const { request, response } = exchange;
  const path = pathOf(request.url);
  if (!settleHost(exchange, issuer)) {
    return;
  }
  if (path === "/") {
    return sendPage(exchange, homePage({ ...settings, issuer }));
  }
  if (path.startsWith("/api/")) {
    return await callApi({ ...context, user: settings.user }, exchange);
  }
  if (path.startsWith("/interaction/")) {
    return await interact({ ...context, user: settings.user }, exchange);
  }
  request.url = withoutAutoSubmit(request.url ?? "/");
  context.authorize(request, response);
}

/**
 * The library takes the server's name from the `Host` header, and this server has one name only. A
 * browser that came by another name of this machine is sent to it; a foreign name (DNS rebinding) is
 * refused.
 */
function settleHost(exchange: Exchange, issuer: string): boolean {
  const { request, response } = exchange;
  const { host, port } = new URL(issuer);
  if (request.headers.host === host) {
    return true;
  }
  const isOurs = [`localhost:${port}`, `[::1]:${port}`, `127.0.0.1:${port}`, undefined]
    .includes(request.headers.host?.toLowerCase());
  if (!isOurs) {
    const description = `This server answers as ${issuer} only`;
    sendJson(exchange, { error: "misdirected_request", error_description: description }, {
      status: 421,
    });
    return false;
  }
  if (request.method === "GET" && isPage(pathOf(request.url))) {
    response.writeHead(307, { location: `${issuer}${request.url ?? "/"}` }).end();
    return false;
  }
  request.headers.host = host;
  return true;
}

/**
 * The library answers `verification_uri_complete` with a form that a script submits. Under another name
 * the code only fills the form in, so that the page works without a script, and the user compares the
 * code first. RFC 8628 section 3.3.1.
 */
function withoutAutoSubmit(url: string): string {
  const { code_verification } = routes();
  return pathOf(url) === code_verification ? url.replace(/([?&])user_code=/, "$1code=") : url;
}
