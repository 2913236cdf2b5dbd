import { hexToBigInt, type StateOverride } from "viem";

import { archiveWord, logWord, packTips, TIPS_WORD, toWord } from "../protocol/storageMap.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { CheckpointTip } from "./checkpointTip.ts";
import type { FeeHeader } from "../protocol/feeHeader.ts";
import type { RollupView } from "./rollupView.ts";

/**
 * State in which `tip` is the pending tip, although it (and ancestors of it) may not have landed: for calls that ask L1 what
 * it would say of a child. Upstream's nodes do the same with the number alone (`makePendingCheckpointNumberOverride`).
 */
export async function overrideTip({ chain, rollup }: RollupView, tip: CheckpointTip): Promise<StateOverride> {
  const { address } = rollup;
  const { pending, proven } = await chain.publicClient.readContract({
    address,
    abi: RollupAbi,
    functionName: "getTips",
  });
  const timing = rollup.timing;
  const words = new Map<bigint, bigint>([[TIPS_WORD, packTips(tip.number, proven)]]);
  // The tip, and below it whatever L1 has not reached yet.
  for (let built = tip; built.parent !== undefined; built = built.parent) {
    words.set(archiveWord(built.number), hexToBigInt(built.archive));
    // Of a log's words a header check reads these two.
    words.set(logWord(timing, built.number, "slot"), built.slot);
    words.set(logWord(timing, built.number, "feeHeader"), compressFeeHeader(built.feeHeader));
    if (built.parent.number <= pending) break;
  }
  return [{ address, stateDiff: [...words].map(([word, value]) => ({ slot: toWord(word), value: toWord(value) })) }];
}

/** Source: `FeeHeaderLib.compress`; the fields are within their caps already. */
function compressFeeHeader(header: FeeHeader): bigint {
  const { excessMana, manaUsed, ethPerFeeAsset, congestionCost, proverCost } = header;
  const preheated = 1n << 255n;
  return (
    preheated |
    (proverCost << 192n) |
    (congestionCost << 128n) |
    (ethPerFeeAsset << 80n) |
    (excessMana << 32n) |
    manaUsed
  );
}
