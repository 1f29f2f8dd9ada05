import { assert, describe, it } from "@effect/vitest";
import { files } from "./page_files.ts";

describe("files", () => {
  it("files hold the page and all that it loads", () => {
    const html = files["index.html"]?.body ?? "";
    const loaded = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => path);
    assert.isAtLeast(loaded.length, 2);
    assert.deepStrictEqual(loaded.filter((path) => path === undefined || !(path in files)), []);
  });

  it("files load nothing from elsewhere, and need no inline script or style", () => {
    const html = files["index.html"]?.body ?? "";
    assert.notMatch(html, /(?:src|href)="(?:https?:)?\/\//);
    assert.notMatch(html, /<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=/);
    assert.notMatch(files["assets/style.css"]?.body ?? "", /@import|url\((?!["']?data:)/);
  });

  it("files stay small enough to be sent at once", () => {
    const size = Object.values(files).reduce((sum, { body }) => sum + body.length, 0);
    assert.isBelow(size, 900_000);
  });
});
