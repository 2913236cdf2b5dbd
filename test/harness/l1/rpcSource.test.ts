import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { RpcSource, RpcSourceError } from "../../../harness/l1/rpcSource.ts";
import { rejection } from "../../support/rejection.ts";

const BLOCK = { hash: `0x${"11".repeat(32)}`, timestamp: "0x64" };

type Answer = { readonly result: unknown } | { readonly error: { readonly message: string } };

/** A node that says what it is told to. */
class FakeNode {
  readonly asked: string[] = [];
  readonly answers: Record<string, Answer> = {
    eth_chainId: { result: "0x1" },
    eth_blockNumber: { result: "0x10" },
    eth_getBlockByNumber: { result: BLOCK },
  };
  /** HTTP statuses of the next answers; 200 when there is none left. */
  statuses: number[] = [];
  body: string | undefined;
  isSilent = false;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        if (this.isSilent) return;
        const { method } = JSON.parse(Buffer.concat(chunks).toString()) as { method: string };
        this.asked.push(method);
        response.statusCode = this.statuses.shift() ?? 200;
        const answer = this.answers[method] ?? { error: { message: "method not found" } };
        response.end(this.body ?? JSON.stringify({ jsonrpc: "2.0", id: 1, ...answer }));
      });
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

describe("The source of a fork", () => {
  let node: FakeNode;
  let url: string;

  beforeEach(async () => {
    node = new FakeNode();
    url = await node.start();
  });
  afterEach(() => node.stop());

  it("stands where it stood when it was opened, or where it is told to", async () => {
    const { pin } = await RpcSource.open({ url });
    expect([pin.chainId, pin.blockNumber, pin.timestamp]).to.deep.equal([1, 16n, 100n]);
    const early = await RpcSource.open({ url, blockNumber: 3n });
    expect(await early.ask("eth_blockNumber", []), "what a fork takes for the latest").to.equal("0x3");
  });

  it("is asked everything once, by whoever asks", async () => {
    node.answers["eth_getCode"] = { result: "0x6001" };
    const source = await RpcSource.open({ url });
    const before = source.requests;
    const codes = await Promise.all([1, 2, 3].map(() => source.ask("eth_getCode", ["0x01", "0x10"])));
    expect(codes).to.deep.equal(["0x6001", "0x6001", "0x6001"]);
    expect(source.requests - before).to.equal(1);
    expect(source.requests).to.equal(node.asked.length);
  });

  it("serves others, one question or several at a time, and tells them what went wrong", async () => {
    const source = await RpcSource.open({ url });
    const server = await source.serve();
    const post = async (body: unknown) =>
      (await fetch(server.url, { method: "POST", body: JSON.stringify(body) })).json();
    const chain = { jsonrpc: "2.0", id: 7, method: "eth_chainId" };
    expect(await post(chain)).to.deep.equal({ jsonrpc: "2.0", id: 7, result: "0x1" });
    expect(await post([chain])).to.deep.equal([{ jsonrpc: "2.0", id: 7, result: "0x1" }]);
    const refused = JSON.stringify(await post({ ...chain, method: "eth_nonsense" }));
    expect(refused).to.include("refuses a question");
    expect(source.failure?.fields).to.deep.equal({ method: "eth_nonsense", reason: "method not found" });
    await server.close();
  });

  it("is repeated from a file, with nobody asked", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "build-ahead-source-"));
    const file = path.join(folder, "frozen.json");
    node.answers["eth_getCode"] = { result: "0x6001" };
    const source = await RpcSource.open({ url });
    await source.ask("eth_getCode", ["0x01", "0x10"]);
    await source.freeze(file);
    node.stop();
    const frozen = await RpcSource.thaw(file);
    expect(frozen.pin).to.deep.equal(source.pin);
    expect(await frozen.ask("eth_getCode", ["0x01", "0x10"])).to.equal("0x6001");
    const lacking = await rejection(frozen.ask("eth_getCode", ["0x02", "0x10"]), RpcSourceError);
    expect(lacking.message).to.match(/^The frozen fork source lacks an answer: freeze it again/);
    expect(frozen.requests).to.equal(0);
    await writeFile(file, "{}");
    expect((await rejection(RpcSource.thaw(file), RpcSourceError)).message).to.match(/write one with --freeze/);
    await rm(folder, { recursive: true });
  });

  it("is waited for when it limits its rate", async () => {
    node.statuses = [429];
    expect((await RpcSource.open({ url })).pin.chainId).to.equal(1);
  });

  const faults: readonly (readonly [string, (it: FakeNode) => void, Parameters<typeof RpcSource.open>[0], RegExp])[] = [
    ["is down", (it) => it.stop(), { url: "" }, /^The fork source does not answer: check its address and that it runs/],
    [
      "is slow",
      (it) => (it.isSilent = true),
      { url: "", timeout: 50 },
      /^The fork source is too slow: use a faster RPC/,
    ],
    [
      "is of another chain",
      () => undefined,
      { url: "", chainId: 5 },
      /^The fork source is of another chain.*expected=5, actual=1/,
    ],
    [
      "has no such block",
      (it) => (it.answers["eth_getBlockByNumber"] = { result: null }),
      { url: "", blockNumber: 99n },
      /^The fork source has no such block: name one that it has \(block=99, latest=16/,
    ],
    [
      "has pruned its history",
      (it) => (it.answers["eth_getBlockByNumber"] = { error: { message: "missing trie node abc" } }),
      { url: "" },
      /^The fork source has pruned this block's state: take a later block, or an archive node/,
    ],
    ["is no RPC at all", (it) => (it.body = "<html>"), { url: "" }, /^The fork source does not speak JSON-RPC/],
  ];
  for (const [words, breakIt, options, message] of faults) {
    it(`says in one line what helps when it ${words}`, async () => {
      breakIt(node);
      const error = await rejection(RpcSource.open({ ...options, url }), RpcSourceError);
      expect(error.message).to.match(message).and.not.include("\n");
    });
  }
});
