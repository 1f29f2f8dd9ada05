import { assert, it } from "@effect/vitest";
import { machinePaths, registryHosts, rfcSections } from "./wording.ts";

const rfc = ["https://www", "rfc-editor", "org/rfc/rfc6749"].join(".");
const tracker = ["https://datatracker", "ietf", "org/doc/html/rfc8628"].join(".");
const registry = ["https://registry", "example", "org/effect"].join(".");

function count(found: ReadonlyArray<unknown>): number {
  return found.length;
}

it("rfcSections() reports a link to a whole RFC", () => {
  assert.strictEqual(count(rfcSections({ path: "x.md", text: `a\n<${rfc}>\n(${tracker})` })), 2);
});

it("rfcSections() lets a link to a section or an appendix pass", () => {
  const text = `${rfc}#section-5.2 ${tracker}#section-3.5 ${rfc}#appendix-B`;
  assert.deepStrictEqual(rfcSections({ path: "x.md", text }), []);
});

it("machinePaths() reports the checkout's own path and a home", () => {
  const home = ["", "home", "somebody", "x"].join("/");
  const text = `/checkout/main/x.ts\n${home}\n/home/me/.local`;
  const lines = machinePaths({ path: "x.md", text }, "/checkout/main").map(({ line }) => line);
  assert.deepStrictEqual(lines, [1, 2]);
});

it("registryHosts() reports an address, a tarball's origin and a setting", () => {
  const lockfile = ["    tarball", " https://example.org/effect-4.1.0.tgz"].join(":");
  const setting = ["registry", "https://example.org"].join("=");
  const text = `${registry}\n${lockfile}\n${setting}\nthe registry is asked`;
  const lines = registryHosts({ path: "x", text }).map(({ line }) => line);
  assert.deepStrictEqual(lines, [1, 2, 3]);
});
