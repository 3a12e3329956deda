import { basename, join } from "node:path";

import { buildSync } from "esbuild";

/**
 * Bundles a program and what it imports into one file, so that a process of it is up in a moment.
 * @param external packages that it may import and does not need
 * @returns the file
 */
export function oneFile(program: string, folder: string, external: readonly string[] = []): string {
  const outfile = join(folder, `${basename(program, ".ts")}.mjs`);
  const require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  buildSync({
    entryPoints: [program],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    external: [...external],
    banner: { js: require },
  });
  return outfile;
}
