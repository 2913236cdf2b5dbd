import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { hexToBigInt, hexToNumber, toHex, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";

/** The node that a fork reads from cannot be used. The message is one line and says what helps. */
export class RpcSourceError extends BuildAheadError {}

export interface RpcSourceOptions {
  readonly url: string;
  /** The block to stand at; default the source's latest. */
  readonly blockNumber?: bigint | undefined;
  /** Which chain it must be. */
  readonly chainId?: number | undefined;
  /** Milliseconds for one answer. Default 30,000. */
  readonly timeout?: number | undefined;
}

/** Where a source stands. */
export interface RpcSourcePin {
  readonly chainId: number;
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
  /** Unix seconds. */
  readonly timestamp: bigint;
}

/** Answers by question, as they are kept in a file. */
interface FrozenSource {
  readonly format: 1;
  readonly chainId: number;
  readonly blockNumber: string;
  readonly answers: Readonly<Record<string, unknown>>;
}

interface RpcRequest {
  readonly id?: unknown;
  readonly method: string;
  readonly params?: readonly unknown[];
}

interface RpcBlock {
  readonly hash: Hex;
  readonly timestamp: Hex;
}

const DEFAULT_TIMEOUT = 30_000;
/** Milliseconds before each further attempt when the source asks for patience (HTTP 429). */
const PATIENCE = [500, 2_000, 8_000] as const;
const TOO_MANY_REQUESTS = 429;
/** How nodes say that they no longer keep the state of a block. Sources: geth, erigon, reth, nethermind, anvil, providers. */
const PRUNED = /missing trie node|state.*(not available|unavailable|pruned)|historical|pruned|BlockOutOfRange|archive/i;

const keyOf = (method: string, params: readonly unknown[]) => JSON.stringify([method, params]);

/**
 * The chain that a fork reads from, pinned to one block. Every question is asked once and its answer kept, so that all of them can be
 * written to a file and a run repeated from it without a single request.
 */
export class RpcSource {
  readonly pin: RpcSourcePin;
  readonly #url: string | undefined;
  readonly #timeout: number;
  readonly #answers: Map<string, Promise<unknown>>;
  readonly #used = new Set<string>();
  #requests: number;
  /** The first thing that went wrong: a fork in a node of its own reports it in words that say less. */
  #failure: BuildAheadError | undefined;

  private constructor(
    pin: RpcSourcePin,
    answers: Map<string, Promise<unknown>>,
    live: { readonly url: string; readonly timeout: number; readonly requests: number } | undefined,
  ) {
    this.pin = pin;
    this.#answers = answers;
    this.#url = live?.url;
    this.#timeout = live?.timeout ?? 0;
    this.#requests = live?.requests ?? 0;
  }

  /**
   * Asks a node where it stands.
   * @throws RpcSourceError when it does not answer, is of another chain, or has no such block.
   */
  static async open({ url, blockNumber, chainId, timeout = DEFAULT_TIMEOUT }: RpcSourceOptions): Promise<RpcSource> {
    const answers = new Map<string, Promise<unknown>>();
    const read = async <T>(method: string, params: readonly unknown[] = []): Promise<T> => {
      const answer = request(url, timeout, method, params);
      answers.set(keyOf(method, params), answer);
      return (await answer) as T;
    };
    const actual = hexToNumber(await read<Hex>("eth_chainId"));
    if (chainId !== undefined && actual !== chainId) {
      throw new RpcSourceError("The fork source is of another chain: name the RPC of the chain that is meant", {
        fields: { expected: chainId, actual },
      });
    }
    const latest = hexToBigInt(await read<Hex>("eth_blockNumber"));
    const number = blockNumber ?? latest;
    const block = await read<RpcBlock | null>("eth_getBlockByNumber", [toHex(number), false]);
    if (block === null) {
      throw new RpcSourceError("The fork source has no such block: name one that it has", {
        fields: { block: number, latest },
      });
    }
    answers.set(keyOf("eth_blockNumber", []), Promise.resolve(toHex(number)));
    return new RpcSource(pinOf(actual, number, block), answers, { url, timeout, requests: answers.size });
  }

  /**
   * Reads a file of answers; nothing will be asked of anybody.
   * @throws RpcSourceError when it is no such file.
   */
  static async thaw(file: string): Promise<RpcSource> {
    try {
      const frozen = JSON.parse(await readFile(file, "utf8")) as FrozenSource;
      const number = BigInt(frozen.blockNumber);
      const block = frozen.answers[keyOf("eth_getBlockByNumber", [toHex(number), false])] as RpcBlock;
      const answers = Object.entries(frozen.answers).map(([key, answer]) => [key, Promise.resolve(answer)] as const);
      return new RpcSource(pinOf(frozen.chainId, number, block), new Map(answers), undefined);
    } catch (cause) {
      throw new RpcSourceError("This is no file of a frozen fork source: write one with --freeze", {
        fields: { file },
        cause,
      });
    }
  }

  /** Questions that were put to the source so far; none when it is frozen. */
  get requests(): number {
    return this.#requests;
  }

  /** Different answers that were needed so far, wherever they came from. */
  get used(): number {
    return this.#used.size;
  }

  get failure(): BuildAheadError | undefined {
    return this.#failure;
  }

  /** What the source says at the pinned block. @throws RpcSourceError */
  async ask<T>(method: string, params: readonly unknown[]): Promise<T> {
    const key = keyOf(method, params);
    this.#used.add(key);
    const known = this.#answers.get(key) ?? this.#fetch(method, params);
    this.#answers.set(key, known);
    try {
      return (await known) as T;
    } catch (error) {
      if (error instanceof BuildAheadError) this.#failure ??= error;
      throw error;
    }
  }

  /** Lets another node of this machine read from the source. */
  async serve(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
    const server = createServer((incoming, response) => {
      void readBody(incoming).then(async (body) => {
        const asked = JSON.parse(body) as RpcRequest | RpcRequest[];
        const answered = Array.isArray(asked)
          ? await Promise.all(asked.map((one) => this.#answer(one)))
          : await this.#answer(asked);
        response.setHeader("content-type", "application/json").end(JSON.stringify(answered));
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
  }

  /** Writes every answer that was needed to a file. @returns its size in bytes. */
  async freeze(file: string): Promise<number> {
    // Whoever thaws it asks where it stands.
    for (const [method, params] of standing(this.pin.blockNumber)) this.#used.add(keyOf(method, params));
    const answers: Record<string, unknown> = {};
    for (const key of [...this.#used].sort()) answers[key] = await this.#answers.get(key);
    const frozen: FrozenSource = {
      format: 1,
      chainId: this.pin.chainId,
      blockNumber: this.pin.blockNumber.toString(),
      answers,
    };
    const text = `${JSON.stringify(frozen)}\n`;
    await writeFile(file, text);
    return Buffer.byteLength(text);
  }

  async #answer({ id, method, params = [] }: RpcRequest) {
    try {
      return { jsonrpc: "2.0", id, result: await this.ask(method, params) };
    } catch (error) {
      return { jsonrpc: "2.0", id, error: { code: -32_000, message: String(error) } };
    }
  }

  #fetch(method: string, params: readonly unknown[]): Promise<unknown> {
    if (this.#url === undefined) {
      return Promise.reject(
        new RpcSourceError("The frozen fork source lacks an answer: freeze it again, from the same block", {
          fields: { method, params: JSON.stringify(params) },
        }),
      );
    }
    this.#requests++;
    return request(this.#url, this.#timeout, method, params);
  }
}

const standing = (blockNumber: bigint) =>
  [
    ["eth_chainId", []],
    ["eth_blockNumber", []],
    ["eth_getBlockByNumber", [toHex(blockNumber), false]],
  ] as const;

const pinOf = (chainId: number, blockNumber: bigint, { hash, timestamp }: RpcBlock): RpcSourcePin => ({
  chainId,
  blockNumber,
  blockHash: hash,
  timestamp: hexToBigInt(timestamp),
});

/** One question, with patience for a source that limits its rate. @throws RpcSourceError */
async function request(url: string, timeout: number, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  for (const pause of [...PATIENCE, undefined]) {
    const response = await post(url, timeout, body);
    if (response.status !== TOO_MANY_REQUESTS) return read(response, method);
    if (pause !== undefined) await sleep(pause);
  }
  throw new RpcSourceError("The fork source limits its rate: use another RPC, or a frozen source", { fields: { url } });
}

async function post(url: string, timeout: number, body: string): Promise<Response> {
  try {
    const headers = { "content-type": "application/json" };
    return await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(timeout) });
  } catch (cause) {
    const isSlow = cause instanceof DOMException && cause.name === "TimeoutError";
    throw isSlow
      ? new RpcSourceError("The fork source is too slow: use a faster RPC", { fields: { url, timeout }, cause })
      : new RpcSourceError("The fork source does not answer: check its address and that it runs", {
          fields: { url },
          cause,
        });
  }
}

async function read(response: Response, method: string): Promise<unknown> {
  const text = await response.text();
  let answer: { readonly result?: unknown; readonly error?: { readonly message?: string } };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch (cause) {
    throw new RpcSourceError("The fork source does not speak JSON-RPC: check its address", {
      fields: { status: response.status },
      cause,
    });
  }
  const { result, error } = answer;
  if (error === undefined && result !== undefined) return result;
  const reason = error?.message ?? `HTTP ${response.status}`;
  throw PRUNED.test(reason)
    ? new RpcSourceError("The fork source has pruned this block's state: take a later block, or an archive node", {
        fields: { method, reason },
      })
    : new RpcSourceError("The fork source refuses a question: use an RPC that answers it", {
        fields: { method, reason },
      });
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close").catch(() => undefined);
}
