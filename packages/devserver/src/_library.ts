import type * as OidcProvider from "oidc-provider";

type Library = typeof OidcProvider;

let loading: Promise<Library> | undefined;

/**
 * Imports the authorization server's library when one is first started, so that importing this package
 * stays cheap, and keeps what it says to operators at that moment ("Unsupported runtime") off the
 * console.
 */
export function loadLibrary(): Promise<Library> {
  loading ??= withoutNotices(() => import("oidc-provider"));
  return loading;
}

async function withoutNotices<A>(body: () => Promise<A>): Promise<A> {
  const { info, warn } = console;
  const quietInfo = filtered(info);
  const quietWarn = filtered(warn);
  console.info = quietInfo;
  console.warn = quietWarn;
  try {
    return await body();
  } finally {
    if (console.info === quietInfo) {
      console.info = info;
    }
    if (console.warn === quietWarn) {
      console.warn = warn;
    }
  }
}

function filtered(write: typeof console.info): typeof console.info {
  return (...data: ReadonlyArray<unknown>) => {
    if (!isNotice(data[0])) {
      write.apply(console, [...data]);
    }
  };
}

function isNotice(line: unknown): boolean {
  return typeof line === "string" && /oidc-provider (?:NOTICE|WARNING): /.test(line);
}
