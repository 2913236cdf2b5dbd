import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

import { expect } from "chai";

describe("The list for node teams", () => {
  let text: string;
  before(async () => {
    text = await readFile("docs/clients.md", "utf8");
  });

  it("quotes lines that say what it says they say", async () => {
    const rows = [...text.matchAll(/^\| (\w+) +\| `([^`:]+):(\d+)` +\| `([^`]+)` +\|$/gm)];
    expect(rows).not.to.deep.equal([]);
    for (const [, id = "", file = "", line = "", quote] of rows) {
      const lines = (await readFile(`node_modules/@aztec/${file}`, "utf8")).split("\n");
      expect(lines[Number(line) - 1], id).to.contain(quote);
      expect(text.split(id).length, `${id} is used`).to.be.greaterThan(2);
    }
  });

  it("names tests that exist", () => {
    const files = [...text.matchAll(/`(test\/[^`]+)`/g)].map(([, file = ""]) => file);
    expect(files).not.to.deep.equal([]);
    expect(files.filter((file) => !existsSync(file))).to.deep.equal([]);
  });
});
