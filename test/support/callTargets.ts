import { getAddress, type Hex } from "viem";

import type { L1Chain } from "../../harness/l1/l1Chain.ts";
import { traceCallFrame, type CallFrame } from "./callFrames.ts";

/** Everything that a mined transaction called, itself included: `TYPE address`, each once. */
export async function traceCallTargets(chain: L1Chain, txHash: Hex): Promise<ReadonlySet<string>> {
  const targets = new Set<string>();
  const visit = ({ type, to, calls = [] }: CallFrame) => {
    targets.add(`${type} ${to === undefined ? "nobody" : getAddress(to)}`);
    calls.forEach(visit);
  };
  visit(await traceCallFrame(chain, txHash));
  return targets;
}
