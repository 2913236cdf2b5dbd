import path from "node:path";

import type { SolidityHooks } from "hardhat/types/hooks";

import { L1_ARTIFACTS_PACKAGE, L1_ARTIFACTS_REMAPPINGS } from "./l1ArtifactsRemappings.ts";

export default async (): Promise<Partial<SolidityHooks>> => ({
  readNpmPackageRemappings: async (context, packageName, packageVersion, packagePath, next) => {
    const found = await next(context, packageName, packageVersion, packagePath);
    if (packageName !== L1_ARTIFACTS_PACKAGE) return found;
    // Hardhat resolves the targets relative to the folder of `source`, so it has to lie in the package's root.
    const source = path.join(packagePath, "remappings.txt");
    return [...found, { remappings: [...L1_ARTIFACTS_REMAPPINGS], source }];
  },
});
