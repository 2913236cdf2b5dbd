import type { L1Node } from "../l1/l1Node.ts";
import type { GSEContract } from "../upstream/contracts.ts";

type AztecClient = GSEContract["client"];

/**
 * The chain's client as upstream's contract wrappers want it. They are typed against a fork of viem and an HTTP transport;
 * at run time they only call actions that both versions have. The one place where that is asserted.
 */
export function aztecClient(chain: L1Node): AztecClient {
  return chain.publicClient as unknown as AztecClient;
}
