import type { Hex } from "../common/bytes.js";
import type { Encoding, TableSpec } from "../rewards/table/spec.js";
import type { Context } from "./context.js";

/** A file of rows, as a command line names it. */
export interface TableFile {
  readonly file: string;
  readonly encoding: Encoding;
}

/** A file in which every row fits its table. */
export interface SoundTable<T> {
  readonly size: bigint;
  /** SHA-256 of the file's bytes. */
  readonly digest: Hex;
  /** @throws SteleError `input` where the file has changed since it was checked */
  rows(): AsyncGenerator<T>;
}

/**
 * Checks a whole file, with a bar, before a command does anything with it.
 * @throws SteleError `input` with the first problems and where all of them are listed
 */
export async function soundTable<T>(
  { file, encoding }: TableFile,
  spec: TableSpec<T>,
  context: Context,
): Promise<SoundTable<T>> {
  const { checkTable, readTable, requireSound } = await import("../rewards/table/check.js");
  const path = context.path(file);
  const work = { encoding, shown: file, signal: context.signal };
  const bar = context.progress("checking, bytes");
  const found = await checkTable(path, spec, { ...work, onProgress: (done, of) => bar.update(done, of) });
  bar.finish();
  requireSound(found, file);
  const { rows: size, digest } = found;
  return {
    size,
    digest,
    async *rows() {
      for await (const { row } of readTable(path, spec, { ...work, digest })) yield row;
    },
  };
}
