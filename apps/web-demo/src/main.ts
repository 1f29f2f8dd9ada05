/**
 * `pnpm web-demo`: an authorization server and a small application that logs its users in there.
 *
 * @module
 */
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as DevServer from "@bellhop/devserver/dev_server";
import * as WebDemo from "./web_demo.ts";

const flags = {
  port: Flag.Int("port").pipe(
    Flag.withDescription("Port on localhost; 0 takes a free one"),
    Flag.withDefault(3000),
  ),
  tokenSeconds: Flag.Int("token-seconds").pipe(
    Flag.withDescription("How long an access token lives"),
    Flag.withDefault(8),
  ),
};

const demo = Command.make(
  "web-demo",
  flags,
  ({ port, tokenSeconds }) =>
    Effect.scoped(Effect.gen(function* () {
      const { issuer } = yield* DevServer.make({ accessTokenSeconds: tokenSeconds });
      return yield* Layer.launch(WebDemo.layer({
        issuer,
        port,
        onListening: (origin) =>
          Console.log(`Open ${origin} in a browser. Users sign in at ${issuer}. Ctrl-C ends it.`),
      }));
    })),
).pipe(
  Command.withDescription("Shows a server application: sign in, call an API, sign out"),
);

NodeRuntime.runMain(
  Command.run(demo, { version: "0.0.0" }).pipe(Effect.provide(NodeServices.layer)),
);
