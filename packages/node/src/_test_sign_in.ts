import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";

/** Presses the buttons of the server's pages; gives the address that it left the server for. */
export function pressing(
  url: Redacted.Redacted,
  ...answers: ReadonlyArray<string>
): Effect.Effect<string> {
  return Effect.promise(() => click(Redacted.value(url), answers));
}

async function click(url: string, answers: ReadonlyArray<string>): Promise<string> {
  const { origin } = new URL(url);
  const jar = new Map<string, string>();
  let pressed = 0;
  const load = async (to: string, init: RequestInit = {}): Promise<string> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(to, { ...init, redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";", 1)[0]?.split("=", 2) ?? [];
      jar.set(name, value);
    }
    const text = await response.text();
    const location = response.headers.get("location");
    if (location !== null) {
      const next = new URL(location, to).href;
      return next.startsWith(`${origin}/`) ? await load(next) : next;
    }
    const answer = answers[pressed++] ?? "";
    const action = /<form[^>]*action="([^"]*)"/.exec(text)?.[1] ?? to;
    const body = new URLSearchParams({ answer });
    return await load(new URL(action, to).href, { method: "POST", body });
  };
  return await load(url);
}
