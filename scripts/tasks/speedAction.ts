import { execFile, execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import {
  SPEED_PARTS,
  type EpochSpeed,
  type ScenariosSpeed,
  type SpeedPart,
  type StageSpeed,
} from "../../harness/bench/speed/speedRecord.ts";
import type { ModelSpeed } from "../../harness/differential/ledger/benchModel.ts";
import { BuildAheadError } from "../../harness/errors.ts";
import type { Machine, SpeedEvidence } from "../../harness/report/renderSpeed.ts";
import { chooseEvidenceFolder, openEvidenceFolder } from "./evidenceFolder.ts";
import { runAction } from "./runAction.ts";

interface SpeedArguments {
  readonly part: string;
  readonly out: string;
}

type Measured = EpochSpeed | ScenariosSpeed | StageSpeed | readonly ModelSpeed[];

/** There is no such part to measure, or measuring it failed. */
class SpeedPartError extends BuildAheadError {}

/** Marks the line with the result among what a process prints. */
const RESULT = "speed: ";
const MODEL_MARKS = [1_000, 10_000];
const now = () => performance.now();

export default function speedAction({ part, out }: SpeedArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  return runAction(async () => {
    if (part !== "") {
      const known = SPEED_PARTS.find((name) => name === part);
      if (known === undefined) {
        throw new SpeedPartError(`--part ${part}: expected ${SPEED_PARTS.join(", ")}`);
      }
      await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
      console.log(`${RESULT}${JSON.stringify(await measurePart(hre, known))}`);
      return;
    }
    const name = chooseEvidenceFolder({ task: "speed", out, variations: [] });
    const folder = await openEvidenceFolder(hre.config.paths.root, name);
    const machine = describeMachine(hre.config.paths.root);
    console.log("Compiling (about a minute the first time) ...");
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    const { renderSpeed } = await import("../../harness/report/renderSpeed.ts");
    const stages: StageSpeed[] = [];
    const epoch = (await measureElsewhere("epoch")) as EpochSpeed;
    const scenarios = (await measureElsewhere("scenarios")) as ScenariosSpeed;
    for (const each of ["chain-100", "chain-1000", "model-100", "model-1000"] as const) {
      stages.push((await measureElsewhere(each)) as StageSpeed);
    }
    const ledger = (await measureElsewhere("ledger")) as readonly ModelSpeed[];
    const evidence: SpeedEvidence = { machine, epoch, scenarios, stages, ledger };
    const document = renderSpeed(evidence);
    await writeFile(path.join(folder, "speed.json"), `${JSON.stringify(evidence, undefined, 2)}\n`);
    await writeFile(path.join(folder, "speed.md"), document);
    console.log(`\n${document}\nWrote ${path.join(name, "speed.json")} and speed.md.`);
  });
}

/** In this process, after the build: whatever takes an ABI from it while it loads has to find this one. */
async function measurePart(hre: HardhatRuntimeEnvironment, part: SpeedPart): Promise<Measured> {
  switch (part) {
    case "epoch": {
      const { measureEpoch } = await import("../../harness/bench/speed/measureEpoch.ts");
      return measureEpoch(hre, now);
    }
    case "scenarios": {
      const { measureScenarios } = await import("../../harness/bench/speed/measureScenarios.ts");
      return measureScenarios(hre, now);
    }
    case "ledger": {
      const { benchModel } = await import("../../harness/differential/ledger/benchModel.ts");
      return benchModel(MODEL_MARKS, now);
    }
    default: {
      const { measureStage } = await import("../../harness/bench/speed/measureStage.ts");
      const [ledger, slots] = part.split("-") as ["chain" | "model", string];
      return measureStage(hre, ledger, Number(slots), now);
    }
  }
}

/** In a process of its own, so that neither memory nor warm code is somebody else's. */
async function measureElsewhere(part: SpeedPart): Promise<Measured> {
  console.log(`  ${part} ...`);
  const [, hardhat = ""] = process.argv;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      hardhat,
      "--no-typechain",
      "speed",
      "--part",
      part,
    ]);
    const line = stdout.split("\n").find((text) => text.startsWith(RESULT)) ?? "";
    return JSON.parse(line.slice(RESULT.length)) as Measured;
  } catch (cause) {
    const { stderr = "" } = cause as { readonly stderr?: string };
    throw new SpeedPartError(`Measuring ${part} failed: run it with --part. ${stderr.split("\n")[0]}`, { cause });
  }
}

function describeMachine(root: string): Machine {
  const commit = execFileSync("git", ["log", "-1", "--format=%H", "--", "contracts", "harness"], { cwd: root });
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    node: process.versions.node,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    commit: commit.toString().trim(),
  };
}
