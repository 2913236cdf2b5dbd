import { encodeAbiParameters, hexToBigInt, keccak256, toHex, type Hex, type StateOverride } from "viem";

import { RollupAbi } from "../upstream/abis.ts";
import { RollupContract } from "../upstream/contracts.ts";
import type { CheckpointTip } from "./checkpointTip.ts";
import type { FeeHeader } from "./feeHeader.ts";
import type { RollupView } from "./rollupView.ts";

// Upstream's `RollupStore` behind `STF_STORAGE_POSITION`: tips (pending in the high half), archives by number, logs by number
// modulo the ring's size; of a log's seven words a header check reads the slot and the fee header.
const ARCHIVES = 1n;
const TEMP_LOGS = 2n;
const LOG_SLOT_WORD = 5n;
const LOG_FEE_HEADER_WORD = 6n;

/**
 * State in which `tip` is the pending tip, although it (and ancestors of it) may not have landed: for calls that ask L1 what
 * it would say of a child. Upstream's nodes do the same with the number alone (`makePendingCheckpointNumberOverride`).
 */
export async function overrideTip({ chain, rollup }: RollupView, tip: CheckpointTip): Promise<StateOverride> {
  const { address, timing } = rollup;
  const { pending, proven } = await chain.publicClient.readContract({
    address,
    abi: RollupAbi,
    functionName: "getTips",
  });
  const ringSize = timing.epochSlots * (timing.proofSubmissionEpochs + 1n) + 1n;
  const store = hexToBigInt(RollupContract.stfStorageSlot);
  const words = new Map<bigint, bigint>([[store, (tip.number << 128n) | proven]]);
  // The tip, and below it whatever L1 has not reached yet.
  for (let built = tip; built.parent !== undefined; built = built.parent) {
    const log = mappingSlot(built.number % ringSize, store + TEMP_LOGS);
    words.set(mappingSlot(built.number, store + ARCHIVES), hexToBigInt(built.archive));
    words.set(log + LOG_SLOT_WORD, built.slot);
    words.set(log + LOG_FEE_HEADER_WORD, compressFeeHeader(built.feeHeader));
    if (built.parent.number <= pending) break;
  }
  const word = (value: bigint): Hex => toHex(value, { size: 32 });
  return [{ address, stateDiff: [...words].map(([slot, value]) => ({ slot: word(slot), value: word(value) })) }];
}

function mappingSlot(key: bigint, position: bigint): bigint {
  return hexToBigInt(keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [key, position])));
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
