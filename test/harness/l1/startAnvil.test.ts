import { tmpdir } from "node:os";

import { expect } from "chai";

import { AnvilMissingError, AnvilStartError, startAnvil } from "../../../harness/l1/startAnvil.ts";
import { rejection } from "../../support/rejection.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

describeWithAnvil("Starting anvil", () => {
  it("says that the port is taken", async () => {
    const anvil = await startAnvil();
    try {
      const port = Number(new URL(anvil.url).port);
      const { fields } = await rejection(startAnvil({ port }), AnvilStartError);
      expect(fields).to.include({ port });
      expect(fields["complaint"]).to.match(/in use/i);
    } finally {
      await anvil.stop();
    }
  });

  it("says what anvil does not understand", async () => {
    const { fields } = await rejection(startAnvil({ hardfork: "breakfast" }), AnvilStartError);
    expect(fields["complaint"]).to.match(/breakfast/);
  });
});

describe("Anvil", () => {
  it("says how to get it where it is missing", async () => {
    const error = await rejection(startAnvil({ home: tmpdir() }), AnvilMissingError);
    expect(error.message).to.match(/npm ci/);
    expect(error.fields).to.include({ platform: process.platform });
  });
});
