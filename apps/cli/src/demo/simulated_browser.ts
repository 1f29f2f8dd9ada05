/**
 * A browser without scripts and the person in front of it: cookies, redirects, and the buttons of the
 * development server's pages.
 *
 * @module
 */
import { type IncomingHttpHeaders, request } from "node:http";

/** The page on which it ended. */
export interface LastPage {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/**
 * Opens a page and presses the named button of each that follows, until there is no form or no answer
 * left.
 *
 * @param answers Values of the buttons, such as `login` and `allow`, in the order of the pages.
 */
export async function visit(url: string, answers: ReadonlyArray<string>): Promise<LastPage> {
  const cookies: Cookies = new Map();
  let page = await load(cookies, url);
  for (const answer of answers) {
    const form = /<form[^>]*>/.exec(page.text)?.[0];
    if (form === undefined) break;
    const action = /action="([^"]*)"/.exec(form)?.[1] ?? page.url;
    page = await load(cookies, new URL(action, page.url).href, new URLSearchParams({ answer }));
  }
  return page;
}

/** Cookies by origin and name. */
type Cookies = Map<string, string>;

/** Follows redirects, also to another server. A cookie goes to the server that set it only. */
async function load(cookies: Cookies, url: string, form?: URLSearchParams): Promise<LastPage> {
  const { origin } = new URL(url);
  const mine = [...cookies].filter(([name]) => name.startsWith(`${origin} `));
  const cookie = mine.map(([name, value]) => `${name.slice(origin.length + 1)}=${value}`);
  const { status, headers, text } = await exchange(url, { cookie: cookie.join("; "), form });
  for (const line of headers["set-cookie"] ?? []) {
    const [, name = "", value = ""] = /^([^=]*)=([^;]*)/.exec(line) ?? [];
    cookies.set(`${origin} ${name}`, value);
  }
  const { location } = headers;
  return location === undefined
    ? { url, status, text }
    : await load(cookies, new URL(location, url).href);
}

interface Sent {
  readonly cookie: string;
  readonly form: URLSearchParams | undefined;
}

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function exchange(url: string, { cookie, form }: Sent): Promise<Received> {
  const type = "application/x-www-form-urlencoded";
  const headers = {
    accept: "text/html",
    cookie,
    ...(form === undefined ? {} : { "content-type": type }),
  };
  return new Promise((resolve, reject) => {
    const method = form === undefined ? "GET" : "POST";
    const sent = request(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.once("error", reject).once("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.once("error", reject).end(form?.toString());
  });
}
