import {
  encodeFunctionData,
  isAddressEqual,
  maxUint256,
  multicall3Abi,
  padHex,
  toHex,
  zeroAddress,
  type Address,
  type Hex,
} from "viem";

import { EscapeHatchAbi } from "@aztec/l1-artifacts/EscapeHatchAbi";
import { GovernanceProposerAbi } from "@aztec/l1-artifacts/GovernanceProposerAbi";
import { InboxAbi } from "@aztec/l1-artifacts/InboxAbi";
import { RollupAbi } from "@aztec/l1-artifacts/RollupAbi";

import { governanceSignalCall, slashingVoteCall, type BundledCall } from "../actors/publisher.ts";
import { withExtraBytes, withFlippedBit } from "../consensus/malformedAttestations.ts";
import { buildEpochProof, type EpochProofArgs } from "../consensus/epochProof.ts";
import type { L1TransactionRequest } from "../l1/l1Transaction.ts";
import { epochOfSlot } from "../network/rollupReads.ts";
import type { FuzzWorld } from "./fuzzWorld.ts";
import { plainPlan, type LandedCheckpoint, type Plan, type PlannedCall } from "./plan.ts";
import {
  badIndex,
  draftProposal,
  finishProposal,
  PREVIOUS_SLOT,
  PROPOSAL_FAULTS,
  validationCalldata,
  type Proposal,
  type ProposalFault,
} from "./proposalDraft.ts";

/** Plans a transaction, or nothing when the world has no use for it. */
export type FuzzAction = (world: FuzzWorld) => Promise<Plan | undefined>;

/** What a random step may do, by weight. */
export const FUZZ_ACTIONS: readonly (readonly [weight: number, action: FuzzAction])[] = [
  [27, proposeOnTime],
  [22, proposeFaulty],
  [4, proposeAgain],
  [6, validateHeader],
  [10, proveEpoch],
  [6, proveFaulty],
  [3, prune],
  [6, invalidate],
  [3, updateOracle],
  [6, configure],
  [5, claim],
  [4, sendMessage],
  [4, setUpSeeds],
  [6, tendHatch],
  [2, signalDirectly],
  [2, slash],
];

function toRollup(world: FuzzWorld, from: L1TransactionRequest["from"], data: Hex): L1TransactionRequest {
  return { from, to: world.rollup.address, data, gas: 12_000_000n };
}

const contractOf = ({ rollup }: FuzzWorld) => ({ address: rollup.address, abi: RollupAbi }) as const;

const readManaTarget = (world: FuzzWorld): Promise<bigint> =>
  world.twin.chain.publicClient.readContract({ ...contractOf(world), functionName: "getManaTarget" });

// ---- proposals ----

async function proposeOnTime(world: FuzzWorld): Promise<Plan | undefined> {
  if (world.tip.slot >= world.slot) return undefined;
  const proposal = await finishProposal(world, draftProposal(world, await readManaTarget(world)));
  return planProposal(world, "propose", proposal, world.dice.chance(25));
}

async function proposeFaulty(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice } = world;
  const draft = draftProposal(world, await readManaTarget(world));
  const names: string[] = [];
  for (let left = dice.chance(30) ? 2 : 1; left > 0; left--) {
    const [name, apply] = pickFault(world);
    apply(draft, world);
    names.push(name);
  }
  const proposal = await finishProposal(world, draft);
  return planProposal(world, `propose with ${names.join(" and ")}`, proposal, dice.chance(15));
}

/** Any fault; the one that a window gives other errors to comes more often. */
function pickFault({ dice }: FuzzWorld): ProposalFault {
  return dice.chance(10) ? PREVIOUS_SLOT : dice.pick(PROPOSAL_FAULTS);
}

