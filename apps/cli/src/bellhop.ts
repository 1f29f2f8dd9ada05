/**
 * The command line: its root, and the tree of its commands.
 *
 * @module
 */
import * as Command from "effect/cli/Command";
import * as Call from "./command/call.ts";
import * as Diagram from "./command/diagram.ts";
import * as Discover from "./command/discover.ts";
import * as Inspect from "./command/inspect.ts";
import * as Login from "./command/login.ts";
import * as Logout from "./command/logout.ts";
import * as Serve from "./command/serve.ts";
import * as Simulate from "./command/simulate.ts";
import * as Status from "./command/status.ts";
import * as Token from "./command/token.ts";
import * as Whoami from "./command/whoami.ts";
import * as Observed from "./observed.ts";
import { resolve, Settings, settingsFlags } from "./settings.ts";

/** What to do where there is nothing that `--inspect` could show. */
const noInspect = {
  inspect: "Leave it out: this command is the inspector",
  diagram: "Leave it out: a chart by itself does nothing",
  serve: "Inspect the command that talks to the server instead",
  status: "Leave it out: status only reads. A session is shown by: bellhop token --inspect",
};

/** `bellhop`, with all its commands. */
export const bellhop = Command.make("bellhop").pipe(
  Command.withSharedFlags(settingsFlags),
  Command.withDescription("OAuth from the command line: sign in, keep the session, call APIs"),
  Command.withSubcommands([
    Login.command.pipe(Command.provide(Observed.layer("login"))),
    Token.command.pipe(Command.provide(Observed.layerWithLine("token"))),
    Call.command.pipe(Command.provide(Observed.layerWithLine("call"))),
    Status.command.pipe(Command.provide(Observed.layerRefusing("status", noInspect.status))),
    Whoami.command.pipe(Command.provide(Observed.layer("whoami"))),
    Logout.command.pipe(Command.provide(Observed.layer("logout"))),
    Discover.command.pipe(Command.provide(Observed.layer("discover"))),
    Serve.command.pipe(Command.provide(Observed.layerRefusing("serve", noInspect.serve))),
    Inspect.command.pipe(Command.provide(Observed.layerRefusing("inspect", noInspect.inspect))),
    Diagram.command.pipe(Command.provide(Observed.layerRefusing("diagram", noInspect.diagram))),
    Simulate.command,
  ]),
  Command.provideEffect(Settings, resolve),
);
