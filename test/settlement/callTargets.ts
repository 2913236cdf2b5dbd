import { getAddress, type Address, type Hex } from "viem";

import type { L1Chain } from "../../harness/l1/l1Chain.ts";

interface CallFrame {
  readonly type: string;
  readonly to?: Address;
  readonly calls?: readonly CallFrame[];
}

/** Everything that a mined transaction called, itself included: `TYPE address`, each once. */
export async function traceCallTargets(chain: L1Chain, txHash: Hex): Promise<ReadonlySet<string>> {
  const root = await chain.rpc<CallFrame>("debug_traceTransaction", [txHash, { tracer: "callTracer" }]);
  const targets = new Set<string>();
  const visit = ({ type, to, calls = [] }: CallFrame) => {
    targets.add(`${type} ${to === undefined ? "nobody" : getAddress(to)}`);
    calls.forEach(visit);
  };
  visit(root);
  return targets;
}