/** The duplicate: what has landed is sent once more, by somebody else. */
async function proposeAgain(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice, tip } = world;
  const lands = world.landed.get(dice.chance(70) ? tip.number : tip.number - 1n);
  if (lands === undefined) return undefined;
  const { checkpoint } = lands;
  const { lastArchiveRoot, slotNumber } = checkpoint.proposeArgs.header;
  const proposal: Proposal = {
    lands,
    facts: { slot: slotNumber, lastArchive: lastArchiveRoot, hasBlobInput: true },
    calldata: checkpoint.proposeCalldata,
    carried: dice.chance(50) ? checkpoint : undefined,
    from: world.stranger,
  };
  return planProposal(world, "propose again", proposal, false);
}

async function planProposal(world: FuzzWorld, label: string, proposal: Proposal, isBundle: boolean): Promise<Plan> {
  const { twin, pool, rollup, dice } = world;
  const { calldata, carried, from, facts, lands } = proposal;
  const sidecars = carried === undefined ? {} : { sidecars: pool.sidecars(carried, twin.chain) };
  const call: PlannedCall = { kind: "propose", facts, lands };
  if (!isBundle) {
    const request = { ...toRollup(world, from, calldata), to: rollup.address, ...sidecars };
    return { label, request, calls: [call], isBundle };
  }
  const propose: BundledCall = { target: rollup.address, callData: calldata, allowFailure: !dice.chance(10) };
  const before = dice.chance(30) ? await slotWork(world) : [];
  // Twice in one bundle: the second is the duplicate.
  const again = dice.chance(20) ? [propose] : [];
  const after = await slotWork(world);
  const args = [...before, propose, ...again, ...after];
  const { multicall3 } = twin.upstream.contracts;
  const data = encodeFunctionData({ abi: multicall3Abi, functionName: "aggregate3", args: [args] });
  return {
    label: `bundled ${label}`,
    request: { ...toRollup(world, from, data), to: multicall3, ...sidecars },
    calls: args.map((entry) => (entry === propose ? call : { kind: "other" })),
    isBundle,
  };
}

/** What a publisher bundles with a proposal: governance signal, slashing vote; and now and then somebody's errand. */
async function slotWork(world: FuzzWorld): Promise<readonly BundledCall[]> {
  const { dice, twin, slot, rollup } = world;
  const { proposer, members } = await world.committee(slot);
  const work: BundledCall[] = [];
  if (dice.chance(60)) {
    const payload = dice.pick([twin.upstream.contracts.registry, twin.upstream.contracts.gse]);
    work.push(await governanceSignalCall(twin.upstream, proposer, slot, payload));
  }
  if (dice.chance(60)) {
    const { slashingRoundSize, aztecEpochDuration } = rollup.config;
    const bytes = (members.length * Number(slashingRoundSize / aztecEpochDuration)) / 4;
    const votes = toHex(dice.below(2 ** (8 * bytes)), { size: bytes });
    const contract = { ...contractOf(world), functionName: "getSlasher" } as const;
    if (isAddressEqual(await twin.chain.publicClient.readContract(contract), rollup.slasher)) {
      work.push(await slashingVoteCall(world.view, proposer, slot, votes));
    }
  }
  if (dice.chance(30)) {
    const functionName = dice.pick(["prune", "setupEpoch", "checkpointRandao", "updateL1GasFeeOracle"] as const);
    const callData = encodeFunctionData({ abi: RollupAbi, functionName });
    work.push({ target: rollup.address, callData, allowFailure: true });
  }
  return work;
}

async function validateHeader(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice } = world;
  const draft = draftProposal(world, await readManaTarget(world));
  const names: string[] = [];
  if (dice.chance(50)) {
    const [name, apply] = pickFault(world);
    apply(draft, world);
    names.push(name);
  }
  const proposal = await finishProposal(world, draft);
  const data = validationCalldata(proposal, dice.chance(70), dice.chance(50));
  return {
    label: ["validate", ...names].join(" with "),
    request: toRollup(world, proposal.from, data),
    calls: [{ kind: "validate", facts: proposal.facts }],
    isBundle: false,
  };
}

// ---- proofs ----

