import { readdir } from "node:fs/promises";
import path from "node:path";

import { BuildAheadError } from "../errors.ts";
import type { SimulatedScenario } from "../stage/simulatedScenario.ts";

/** A scenario under its name. */
export interface NamedScenario extends SimulatedScenario {
  /** Its file's, in words with dashes. */
  readonly name: string;
}

/** There is no scenario of that name, or it exports none. */
export class UnknownScenarioError extends BuildAheadError {}

const FOLDER = path.resolve(import.meta.dirname, "simulated");

/**
 * The simulated scenarios, by name: every file of the folder is one, and nothing else has to know of it.
 * @param only Names; default all
 * @throws UnknownScenarioError
 */
export async function findSimulatedScenarios(only?: readonly string[]): Promise<readonly NamedScenario[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith(".ts")).sort();
  const names = files.map((file) => toDashes(path.basename(file, ".ts")));
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UnknownScenarioError(`There is no scenario "${unknown}": --list names them all`);
  }
  const chosen = files.filter((_, index) => only?.includes(names[index] as string) ?? true);
  return Promise.all(chosen.map(load));
}

async function load(file: string): Promise<NamedScenario> {
  const module = (await import(path.join(FOLDER, file))) as { readonly default?: SimulatedScenario };
  if (module.default === undefined) {
    throw new UnknownScenarioError("A scenario is what its file exports by default", { fields: { file } });
  }
  return { ...module.default, name: toDashes(path.basename(file, ".ts")) };
}

function toDashes(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
