import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Copies what git knows of the project, and what it would take, to a folder in which a check may change sources. The
 * packages are shared with the project.
 * @param root The project's root
 * @param tree The copy's root, made if there is none
 * @param config Name and text of the Hardhat configuration that the check uses there, next to the project's own
 */
export function copyProject(
  root: string,
  tree: string,
  config: { readonly name: string; readonly text: string },
): void {
  mkdirSync(tree, { recursive: true });
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of files.toString().trim().split("\n")) {
    const from = path.join(root, file);
    if (existsSync(from)) cpSync(from, path.join(tree, file), { recursive: true });
  }
  symlinkSync(path.join(root, "node_modules"), path.join(tree, "node_modules"));
  writeFileSync(path.join(tree, config.name), config.text);
}