/** A run from the start of an epoch: mostly of the oldest unproven one, sometimes of one that has proofs already. */
function chooseRun(world: FuzzWorld): readonly LandedCheckpoint[] {
  const { dice, landed, proven, tip } = world;
  const next = landed.get(proven + 1n);
  const last = landed.get(proven);
  const target =
    dice.chance(75) && tip.number > proven ? next : dice.chance(70) ? last : dice.pick([...landed.values()]);
  if (target === undefined) return [];
  const run = world.chainOf(target.checkpoint.epoch);
  const length = dice.chance(60) ? run.length : 1 + dice.below(Math.max(run.length, 1));
  return run.slice(0, length);
}

async function proofArgs(world: FuzzWorld): Promise<EpochProofArgs | undefined> {
  const { dice, landed } = world;
  if (landed.size === 0) return undefined;
  const checkpoints = chooseRun(world).map(({ checkpoint }) => checkpoint);
  if (checkpoints.length === 0) return undefined;
  const tips = dice.chance(50);
  const { args } = await buildEpochProof({
    checkpoints,
    prover: dice.pick(world.provers).address,
    blobInputs: await world.pool.open(checkpoints),
    fee: ({ header }) => ({
      recipient: header.coinbase.toString(),
      value: header.totalManaUsed.toBigInt() * (header.gasFees.feePerL2Gas + (tips ? BigInt(dice.below(1000)) : 0n)),
    }),
  });
  return args;
}

function planProof(world: FuzzWorld, label: string, args: EpochProofArgs): Plan {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "submitEpochRootProof", args: [args] });
  return plainPlan(label, toRollup(world, world.dice.pick(world.provers), data));
}

async function proveEpoch(world: FuzzWorld): Promise<Plan | undefined> {
  const args = await proofArgs(world);
  return args === undefined ? undefined : planProof(world, "prove", args);
}

type ProofFault = readonly [name: string, apply: (args: EpochProofArgs, world: FuzzWorld) => EpochProofArgs];

const PROOF_FAULTS: readonly ProofFault[] = [
  ["wrong-previous-archive", (args, { dice }) => ({ ...args, args: { ...args.args, previousArchive: dice.field() } })],
  ["wrong-end-archive", (args, { dice }) => ({ ...args, args: { ...args.args, endArchive: dice.field() } })],
  ["wrong-out-hash", (args, { dice }) => ({ ...args, args: { ...args.args, outHash: dice.field() } })],
  ["later-start", (args) => ({ ...args, start: args.start + 1n })],
  ["earlier-start", (args) => ({ ...args, start: args.start - 1n })],
  ["start-after-end", (args) => ({ ...args, start: args.end + 1n })],
  ["later-end", (args) => ({ ...args, end: args.end + 1n })],
  ["end-beyond-chain", (args, { dice }) => ({ ...args, end: dice.pick([maxUint256, args.end + 100n]) })],
  ["start-beyond-chain", (args) => ({ ...args, start: maxUint256 })],
  ["ancient-end", (args) => ({ ...args, start: 1n, end: 1n })],
  [
    "other-attestations",
    (args, { dice, rollup }) => {
      const form = { attestations: args.attestations, signers: [] };
      const size = Number(rollup.config.targetCommitteeSize);
      const changed = dice.chance(50)
        ? withExtraBytes(form, "signaturesOrAddresses")
        : withFlippedBit(form, dice.below(size));
      return { ...args, attestations: changed.attestations };
    },
  ],
  ["garbled-blobs", (args) => ({ ...args, blobInputs: `0x${args.blobInputs.slice(2, -2)}00` })],
  ["no-blobs", (args) => ({ ...args, blobInputs: "0x" })],
  ["no-fees", (args) => ({ ...args, fees: args.fees.map(() => padHex("0x", { size: 32 })) })],
  ["few-fees", (args) => ({ ...args, fees: args.fees.slice(0, 1) })],
];

async function proveFaulty(world: FuzzWorld): Promise<Plan | undefined> {
  const args = await proofArgs(world);
  if (args === undefined) return undefined;
  const [name, apply] = world.dice.pick(PROOF_FAULTS);
  return planProof(world, `prove with ${name}`, apply(args, world));
}

async function prune(world: FuzzWorld): Promise<Plan> {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "prune" });
  return plainPlan("prune", toRollup(world, world.stranger, data));
}

