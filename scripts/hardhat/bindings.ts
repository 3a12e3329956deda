import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import type { HookContext } from "hardhat/types/hooks";
import type { HardhatPlugin } from "hardhat/types/plugins";

/**
 * The bindings are committed, so every build must write the same files. TypeChain's plugin falls short twice: the order
 * of its index files follows the order of compilation, which differs between a full and an incremental build, and
 * bindings of a removed contract stay. One plugin before it and one after it make up for that.
 */
let started = 0;

/** Comes before the toolbox in `plugins`. */
export const sortedBindings: HardhatPlugin = {
  id: "stele-sorted-bindings",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        async processArtifactsAfterSuccessfulBuild(_context: HookContext, artifactPaths: readonly string[]) {
          // In place, since Hardhat hands the same array on to TypeChain.
          (artifactPaths as string[]).sort();
          // One second of slack, for file systems that round times down.
          started = Date.now() - 1000;
        },
      }),
    }),
  },
};

/** Comes after the toolbox in `plugins`. */
export const prunedBindings: HardhatPlugin = {
  id: "stele-pruned-bindings",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        async processArtifactsAfterSuccessfulBuild(context: HookContext) {
          const { typechain, paths } = context.config;
          if (context.globalOptions.noTypechain || started === 0) return;
          await removeOlder(join(paths.root, typechain.outDir ?? "types"), started);
        },
      }),
    }),
  },
};

/** Removes files that TypeChain did not just write (it writes every one of them), and folders left empty. */
export async function removeOlder(folder: string, since: number): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await removeOlder(path, since);
    else if ((await stat(path)).mtimeMs < since) await rm(path, { force: true });
  }
  if ((await readdir(folder)).length === 0) await rm(folder, { recursive: true, force: true });
}
