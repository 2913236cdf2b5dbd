import { encodeAbiParameters, encodeFunctionData, hexToBigInt, keccak256, type Address, type LocalAccount } from "viem";

import type { SlotCommittee } from "../../consensus/slotCommittee.ts";
import { BuildAheadError } from "../../errors.ts";
import type { L1Chain } from "../../l1/l1Chain.ts";
import type { Rollup } from "../../network/rollup.ts";
import { computeQuorum } from "../../protocol/quorum.ts";
import { committeeCommitmentWord, toWord } from "../../protocol/storageMap.ts";
import { epochAt, epochOfSlot, epochStart } from "../../protocol/time.ts";
import { RollupAbi } from "../../upstream/abis.ts";
import type { OverrideBook } from "./overrides.ts";

/** The rehearsal's own validators are too few for a committee. */
export class CommitteeTooSmallError extends BuildAheadError {}

const UNKNOWN_KEYS =
  "a live chain's validators do not sign for a rehearsal: the committee of each epoch that is driven is made of its own";

/**
 * Committees of validators whose keys are known, on a chain whose own validators are strangers. For each epoch that is driven, one
 * word of the rollup is written: the commitment to its committee. Seeds, proposers, quorums and signatures stay the rollup's business.
 */
export class OwnCommittee {
  readonly #chain: L1Chain;
  readonly #rollup: Rollup;
  readonly #members: readonly Address[];
  readonly #sender: LocalAccount;
  readonly #book: OverrideBook;
  readonly #seated = new Set<bigint>();

  /** @param sender Who sends what anybody may send */
  constructor(chain: L1Chain, rollup: Rollup, members: readonly Address[], sender: LocalAccount, book: OverrideBook) {
    const size = Number(rollup.committeeSize);
    if (members.length < size) {
      throw new CommitteeTooSmallError("There are fewer own validators than a committee has members", {
        fields: { validators: members.length, committee: size },
      });
    }
    this.#chain = chain;
    this.#rollup = rollup;
    this.#members = members.slice(0, size);
    this.#sender = sender;
    this.#book = book;
  }

  /** The committee of a slot, seated first if its epoch has not had it yet. */
  readonly of = async (slot: bigint): Promise<SlotCommittee> => {
    const epoch = epochOfSlot(this.#rollup.timing, slot);
    if (!this.#seated.has(epoch)) await this.#seat(epoch);
    const members = this.#members;
    const proposerIndex = Number((await this.#draw(epoch, slot)) % BigInt(members.length));
    const proposer = members[proposerIndex] as Address;
    return { slot, epoch, members, proposer, proposerIndex, quorum: computeQuorum(members.length) };
  };

  async #seat(epoch: bigint): Promise<void> {
    // The epoch is set up for real where it can be, so that randaos go on being collected: one second, no slot.
    const now = await this.#chain.now();
    if (epochAt(this.#rollup.timing, now) === epoch) {
      const data = encodeFunctionData({ abi: RollupAbi, functionName: "setupEpoch" });
      await this.#chain.execute(
        { from: this.#sender, to: this.#rollup.address, data },
        { timestamp: now + 1n, allowRevert: true },
      );
    }
    const commitment = keccak256(encodeAbiParameters([{ type: "address[]" }], [[...this.#members]]));
    await this.#book.because(UNKNOWN_KEYS, () =>
      this.#chain.setStorageAt(this.#rollup.address, toWord(committeeCommitmentWord(epoch)), commitment),
    );
    this.#seated.add(epoch);
  }

  /** Source: `ValidatorSelectionLib.computeProposerIndex`. */
  async #draw(epoch: bigint, slot: bigint): Promise<bigint> {
    const seed = await this.#chain.publicClient.readContract({
      address: this.#rollup.address,
      abi: RollupAbi,
      functionName: "getSampleSeedAt",
      args: [epochStart(this.#rollup.timing, epoch)],
    });
    const words = [{ type: "uint256" }, { type: "uint256" }, { type: "uint256" }] as const;
    return hexToBigInt(keccak256(encodeAbiParameters(words, [epoch, slot, seed])));
  }
}