/** Invalidates a checkpoint for what is wrong with it, or for something that is not. */
async function invalidate(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice, landed, tip, proven } = world;
  const known = [...landed.values()].filter(({ checkpoint }) => checkpoint.number <= tip.number);
  const flawed = known.filter(({ checkpoint, flaw }) => flaw !== "none" && checkpoint.number > proven);
  const pool = flawed.length > 0 && dice.chance(80) ? flawed : known;
  if (pool.length === 0) return undefined;
  const target = dice.pick(pool);
  const { checkpoint, committee, flaw } = target;
  const members = committee.members.map(({ address }) => address);
  const asInsufficient = flaw === "none" ? dice.chance(50) : (flaw === "insufficient") !== dice.chance(15);
  const number = dice.chance(95) ? checkpoint.number : tip.number + 1n;
  const data = asInsufficient
    ? encodeFunctionData({
        abi: RollupAbi,
        functionName: "invalidateInsufficientAttestations",
        args: [number, checkpoint.attestations, members],
      })
    : encodeFunctionData({
        abi: RollupAbi,
        functionName: "invalidateBadAttestation",
        args: [
          number,
          checkpoint.attestations,
          members,
          BigInt(flaw === "bad-signature" ? badIndex(target) : dice.below(members.length + 1)),
        ],
      });
  const label = asInsufficient ? "invalidate for too few attestations" : "invalidate for a bad attestation";
  return plainPlan(label, toRollup(world, world.stranger, data));
}

// ---- everything else that a rollup sees ----

async function updateOracle(world: FuzzWorld): Promise<Plan> {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateL1GasFeeOracle" });
  const gwei = 10n ** 9n;
  const baseFee = world.dice.between(1n, 100n) * gwei;
  return plainPlan("update the fee oracle", toRollup(world, world.stranger, data), baseFee);
}

async function configure(world: FuzzWorld): Promise<Plan> {
  const { dice, rollup, hatch, stranger, owner } = world;
  const from = dice.chance(90) ? owner : stranger;
  const manaTarget = await readManaTarget(world);
  const reward = await world.twin.chain.publicClient.readContract({
    ...contractOf(world),
    functionName: "getRewardConfig",
  });
  const encode = encodeFunctionData<typeof RollupAbi>;
  const [name, data] = dice.pickWeighted<readonly [string, () => Hex]>([
    [
      2,
      [
        "mana target",
        () => {
          // From ignition to transactions in one step: fees have no meaning at a target of some mana.
          const change = manaTarget === 0n ? 10n ** 8n : dice.pick([0n, 1n, manaTarget / 100n, -1n, 2n ** 32n]);
          return encode({ abi: RollupAbi, functionName: "updateManaTarget", args: [manaTarget + change] });
        },
      ],
    ],
    [
      2,
      [
        "proving cost",
        () => encode({ abi: RollupAbi, functionName: "setProvingCostPerMana", args: [dice.between(0n, 500n)] }),
      ],
    ],
    [
      3,
      [
        "rewards",
        () => {
          const sequencerBps = dice.pick([0, 7_000, 9_999, 10_000, 10_001]);
          const checkpointReward = dice.pick([0n, 1n, 333n, 500n * 10n ** 18n]);
          const config = { ...reward, sequencerBps, checkpointReward };
          return encode({ abi: RollupAbi, functionName: "setRewardConfig", args: [config] });
        },
      ],
    ],
    [
      2,
      ["claimability", () => encode({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [dice.chance(75)] })],
    ],
    [
      2,
      [
        "slasher",
        () => {
          const slasher = dice.chance(50) ? rollup.slasher : stranger.address;
          return encode({ abi: RollupAbi, functionName: "setSlasher", args: [slasher] });
        },
      ],
    ],
    [
      1,
      [
        "ejection threshold",
        () => {
          const threshold = dice.between(0n, 98n) * 10n ** 18n;
          return encode({ abi: RollupAbi, functionName: "setLocalEjectionThreshold", args: [threshold] });
        },
      ],
    ],
    [
      2,
      [
        "escape hatch",
        () => {
          const address = dice.chance(75) ? hatch : zeroAddress;
          return encode({ abi: RollupAbi, functionName: "updateEscapeHatch", args: [address] });
        },
      ],
    ],
  ]);
  return plainPlan(`configure ${name}`, toRollup(world, from, data()));
}

