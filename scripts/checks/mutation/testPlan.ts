/** Which tests can kill a mutant of a file, cheapest first, and what they need compiled anew. */
export interface TestPlan {
  readonly file: string;
  /** Solidity unit tests. */
  readonly solidity: readonly string[];
  /** Tests against a chain. */
  readonly mocha: readonly string[];
  /** Sources of the contracts that the tests against a chain deploy and that carry the file's code. */
  readonly deployed: readonly string[];
}

const LIBRARIES = "contracts/libraries";
const OPERATIONS = `${LIBRARIES}/BuildAheadOperationsExtLib.sol`;
const SETTLEMENT_LIBRARY = `${LIBRARIES}/LateSettlementExtLib.sol`;
const LATE = `${LIBRARIES}/LateSubmissionExtLib.sol`;
const ROLLUP = "contracts/BuildAheadRollup.sol";
const HARNESSES = "contracts/test/unit";
const PENALTIES = "contracts/penalties";
const BENCH = "contracts/bench";

const HANDED_ON = "test/contracts/libraries/operationsLibrary.test.ts";
const BAD_INPUT = "test/contracts/rollup/badInput.test.ts";
const ATTESTATIONS = "test/contracts/rollup/attestations.test.ts";
const HATCH = "test/contracts/rollup/escapeHatch.test.ts";
const WINDOW = "test/contracts/rollup/window.test.ts";
const EPOCHS = "test/contracts/rollup/epochBoundary.test.ts";
const LANDING = "test/contracts/rollup/lateLanding.test.ts";
const NEUTRALITY = "test/harness/differential/neutralityEpoch.test.ts";
const EQUIVALENCE = "test/contracts/properties/equivalence.test.ts";
const SETTLEMENT = "test/harness/accounting/auditProof.test.ts";

const STRIKES_SOL = `test/${PENALTIES}/LateStrikeLedger.t.sol`;
const STRIKES = "test/contracts/penalties/LateStrikeLedger.test.ts";
const SLASHING = "test/contracts/penalties/slashing.test.ts";

const SLASHING_CONTRACTS = ["LateSlashRegistry", "LateSlashingHook", "LateSlashProposal", "LateSlashPayload"];

