/** Every case that can be measured, in the order of the report, and how the ids of its rows begin. */
export const CASE_IDS = {
  propose: "propose",
  "aged chain": "proposeAged",
  "on-time bundle": "onTimeBundle",
  "setup epoch": "setupEpoch",
  "epoch proof": "epochProof",
  claim: "claim",
  prune: "prune",
  late: "late",
  "late bundle": "lateBundle",
  "late duplicate": "lateDuplicate",
  settlement: "settlement",
  penalize: "penalize",
  "duplicate in the same block": "duplicateInSameBlock",
  "duplicate one block later": "duplicateOneBlockLater",
  "stale slot": "staleSlot",
  "missing parent": "missingParent",
  "window closed": "windowClosed",
  "future slot": "futureSlot",
  "wrong archive": "wrongArchive",
  "bad proposer signature": "badProposerSignature",
  "floor designs": "floorDesign",
  storage: "storage",
} as const;

export type CaseName = keyof typeof CASE_IDS;

export const CASE_NAMES = Object.keys(CASE_IDS) as readonly CaseName[];
