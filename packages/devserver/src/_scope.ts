/** Every scope of the development server and what it allows, in words for its user. */
export function scopeMeanings(): Readonly<Record<string, string>> {
  return {
    openid: "Know who you are",
    profile: "See your name",
    email: "See your e-mail address",
    offline_access: "Stay signed in while you are away",
    "api:read": "Read from the demonstration API",
    "api:admin": "Administer the demonstration API",
  };
}

export function allScopes(): ReadonlyArray<string> {
  return Object.keys(scopeMeanings());
}

/** Scopes of the protected API. */
export function apiScopes(): ReadonlyArray<string> {
  return allScopes().filter((scope) => scope.startsWith("api:"));
}

/** What is granted where a request names no scope. RFC 6749 section 3.3. */
export function defaultScope(): string {
  return "openid profile offline_access api:read";
}

/** The scopes of a space-separated list. */
export function scopesOf(list: unknown): ReadonlyArray<string> {
  return typeof list === "string" ? list.split(" ").filter((scope) => scope !== "") : [];
}