/** Of every file of ours that has code. */
export const testPlans: readonly TestPlan[] = [
  {
    file: `${LIBRARIES}/LateSplitLib.sol`,
    solidity: [`test/${LIBRARIES}/LateSplitLib.t.sol`],
    mocha: [],
    deployed: [],
  },
  {
    file: `${LIBRARIES}/SubmissionWindowLib.sol`,
    solidity: [`test/${LIBRARIES}/SubmissionWindowLib.t.sol`],
    mocha: [],
    deployed: [],
  },
  {
    file: `${LIBRARIES}/LateSubmissionLib.sol`,
    solidity: [`test/${LIBRARIES}/LateSubmissionLib.t.sol`],
    mocha: [
      "test/contracts/libraries/storageNamespace.test.ts",
      "test/contracts/libraries/lateRecipient.test.ts",
      EPOCHS,
    ],
    deployed: [`${HARNESSES}/LateSubmissionLib__Harness.sol`, LATE, OPERATIONS, ROLLUP],
  },
  {
    file: `${LIBRARIES}/LateAuthorisationLib.sol`,
    solidity: [
      `test/${LIBRARIES}/LateAuthorisationLib.requireOpen.t.sol`,
      `test/${LIBRARIES}/LateAuthorisationLib.setUpEpoch.t.sol`,
      `test/${LIBRARIES}/LateAuthorisationLib.verifyQuorum.t.sol`,
    ],
    mocha: [ATTESTATIONS, EPOCHS],
    deployed: [LATE],
  },
  {
    file: `${LIBRARIES}/LateRewardLib.sol`,
    solidity: [`test/${LIBRARIES}/LateRewardLib.t.sol`],
    mocha: [SETTLEMENT, EPOCHS],
    deployed: [SETTLEMENT_LIBRARY, OPERATIONS],
  },
  {
    file: SETTLEMENT_LIBRARY,
    solidity: [],
    mocha: [SETTLEMENT],
    deployed: [SETTLEMENT_LIBRARY, OPERATIONS],
  },
  {
    file: `${LIBRARIES}/PackedAttestationsLib.sol`,
    solidity: [
      `test/${LIBRARIES}/PackedAttestationsLib.t.sol`,
      `test/${LIBRARIES}/ProposerLib.t.sol`,
      `test/${LIBRARIES}/LateAuthorisationLib.verifyQuorum.t.sol`,
    ],
    mocha: [ATTESTATIONS],
    deployed: [LATE, OPERATIONS],
  },
  {
    file: `${LIBRARIES}/ProposerLib.sol`,
    solidity: [`test/${LIBRARIES}/ProposerLib.t.sol`],
    mocha: [BAD_INPUT],
    deployed: [OPERATIONS],
  },
  {
    file: `${LIBRARIES}/CheckpointDigestLib.sol`,
    solidity: [`test/${LIBRARIES}/ProposerLib.t.sol`],
    mocha: ["test/contracts/rollup/rescue.test.ts", EQUIVALENCE],
    deployed: [LATE, OPERATIONS],
  },
  {
    file: `${LIBRARIES}/SampleSeedLib.sol`,
    solidity: [`test/${LIBRARIES}/ProposerLib.t.sol`],
    mocha: ["test/contracts/properties/equivalenceSeeds.test.ts"],
    deployed: [LATE, OPERATIONS],
  },
  {
    file: `${LIBRARIES}/LowestBitLib.sol`,
    solidity: [`test/${LIBRARIES}/LowestBitLib.t.sol`, `test/${LIBRARIES}/LateRewardLib.t.sol`],
    mocha: [],
    deployed: [SETTLEMENT_LIBRARY],
  },
  {
    file: `${LIBRARIES}/RawCallLib.sol`,
    solidity: [`test/${LIBRARIES}/RawCallLib.t.sol`],
    mocha: ["test/contracts/libraries/operationsLibrary.test.ts"],
    deployed: [OPERATIONS, ROLLUP],
  },
  {
    file: `${LIBRARIES}/ProposalChecksLib.sol`,
    solidity: [`test/${LIBRARIES}/ProposalChecksLib.t.sol`],
    mocha: [BAD_INPUT],
    deployed: [LATE, OPERATIONS],
  },
  {
    file: `${LIBRARIES}/ProposeLib.sol`,
    solidity: [],
    mocha: [BAD_INPUT, NEUTRALITY, LANDING, EQUIVALENCE, HATCH, EPOCHS, ATTESTATIONS],
    deployed: [OPERATIONS],
  },
  { file: LATE, solidity: [], mocha: [BAD_INPUT, LANDING, WINDOW, EPOCHS, ATTESTATIONS], deployed: [LATE] },
  { file: OPERATIONS, solidity: [], mocha: [HANDED_ON, BAD_INPUT, EPOCHS], deployed: [OPERATIONS] },
  { file: ROLLUP, solidity: [], mocha: [BAD_INPUT, LANDING], deployed: [ROLLUP] },
  { file: `${PENALTIES}/StrikeWordLib.sol`, solidity: [STRIKES_SOL], mocha: [], deployed: [] },
  {
    file: `${PENALTIES}/LatePenaltyController.sol`,
    solidity: [`test/${PENALTIES}/LatePenaltyController.t.sol`],
    mocha: [],
    deployed: [],
  },
  {
    file: `${PENALTIES}/LateStrikeLedger.sol`,
    solidity: [STRIKES_SOL],
    mocha: [STRIKES],
    deployed: [`${PENALTIES}/LateStrikeLedger.sol`],
  },
  { file: `${PENALTIES}/LateSlashRegistry.sol`, solidity: slashingTests("LateSlashRegistry"), mocha: [], deployed: [] },
  {
    file: `${PENALTIES}/LateSlashingHook.sol`,
    solidity: slashingTests("LateSlashingHook"),
    mocha: [SLASHING],
    deployed: [`${PENALTIES}/LateSlashingHook.sol`],
  },
  { file: `${PENALTIES}/LateSlashProposal.sol`, solidity: slashingTests("LateSlashProposal"), mocha: [], deployed: [] },
  { file: `${PENALTIES}/LateSlashPayload.sol`, solidity: slashingTests("LateSlashPayload"), mocha: [], deployed: [] },
  {
    file: "contracts/upgrade/FixedActionsPayload.sol",
    solidity: ["test/contracts/upgrade/FixedActionsPayload.t.sol"],
    mocha: [],
    deployed: [],
  },
  {
    file: `${BENCH}/CompactProposer.sol`,
    solidity: [],
    mocha: ["test/harness/bench/compactProposer.test.ts"],
    deployed: [`${BENCH}/CompactProposer.sol`],
  },
  {
    file: `${BENCH}/GuardedBundler.sol`,
    solidity: [],
    mocha: ["test/harness/bench/guardedBundler.test.ts"],
    deployed: [`${BENCH}/GuardedBundler.sol`],
  },
];

/** Hook, payloads and registry work on one slash, and a mutant of one may only show in the tests of another: its own first. */
function slashingTests(contract: string): string[] {
  const others = SLASHING_CONTRACTS.filter((name) => name !== contract);
  return [contract, "LateSlashLimits", ...others].map((name) => `test/${PENALTIES}/${name}.t.sol`);
}
