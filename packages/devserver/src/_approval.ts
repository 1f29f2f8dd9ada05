import * as Effect from "effect/Effect";
import type Provider from "oidc-provider";
import { grantAll } from "./_grant.ts";
import {
  DevServerError,
  type DevServerErrorReason,
  UnknownUserCode,
  UserCodeExpired,
  UserCodeUsed,
} from "./dev_server_error.ts";
import type { DevUser } from "./dev_user.ts";

type DeviceCode = InstanceType<Provider["DeviceCode"]>;

export interface Authority {
  readonly provider: Provider;
  readonly user: DevUser;
}

/** Answers for the user: yes. Leaves the device code as the verification pages do. */
export const approve: (
  authority: Authority,
  userCode: string,
) => Effect.Effect<void, DevServerError> = Effect.fn("DevServer.approve")(
  function* ({ provider, user }: Authority, userCode: string) {
    const code = yield* waitingCode(provider, userCode);
    yield* Effect.promise(async () => {
      const { grantId, scope, resources } = await grantAll({
        provider,
        accountId: user.sub,
        clientId: code.clientId ?? "",
        params: code.params ?? {},
      });
      const [resource, ...more] = resources;
      Object.assign(code, {
        accountId: user.sub,
        authTime: Math.floor(Date.now() / 1000),
        grantId,
        scope,
        resource: more.length === 0 ? resource : resources,
      });
      await code.save();
    });
  },
);

/** Answers for the user: no. */
export const deny: (
  authority: Authority,
  userCode: string,
) => Effect.Effect<void, DevServerError> = Effect.fn("DevServer.deny")(
  function* ({ provider }: Authority, userCode: string) {
    const code = yield* waitingCode(provider, userCode);
    code.error = "access_denied";
    code.errorDescription = "End-User aborted interaction";
    yield* Effect.promise(() => code.save());
  },
);

const waitingCode = Effect.fnUntraced(function* (provider: Provider, userCode: string) {
  const code = yield* Effect.promise(() =>
    provider.DeviceCode.findByUserCode(normalized(userCode), { ignoreExpiration: true })
  );
  if (code === undefined) {
    return yield* failure(new UnknownUserCode({ userCode }));
  }
  if (code.isExpired) {
    return yield* failure(new UserCodeExpired({ userCode }));
  }
  return isAnswered(code) ? yield* failure(new UserCodeUsed({ userCode })) : code;
});

function isAnswered(code: DeviceCode): boolean {
  return code.error !== undefined || code.accountId !== undefined;
}

function failure(reason: DevServerErrorReason): DevServerError {
  return new DevServerError({ reason });
}

/** As the verification page reads what a person types. */
function normalized(userCode: string): string {
  return userCode.toUpperCase().replaceAll(/\W/g, "");
}
