/** Logins that answer by the name of their handler, for the examples' tests. */
import { Effect, Layer, ManagedRuntime, Option } from "effect";
import { WebLogin } from "@bellhop/web/web_login";

const answering = (name: string) => (request: Request) =>
  Effect.promise(async () => {
    const body = request.method === "POST" ? ` ${await request.text()}` : "";
    return new Response(`${name}${body}`, {
      headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]],
    });
  });

/** A runtime for one test. */
export const runtime = Effect.acquireRelease(
  Effect.sync(() =>
    ManagedRuntime.make(Layer.succeed(WebLogin, {
      login: answering("login"),
      callback: answering("callback"),
      logout: answering("logout"),
      session: () => Effect.succeed(Option.none()),
      user: () => Effect.succeed(Option.none()),
      paths: { login: "/login", callback: "/callback", logout: "/logout", home: "/" },
    }))
  ),
  (made) => made.disposeEffect,
);
