import { assert, describe, it } from "@effect/vitest";
import { Effect, FileSystem, Option } from "effect";
import { NodeServices } from "@effect/platform-node";
import * as Profile from "./profile.ts";

const minimal: Profile.Profile = {
  issuer: "https://as.example.com",
  clientId: "tv",
  scope: [],
  resource: [],
};
const full: Profile.Profile = {
  ...minimal,
  grant: "client-credentials",
  tokenAuth: "post",
  clientSecret: { env: "SECRET" },
  clientKey: { file: "/key.jwk" },
  clientAlgorithm: "ES256",
  idTokenAlgorithm: "PS256",
  redirect: { uri: "http://localhost/cb", port: 8400 },
  endpoints: { tokenEndpoint: "https://as.example.com/token" },
  scope: ["a", "b"],
  resource: ["https://api.example.com/"],
  audience: "api",
};

function inHome<A, E>(
  use: (home: string) => Effect.Effect<A, E, NodeServices.NodeServices>,
): Effect.Effect<A, E> {
  return FileSystem.FileSystem.pipe(
    Effect.flatMap((fs) => Effect.orDie(fs.makeTempDirectoryScoped())),
    Effect.flatMap(use),
    Effect.scoped,
    Effect.provide(NodeServices.layer),
  );
}

describe("profile", () => {
  it.effect("reads what was written, whole or minimal, and forgets nothing of it", () =>
    inHome((home) =>
      Effect.gen(function* () {
        yield* Profile.write(home, "full", full);
        yield* Profile.write(home, "minimal", minimal);
        assert.deepStrictEqual(yield* Profile.read(home, "full"), Option.some(full));
        assert.deepStrictEqual(yield* Profile.read(home, "minimal"), Option.some(minimal));
        yield* Profile.write(home, "full", minimal);
        assert.deepStrictEqual(yield* Profile.read(home, "full"), Option.some(minimal));
      })
    ));

  it.effect("reads what was written before there were keys, redirects and a choice of grant", () =>
    inHome((home) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem;
        yield* fs.makeDirectory(`${home}/profiles`);
        yield* fs.writeFileString(
          `${home}/profiles/profile-old.json`,
          `{"format":1,"issuer":"https://as.example.com","client_id":"tv","token_auth":"post",` +
            `"client_secret":{"env":"S"},"scope":["a"],"resource":[]}`,
        );
        assert.deepStrictEqual(
          yield* Profile.read(home, "old"),
          Option.some<Profile.Profile>({
            ...minimal,
            scope: ["a"],
            tokenAuth: "post",
            clientSecret: { env: "S" },
          }),
        );
      })
    ));

  it.effect("lists names as they were given, capitals apart, and no drafts", () =>
    inHome((home) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* Profile.list(home), []);
        for (const name of ["work", "Work", "con", "a@b.c"]) {
          yield* Profile.write(home, name, minimal);
        }
        assert.deepStrictEqual(yield* Profile.list(home), ["Work", "a@b.c", "con", "work"]);
        const fs = yield* FileSystem.FileSystem;
        const files = yield* fs.readDirectory(`${home}/profiles`);
        assert.strictEqual(
          new Set(files.map((file) => file.toLowerCase())).size,
          4,
        );
      })
    ));

  it.effect("removes, and tells whether there was one", () =>
    inHome((home) =>
      Effect.gen(function* () {
        yield* Profile.write(home, "work", minimal);
        assert.isTrue(yield* Profile.remove(home, "work"));
        assert.isFalse(yield* Profile.remove(home, "work"));
        assert.isTrue(Option.isNone(yield* Profile.read(home, "work")));
      })
    ));

  for (
    const text of ["{", "[]", `{"format":2,"issuer":"a","client_id":"b"}`, "[".repeat(100_000)]
  ) {
    it.effect(`refuses ${text.slice(0, 12)} and says what to do`, () =>
      inHome((home) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem;
          yield* fs.makeDirectory(`${home}/profiles`);
          yield* fs.writeFileString(`${home}/profiles/profile-work.json`, text);
          const { reason } = yield* Effect.flip(Profile.read(home, "work"));
          assert.strictEqual(reason._tag, "Unreadable");
          assert.include(reason.hint, "--issuer");
        })
      ));
  }

  it.effect("says which place could not be written", () =>
    inHome((home) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem;
        yield* fs.writeFileString(`${home}/profiles`, "");
        const { reason } = yield* Effect.flip(Profile.write(home, "work", minimal));
        assert.strictEqual(reason._tag, "Unwritable");
        assert.include(reason.message, home);
      })
    ));
});
