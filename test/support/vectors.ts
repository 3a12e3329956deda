import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The conformance vectors of others, read in place and never copied into the repository. */
export const vectorsFolder = resolve(
  process.env["STELE_VECTORS"] ?? join(import.meta.dirname, "../../../shared/vectors"),
);

/** Skips the calling test, and says so, where the vectors are not there. */
export function needVectors(test: Mocha.Context, folder: string): string {
  const path = join(vectorsFolder, folder);
  if (!existsSync(path)) {
    console.log(`      did not run: no vectors at ${path}; set STELE_VECTORS`);
    test.skip();
  }
  return path;
}

/** All files below a folder whose name ends in `suffix`, sorted. */
export function filesBelow(folder: string, suffix = ""): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith(suffix))
    .map((file) => join(file.parentPath, file.name))
    .sort();
}

/** Reads JSON with every integer as a bigint, since the vectors hold 2^64 - 1. */
export function readWithBigInts(path: string): unknown {
  const text = readFileSync(path, "utf8");
  return JSON.parse(text, ((_key: string, value: unknown, context: { source?: string }) =>
    typeof value === "number" ? BigInt(context.source!) : value) as (key: string, value: unknown) => unknown);
}
