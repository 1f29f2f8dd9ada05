import * as Effect from "effect/Effect";
import type { DevServer } from "./dev_server.ts";

/** What a browser without scripts shows: the last page, or the address that it left the server for. */
export interface Shown {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export interface Browser {
  readonly open: (path: string) => Effect.Effect<Shown>;
  /** Presses the button named `[name, value]`, or the only one, of the page's form. */
  readonly submit: (
    shown: Shown,
    fields?: Readonly<Record<string, string>>,
  ) => Effect.Effect<Shown>;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** A browser without scripts: cookies by path, redirects, forms. */
export function makeBrowser(server: DevServer): Browser {
  const cookies = new Map<string, Cookie>();

  async function load(url: string, init: RequestInit = {}): Promise<Shown> {
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: { cookie: cookiesFor(new URL(url).pathname), accept: "text/html" },
    });
    keep(response.headers.getSetCookie());
    const text = await response.text();
    const location = response.headers.get("location");
    if (location === null) {
      return { url, status: response.status, text, headers: response.headers };
    }
    const next = new URL(location, url).href;
    return next.startsWith(`${server.issuer}/`)
      ? await load(next)
      : { url: next, status: response.status, text: "", headers: response.headers };
  }

  function cookiesFor(path: string): string {
    return [...cookies].filter(([, cookie]) => path.startsWith(cookie.path))
      .map(([name, { value }]) => `${name}=${value}`).join("; ");
  }

  function keep(lines: ReadonlyArray<string>): void {
    for (const line of lines) {
      const [pair = "", ...attributes] = line.split("; ");
      const [name = "", value = ""] = pair.split("=", 2);
      const path = attributes.find((attribute) => attribute.startsWith("path="))?.slice(5) ?? "/";
      cookies.set(name, { value, path });
    }
  }

  return {
    open: (path) => Effect.promise(() => load(`${server.issuer}${path}`)),
    submit: (shown, fields = {}) =>
      Effect.promise(() => {
        const { action, hidden } = formOf(shown);
        const body = new URLSearchParams({ ...hidden, ...fields });
        return load(new URL(action, shown.url).href, { method: "POST", body });
      }),
  };
}

function formOf({ text, url }: Shown) {
  const form = /<form[^>]*>/.exec(text)?.[0];
  if (form === undefined) {
    throw new Error(`No form on the page at ${url}: ${text.slice(text.indexOf("<main>"))}`);
  }
  const action = /action="([^"]*)"/.exec(form)?.[1] ?? url;
  const hidden = [...text.matchAll(/<input\s+type="(?:hidden|text)"[^>]*>/g)].map(([input]) => [
    /name="([^"]*)"/.exec(input)?.[1] ?? "",
    /value="([^"]*)"/.exec(input)?.[1] ?? "",
  ]);
  return { action, hidden: Object.fromEntries(hidden) };
}
