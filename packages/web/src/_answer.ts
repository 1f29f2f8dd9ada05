/** From what a handler ends with to what the browser gets. */
import * as Effect from "effect/Effect";
import { noticeOf } from "./notice.ts";
import type { Handler, Site, Visit, WebLoginServices } from "./_site.ts";
import { statusOf, type WebLoginError } from "./web_login_error.ts";
import type { PageRequest } from "./web_login_options.ts";

/** One request, who handles it, and who makes a page of a failure. */
export interface Question {
  readonly request: Request;
  readonly handler: Handler;
  readonly pages: (page: PageRequest) => Response;
}

/** Runs a handler. What fails becomes a page, and is told to the program. */
export function answer<A, E, R>(
  site: Site<A, E, R>,
  { handler, pages, request }: Question,
): Effect.Effect<Response, never, WebLoginServices | R> {
  return Effect.suspend(() => {
    const visit: Visit = { request, cookies: [] };
    return handler(site, visit).pipe(
      Effect.catch((error) =>
        Effect.andThen(report(site, error), Effect.sync(() => pageOf(site, error, pages)))
      ),
      Effect.map((response) => sealed(response, visit.cookies)),
    );
  });
}

function report<A, E, R>(
  { options }: Site<A, E, R>,
  error: WebLoginError,
): Effect.Effect<void, never, R> {
  const log = statusOf(error) >= 500 ? Effect.logWarning : Effect.logDebug;
  return log(`${error.reason._tag}: ${error.message}`).pipe(
    Effect.andThen(options.onFailure?.(error) ?? Effect.void),
  );
}

function pageOf<A, E, R>(
  { options, settings: { paths } }: Site<A, E, R>,
  error: WebLoginError,
  pages: (page: PageRequest) => Response,
): Response {
  const notice = noticeOf(error);
  const page = { notice, loginPath: paths.login, homePath: paths.home };
  const { body, headers } = (options.page ?? pages)(page);
  const response = new Response(body, { status: notice.status, headers });
  if (error.reason._tag === "MethodRefused") response.headers.set("allow", error.reason.allowed);
  return response;
}

/** Nothing of a login is kept by a cache, or told to the next page. */
function sealed(response: Response, cookies: ReadonlyArray<string>): Response {
  const headers = new Headers(response.headers);
  headers.set("cache-control", "no-store");
  headers.set("referrer-policy", "no-referrer");
  headers.set("x-content-type-options", "nosniff");
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(response.body, { status: response.status, headers });
}
