import { assert, it } from "@effect/vitest";
import { jsrConfigOf, withExports } from "./package_exports.ts";

const manifest = {
  name: "@bellhop/core",
  version: "1.2.3",
  license: "MIT",
  publishConfig: { access: "public" },
};
const modules = [
  [".", "./src/mod.ts"],
  ["./protocol/pkce", "./src/protocol/pkce.ts"],
] as const;

it("withExports() shuts the private files of every folder out", () => {
  const { exports, publishConfig } = withExports(manifest, modules);
  assert.deepStrictEqual(exports, {
    ".": "./src/mod.ts",
    "./*": "./src/*.ts",
    "./_*": null,
    "./protocol/_*": null,
  });
  assert.deepStrictEqual(publishConfig, {
    access: "public",
    exports: {
      ".": { types: "./dist/mod.d.ts", default: "./dist/mod.js" },
      "./*": { types: "./dist/*.d.ts", default: "./dist/*.js" },
      "./_*": null,
      "./protocol/_*": null,
    },
  });
});

it("jsrConfigOf() takes the version from the manifest and lists every module", () => {
  const config = jsrConfigOf(manifest, modules);
  assert.strictEqual(config["version"], "1.2.3");
  assert.deepStrictEqual(config["exports"], {
    ".": "./src/mod.ts",
    "./protocol/pkce": "./src/protocol/pkce.ts",
  });
});
