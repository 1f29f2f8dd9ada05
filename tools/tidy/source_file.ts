/**
 * A source file as the house rules look at it: its path, its text and what it imports.
 *
 * @module
 */
import { posix } from "node:path";
import { parseSync } from "oxc-parser";
import type { EcmaScriptModule, Program } from "oxc-parser";

/** One module that a file names in an `import` or an `export … from`. */
export interface ImportedModule {
  readonly specifier: string;
  readonly line: number;
  /** True where nothing of it is left when types are stripped. */
  readonly isTypeOnly: boolean;
  /** True for `export … from`. */
  readonly isReExport: boolean;
}

/** A parsed TypeScript file of the repository. */
export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: ReadonlyArray<ImportedModule>;
  readonly program: Program;
}

/** What a rule found, for people: `path:line`, and what to do about it. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** Parses one file. A file that does not parse is a defect of the caller's list. */
export function sourceFile(path: string, text: string): SourceFile {
  const { module, program, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new SyntaxError(`${path}: ${errors[0].message}`);
  return { path, text, imports: importsOf(module, text), program };
}

/** The path that a relative specifier means, or `undefined` where it names a package. */
export function resolved(file: SourceFile, specifier: string): string | undefined {
  return specifier.startsWith(".")
    ? posix.normalize(posix.join(posix.dirname(file.path), specifier))
    : undefined;
}

/** A test, or a program or data that only tests use. */
export function isForTests(path: string): boolean {
  return /_test\.ts$|\/(testdata|fixture)\/|(^|\/)_test_\w+\.ts$/.test(path);
}

/** The line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function importsOf(module: EcmaScriptModule, text: string): ReadonlyArray<ImportedModule> {
  const imported = module.staticImports.map(({ moduleRequest, entries, start }) => ({
    specifier: moduleRequest.value,
    line: lineAt(text, start),
    isTypeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
    isReExport: false,
  }));
  const exported = module.staticExports.flatMap(({ entries, start }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest === null ? [] : [{
        specifier: moduleRequest.value,
        line: lineAt(text, start),
        isTypeOnly: isType,
        isReExport: true,
      }]
    )
  );
  const dynamic = module.dynamicImports.map(({ moduleRequest, start }) => ({
    specifier: text.slice(moduleRequest.start, moduleRequest.end).replaceAll(/^["'`]|["'`]$/g, ""),
    line: lineAt(text, start),
    isTypeOnly: false,
    isReExport: false,
  }));
  return [...imported, ...exported, ...dynamic];
}
