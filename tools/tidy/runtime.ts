/**
 * `packages/core` runs anywhere: one clock, one HTTP client and one source of random bytes, all of them
 * services. Nothing of Node, and none of the globals that stand for them.
 *
 * @module
 */
import { Visitor } from "oxc-parser";
import { isForTests, lineAt } from "./source_file.ts";
import type { Finding, SourceFile } from "./source_file.ts";

const instead: Readonly<Record<string, string>> = {
  "Date.now": "the Clock service",
  "Math.random": "the SecureRandom service",
  "performance.now": "the Clock service",
  Buffer: "Uint8Array and effect/encoding",
  XMLHttpRequest: "the HttpClient service",
  console: "Effect's logger",
  crypto: "effect/crypto's services",
  fetch: "the HttpClient service",
  process: "Config, or an argument",
  require: "import",
  setImmediate: "Effect.yieldNow",
  setInterval: "a Schedule",
  setTimeout: "Effect.sleep",
};

/** Only `effect` and `xstate` are imported, and no global that belongs to a runtime is read. */
export function runtimeNeutral(file: SourceFile): ReadonlyArray<Finding> {
  if (!file.path.startsWith("packages/core/src/") || isForTests(file.path)) return [];
  const foreign = file.imports
    .filter(({ specifier }) => !/^(\.|(effect|xstate)(\/|$)|@bellhop\/core)/.test(specifier))
    .map(({ specifier, line }) => ({
      line,
      message: `packages/core may not import "${specifier}"`,
    }));
  return [...foreign, ...globalsOf(file)].map((found) => ({ path: file.path, ...found }));
}

function globalsOf(file: SourceFile): ReadonlyArray<Omit<Finding, "path">> {
  const declared = new Set<string>();
  const properties = new Set<number>();
  const read: Array<{ readonly name: string; readonly start: number }> = [];
  new Visitor({
    MemberExpression: ({ object, property, computed }) => {
      if (computed) return;
      properties.add(property.start);
      if (object.type !== "Identifier" || property.type !== "Identifier") return;
      read.push({
        name: object.name === "globalThis" ? property.name : `${object.name}.${property.name}`,
        start: object.start,
      });
    },
    NewExpression: ({ callee, arguments: args, start }) => {
      if (callee.type === "Identifier" && callee.name === "Date" && args.length === 0) {
        read.push({ name: "Date.now", start });
      }
    },
    Property: ({ key, shorthand }) => void (shorthand || properties.add(key.start)),
    MethodDefinition: ({ key }) => void properties.add(key.start),
    PropertyDefinition: ({ key }) => void properties.add(key.start),
    TSPropertySignature: ({ key }) => void properties.add(key.start),
    TSMethodSignature: ({ key }) => void properties.add(key.start),
    VariableDeclarator: ({ id }) => void (id.type === "Identifier" && declared.add(id.name)),
    FunctionDeclaration: ({ id }) => void (id !== null && declared.add(id.name)),
    ImportSpecifier: ({ local }) => void declared.add(local.name),
    ImportNamespaceSpecifier: ({ local }) => void declared.add(local.name),
    Identifier: ({ name, start }) => void read.push({ name, start }),
  }).visit(file.program);
  return read
    .filter(({ name, start }) =>
      name in instead && !declared.has(name) && (name.includes(".") || !properties.has(start))
    )
    .map(({ name, start }) => ({
      line: lineAt(file.text, start),
      message: `packages/core may not use ${name}: take ${instead[name]}`,
    }));
}
