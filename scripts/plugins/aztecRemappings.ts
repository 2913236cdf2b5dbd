import type { HardhatPlugin } from "hardhat/types/plugins";

/** Hardhat plugin that supplies the remappings which `@aztec/l1-artifacts` needs inside its own package. */
export const aztecRemappings: HardhatPlugin = {
  id: "build-ahead:aztec-remappings",
  hookHandlers: {
    solidity: () => import("./aztecRemappingsHooks.ts"),
  },
};
