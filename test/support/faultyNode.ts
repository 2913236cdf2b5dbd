import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { http } from "viem";

import { AnvilBackend } from "../../harness/l1/anvilBackend.ts";
import { L1Node, type ErrorAbi } from "../../harness/l1/l1Node.ts";

/** A JSON-RPC request, as far as a node in between looks at it. */
export interface RpcRequest {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What goes wrong with a request: an answer of one's own, or a fault of the connection. */
export type Fault =
  | { readonly error: { readonly code: number; readonly message: string } }
  | { readonly result: unknown }
  | { readonly status: number; readonly body: string }
  | "never answers"
  /** The node behind gets the request, and the connection breaks before its answer. */
  | "breaks off";

/** What a node says that does not know a method (JSON-RPC). */
export const METHOD_NOT_FOUND: Fault = { error: { code: -32_601, message: "the method does not exist" } };
/** Milliseconds that whoever asks waits for an answer. */
const PATIENCE = 4_000;

/** A real node behind a provider that lets it down in some methods, over HTTP. */
export class FaultyNode {
  /** Decides over each request; undefined: the node answers. */
  fault: (request: RpcRequest) => Fault | undefined = () => undefined;
  readonly asked: string[] = [];
  readonly #behind: string;
  readonly #server: Server;

  private constructor(behind: string) {
    this.#behind = behind;
    this.#server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => void this.#answer(Buffer.concat(chunks).toString(), response));
    });
  }

  /** @param behind Where the real one answers */
  static async before(behind: string): Promise<FaultyNode> {
    const node = new FaultyNode(behind);
    node.#server.listen(0, "127.0.0.1");
    await once(node.#server, "listening");
    return node;
  }

  /** A connection to it, by somebody who does not wait for long. */
  async connect(chainId: number, errorAbi: ErrorAbi): Promise<L1Node> {
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const { request } = http(url, { timeout: PATIENCE })({ retryCount: 0 });
    const provider = { request: (args: unknown): Promise<unknown> => request(args as never) };
    return new L1Node(new AnvilBackend({ provider, chainId, hardfork: "osaka" }), errorAbi);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(body: string, response: ServerResponse): Promise<void> {
    const request = JSON.parse(body) as RpcRequest;
    this.asked.push(request.method);
    const fault = this.fault(request);
    if (fault === "never answers") return;
    if (typeof fault === "object" && "status" in fault) {
      response.statusCode = fault.status;
      response.end(fault.body);
      return;
    }
    if (typeof fault === "object") {
      response.end(JSON.stringify({ jsonrpc: "2.0", id: request.id, ...fault }));
      return;
    }
    const answer = await fetch(this.#behind, { method: "POST", headers: { "content-type": "application/json" }, body });
    if (fault === "breaks off") response.destroy();
    else response.end(await answer.text());
  }
}
