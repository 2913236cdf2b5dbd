import { readdir, readFile } from "node:fs/promises";

import { expect } from "chai";

describe("Layout table of the README", () => {
  it("names every room of the harness", async () => {
    const table = /## Layout[^]*?\n## /.exec(await readFile("README.md", "utf8"))?.[0] ?? "";
    const named = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, folder = ""]) => folder);
    const entries = await readdir("harness", { withFileTypes: true });
    const rooms = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `harness/${name}`);
    expect(named).to.include.members(rooms);
  });
});