async function claim(world: FuzzWorld): Promise<Plan> {
  const { dice, epoch, provers, stranger, coinbases, twin } = world;
  if (dice.chance(50)) {
    const who = dice.chance(80) ? dice.pick(coinbases) : dice.pick(twin.validators).address;
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [who] });
    return plainPlan("claim a sequencer's rewards", toRollup(world, stranger, data));
  }
  // Epochs that accept proofs still refuse.
  const newest = epoch - (dice.chance(80) ? 2n : 1n);
  const epochs = [newest, newest - 1n, newest - 2n].slice(0, 1 + dice.below(3));
  const args = [dice.pick(provers).address, epochs] as const;
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "claimProverRewards", args });
  return plainPlan("claim a prover's rewards", toRollup(world, stranger, data));
}

async function sendMessage(world: FuzzWorld): Promise<Plan> {
  const { dice, rollup, stranger } = world;
  const version = BigInt(rollup.config.version) + (dice.chance(10) ? 1n : 0n);
  const recipient = { actor: dice.field(), version };
  const args = [recipient, dice.field(), dice.field()] as const;
  const data = encodeFunctionData({ abi: InboxAbi, functionName: "sendL2Message", args });
  return plainPlan("send a message", { from: stranger, to: rollup.inbox, data });
}

async function setUpSeeds(world: FuzzWorld): Promise<Plan> {
  const functionName = world.dice.pick(["setupEpoch", "checkpointRandao"] as const);
  const data = encodeFunctionData({ abi: RollupAbi, functionName });
  return plainPlan(functionName, toRollup(world, world.stranger, data));
}

/** Takes the next step of a candidate's life in the escape hatch. */
async function tendHatch(world: FuzzWorld): Promise<Plan> {
  const { dice, hatch, candidates, twin } = world;
  const encode = encodeFunctionData<typeof EscapeHatchAbi>;
  const select = () => encode({ abi: EscapeHatchAbi, functionName: "selectCandidates" });
  if (dice.chance(50)) return plainPlan("hatch: select", { from: world.stranger, to: hatch, data: select() });
  const from = dice.pick(candidates);
  const contract = { address: hatch, abi: EscapeHatchAbi } as const;
  const { status } = await twin.chain.publicClient.readContract({
    ...contract,
    functionName: "getCandidateInfo",
    args: [from.address],
  });
  // Upstream's `Status`: none, active, proposing, exiting.
  const [name, data] = [
    ["join", () => encode({ abi: EscapeHatchAbi, functionName: "joinCandidateSet" })] as const,
    [
      "exit",
      () => (dice.chance(20) ? encode({ abi: EscapeHatchAbi, functionName: "initiateExit" }) : select()),
    ] as const,
    [
      "validate",
      () =>
        encode({ abi: EscapeHatchAbi, functionName: "validateProofSubmission", args: [hatchOf(world, from.address)] }),
    ] as const,
    ["leave", () => encode({ abi: EscapeHatchAbi, functionName: "leaveCandidateSet" })] as const,
  ][status] ?? ["select", select];
  return plainPlan(`hatch: ${name}`, { from, to: hatch, data: data() });
}

/** The newest hatch for which a candidate was seen as proposer. */
function hatchOf(world: FuzzWorld, candidate: Address): bigint {
  const seen = world.hatchesSeen.filter(({ proposer }) => isAddressEqual(proposer, candidate));
  return seen.at(-1)?.hatch ?? 0n;
}

