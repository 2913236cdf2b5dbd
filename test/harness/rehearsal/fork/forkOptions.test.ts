import { expect } from "chai";
import { getAddress } from "viem";

import {
  nameFork,
  parseForkOptions,
  UNSET,
  wantsFork,
  type RawForkOptions,
} from "../../../../harness/rehearsal/fork/forkOptions.ts";
import { DEFAULT_OPTIONS, InvalidOptionError } from "../../../../harness/rehearsal/rehearsalOptions.ts";

const REGISTRY = "0x00000000000000000000000000000000000000fe";
const RAW: RawForkOptions = {
  ...DEFAULT_OPTIONS,
  fork: "http://127.0.0.1:8545",
  frozen: "",
  freeze: "",
  registry: REGISTRY,
  block: UNSET,
  chain: UNSET,
  otherVersion: false,
};

describe("Options of a rehearsal on a fork", () => {
  it("are an RPC and a Registry, and where to stand if that matters", () => {
    const { from, registry } = parseForkOptions({ ...RAW, block: 5, chain: 1 });
    expect(from).to.deep.equal({ kind: "rpc", url: RAW.fork, block: 5n, chain: 1 });
    expect(registry).to.equal(getAddress(REGISTRY));
    expect(parseForkOptions(RAW).from).to.deep.equal({ kind: "rpc", url: RAW.fork });
  });

  it("are nothing more for the source that is made for the purpose, or a frozen one and the Registry", () => {
    expect(parseForkOptions({ ...RAW, fork: "local", registry: "" }).from).to.deep.equal({ kind: "local" });
    const frozen = parseForkOptions({ ...RAW, fork: "", frozen: "a.json" });
    expect(frozen.from).to.deep.equal({ kind: "frozen", file: "a.json" });
    expect(parseForkOptions({ ...RAW, freeze: "a.json" }).freeze).to.equal("a.json");
  });

  it("are refused by name, with what would do", () => {
    const cases: readonly (readonly [Partial<RawForkOptions>, RegExp])[] = [
      [{ registry: "" }, /^--registry "": expected the address/],
      [{ registry: "0x12" }, /^--registry 0x12: expected/],
      [{ fork: "mainnet" }, /^--fork mainnet: expected an RPC address/],
      [{ fork: "ftp://somewhere" }, /^--fork ftp/],
      [{ frozen: "a.json" }, /^--frozen a.json: expected either/],
      [{ block: -2 }, /^--block -2: expected a whole number/],
      [{ chain: -2 }, /^--chain -2: expected a whole number/],
    ];
    for (const [change, message] of cases) {
      expect(() => parseForkOptions({ ...RAW, ...change })).to.throw(InvalidOptionError, message);
    }
  });

  it("are asked for by either of two names", () => {
    expect([wantsFork(RAW), wantsFork({ fork: "", frozen: "a" }), wantsFork({ fork: "", frozen: "" })]).to.deep.equal([
      true,
      true,
      false,
    ]);
  });

  it("name the report after the network", () => {
    expect([1, 31337, 5].map(nameFork)).to.deep.equal(["mainnet-fork", "local-fork", "chain-5-fork"]);
  });
});
