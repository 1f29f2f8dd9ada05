/**
 * What may stand in the text of any tracked file: links to a section, and nothing of one machine.
 *
 * @module
 */
import { lineAt } from "./source_file.ts";
import type { Finding } from "./source_file.ts";

/** A tracked text file. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** A link to an RFC goes to the section that is meant. */
export function rfcSections(file: TextFile): ReadonlyArray<Finding> {
  return matches(
    file,
    /https?:\/\/(?:www\.rfc-editor\.org|datatracker\.ietf\.org)\/[\w/.-]*rfc\d+(?:\.html)?(?!#(?:section|appendix|page|name)-|[\w.])/g,
    (link) => `Link to a section: "${link}#section-…"`,
  );
}

/** No path of the machine it was written on. */
export function machinePaths(file: TextFile, root: string): ReadonlyArray<Finding> {
  const own = new RegExp(
    `${RegExp.escape(root)}\\b|/(?:home|Users)/(?!(?:alice|bob|me|you)\\b)\\w+/|/root/\\w`,
    "g",
  );
  return matches(file, own, (path) => `"${path}" is a path of one machine`);
}

/** No address of a package registry or a mirror of one: what is installed comes from wherever it comes. */
export function registryHosts(file: TextFile): ReadonlyArray<Finding> {
  return matches(
    file,
    /^\s*(?:tarball:|@?[\w-]*:?registry\s*=).*$|https?:\/\/(?:registry|npm|mirror|nexus|artifactory)\.[\w.-]+/gm,
    (address) => `"${address.trim()}" names a registry`,
  );
}

function matches(
  file: TextFile,
  pattern: RegExp,
  message: (match: string) => string,
): ReadonlyArray<Finding> {
  return [...file.text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    message: message(match[0]),
  }));
}