async function signalDirectly(world: FuzzWorld): Promise<Plan> {
  const { dice, slot, twin } = world;
  const { proposer } = await world.committee(slot);
  const { governanceProposer, registry } = twin.upstream.contracts;
  if (dice.chance(30)) {
    const round = slot / twin.upstream.config.governanceProposer.roundSize - 1n;
    const data = encodeFunctionData({ abi: GovernanceProposerAbi, functionName: "submitRoundWinner", args: [round] });
    return plainPlan("submit a round's winner", { from: world.stranger, to: governanceProposer, data });
  }
  const data = encodeFunctionData({ abi: GovernanceProposerAbi, functionName: "signal", args: [registry] });
  return plainPlan("signal", {
    from: dice.chance(85) ? proposer.account : world.stranger,
    to: governanceProposer,
    data,
  });
}

/** Slashes a dust of stake; the stranger is the slasher every now and then. */
async function slash(world: FuzzWorld): Promise<Plan> {
  const { dice, twin, stranger } = world;
  const args = [dice.pick(twin.validators).address, BigInt(dice.below(1000))] as const;
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "slash", args });
  return plainPlan("slash", toRollup(world, stranger, data));
}

/** A read-only call, for what the two rollups answer. */
export function randomRead(world: FuzzWorld): Hex {
  const { dice, tip, slot, epoch, timestamp, rollup } = world;
  const number = dice.pick([tip.number, tip.number - 1n, tip.number + 1n, 0n, maxUint256]);
  const when = timestamp + dice.pick([0n, 12n, 36n, -36n]);
  const who = dice.pick([...world.coinbases, dice.pick(world.twin.validators).address]);
  const prover = dice.pick(world.provers).address;
  const old = dice.pick([epoch, epoch - 1n, epoch - 2n]);
  const encode = encodeFunctionData<typeof RollupAbi>;
  return dice.pick<() => Hex>([
    () => encode({ abi: RollupAbi, functionName: "getCheckpoint", args: [number] }),
    () => encode({ abi: RollupAbi, functionName: "getTips" }),
    () => encode({ abi: RollupAbi, functionName: "status", args: [number] }),
    () => encode({ abi: RollupAbi, functionName: "canPruneAtTime", args: [when] }),
    () => encode({ abi: RollupAbi, functionName: "getManaMinFeeComponentsAt", args: [when, true] }),
    () => encode({ abi: RollupAbi, functionName: "canProposeAtTime", args: [when, tip.archive, who] }),
    () => encode({ abi: RollupAbi, functionName: "getEpochCommittee", args: [old] }),
    () => encode({ abi: RollupAbi, functionName: "getProposerAt", args: [when] }),
    () => encode({ abi: RollupAbi, functionName: "getSampleSeedAt", args: [when] }),
    () => encode({ abi: RollupAbi, functionName: "getSequencerRewards", args: [who] }),
    () => encode({ abi: RollupAbi, functionName: "getCollectiveProverRewardsForEpoch", args: [old] }),
    () => encode({ abi: RollupAbi, functionName: "getSpecificProverRewardsForEpoch", args: [old, prover] }),
    () => encode({ abi: RollupAbi, functionName: "getHasSubmitted", args: [old, 1n + BigInt(dice.below(4)), prover] }),
    () => encode({ abi: RollupAbi, functionName: "getL1FeesAt", args: [when] }),
    () => encode({ abi: RollupAbi, functionName: "getEscapeHatchForEpoch", args: [old] }),
    () => encode({ abi: RollupAbi, functionName: "validateBlobs", args: [world.pool.at(epoch, 0).blobInput] }),
    () =>
      encode({
        abi: RollupAbi,
        functionName: "validateBlobs",
        args: [dice.pick<Hex>(["0x", "0x00", "0x01", "0x0102"])],
      }),
    () =>
      encode({
        abi: RollupAbi,
        functionName: "getEpochProofPublicInputs",
        args: [
          number,
          tip.number,
          { previousArchive: tip.archive, endArchive: tip.archive, outHash: tip.archive, proverId: prover },
          Array.from({ length: dice.pick([96, 2]) }, () => tip.archive),
          toHex(new Uint8Array(192)),
        ],
      }),
    () => encode({ abi: RollupAbi, functionName: "getEpochAtSlot", args: [slot + epochOfSlot(rollup, slot)] }),
  ])();
}
