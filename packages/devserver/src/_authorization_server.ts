import type { EventEmitter } from "node:events";
import type { AdapterPayload, JWK, KoaContextWithOIDC } from "oidc-provider";
import type Provider from "oidc-provider";
import { configurationOf } from "./_configuration.ts";
import type { loadLibrary } from "./_library.ts";
import { makeMemoryAdapter } from "./_memory_adapter.ts";
import type { PollMeter } from "./_poll_meter.ts";
import type { RequestLog } from "./_request_log.ts";
import type { Settings } from "./_settings.ts";

export interface AuthorizationServerContext {
  readonly library: Awaited<ReturnType<typeof loadLibrary>>;
  readonly keys: ReadonlyArray<JWK>;
  readonly settings: Settings;
  readonly issuer: string;
  readonly meter: PollMeter;
  readonly log: RequestLog;
  readonly onDefect: (defect: unknown) => void;
}

/** The library's provider, with what it lacks: `interval`, `slow_down`, and a grace for rotated tokens. */
export function makeAuthorizationServer(context: AuthorizationServerContext): Provider {
  const { library: { Provider, errors }, settings, meter, issuer } = context;
  const adapter = makeMemoryAdapter({
    rotationGraceMillis: settings.rotationGraceMillis,
    onDeviceCodeIssued: meter.begin,
    onDeviceCodeGone: meter.forget,
    onDeviceCodeFound: (id, payload) => {
      if (isPoll(Provider.ctx, payload) && meter.poll(id) === "tooEarly") {
        throw new errors.SlowDown();
      }
    },
    usedTwice: () => new errors.InvalidGrant("already used"),
  });
  const provider = new Provider(
    issuer,
    configurationOf({
      ...context,
      adapter,
      invalidTarget: () => new errors.InvalidTarget("resource indicator is unknown to this server"),
    }),
  );
  (provider as EventEmitter).on("error", context.onDefect);
  provider.on("server_error", (_ctx, defect) => context.onDefect(defect));
  provider.use(async (ctx, next) => {
    await next();
    complete(ctx as KoaContextWithOIDC, context);
  });
  return provider;
}

/** Whether the device code is looked for because its own client, authenticated, asks for tokens. */
function isPoll(ctx: KoaContextWithOIDC | undefined, payload: AdapterPayload): boolean {
  return ctx?.oidc.route === "token" && ctx.oidc.client?.clientId === payload.clientId;
}

/** Adds `interval` to the device answer (RFC 8628 section 3.2) and records what was asked. */
function complete(ctx: KoaContextWithOIDC, context: AuthorizationServerContext): void {
  const isDeviceAnswer = ctx.oidc?.route === "device_authorization" && ctx.status === 200;
  if (isDeviceAnswer) {
    ctx.body = { ...membersOf(ctx.body), interval: context.settings.intervalSeconds };
  }
  const record = context.log.of(ctx.req);
  if (record !== undefined) {
    const parameters = ctx.oidc?.params ?? ctx.oidc?.body;
    record.grantType = textOf(membersOf(parameters)["grant_type"]);
    record.error = ctx.status < 400 ? undefined : textOf(membersOf(ctx.body)["error"]);
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
