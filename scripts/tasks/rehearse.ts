import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

import { LOCAL, UNSET } from "../../harness/rehearsal/fork/forkOptions.ts";
import { DEFAULT_OPTIONS, MAX_SLOTS, MIN_COMMITTEE, VALIDATORS } from "../../harness/rehearsal/rehearsalOptions.ts";

/** `npx hardhat rehearse` */
export const rehearseTask = task(
  "rehearse",
  "Rehearses the upgrade, on an embedded chain or on a fork: v4, governance, late checkpoints, proof, settlement, claims",
)
  .addOption({
    name: "fork",
    description: `RPC of the network to fork, or ${LOCAL} for a source that is started for the purpose; default an embedded chain`,
    defaultValue: "",
  })
  .addOption({
    name: "registry",
    description: "Address of the network's Registry, from which everything else is found",
    defaultValue: "",
  })
  .addOption({
    name: "block",
    description: "Block to fork at; default the source's latest",
    type: ArgumentType.INT,
    defaultValue: UNSET,
  })
  .addOption({
    name: "chain",
    description: "Chain that the RPC must be of; default whichever it is of",
    type: ArgumentType.INT,
    defaultValue: UNSET,
  })
  .addOption({
    name: "freeze",
    description: "File to write everything to that was read from the source",
    defaultValue: "",
  })
  .addOption({
    name: "frozen",
    description: "File that --freeze has written: the rehearsal is repeated from it, without a request",
    defaultValue: "",
  })
  .addFlag({
    name: "otherVersion",
    description: "Go on although the canonical rollup is of another upstream version",
  })
  .addOption({
    name: "seed",
    description: "Decides every key, content and prevrandao: the same seed is the same run",
    defaultValue: DEFAULT_OPTIONS.seed,
  })
  .addOption({
    name: "slots",
    description: `On-time slots before the late ones, 1 to ${MAX_SLOTS}`,
    type: ArgumentType.INT,
    defaultValue: DEFAULT_OPTIONS.slots,
  })
  .addOption({
    name: "committee",
    description: `Committee members per epoch, ${MIN_COMMITTEE} to ${VALIDATORS}`,
    type: ArgumentType.INT,
    defaultValue: DEFAULT_OPTIONS.committee,
  })
  .addOption({
    name: "terms",
    description: "What the window is opened with: firstBps,submitterBps,burnBps,windowSeconds[,crossEpoch]",
    defaultValue: DEFAULT_OPTIONS.terms,
  })
  .addOption({
    name: "out",
    description:
      "Folder for rehearsal.json and rehearsal.md; default evidence, or with other options a folder under tmp",
    defaultValue: "",
  })
  .setAction(() => import("./rehearseAction.ts"))
  .build();
