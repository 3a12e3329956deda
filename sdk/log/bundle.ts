import { toHex, type Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { readUnverified, readSuiteOrigin } from "../proof/checkpoint.js";
import { maxTreeSize } from "../proof/merkle.js";
import type { ProofBundle } from "../proof/bundle.js";
import type { Head } from "./store.js";
import type { LogView } from "./view.js";

export interface BundleOptions {
  /** Address of the LogRegistry of the log's suite, where it has one. */
  readonly registry?: Hex;
  /** A later head to lead to, the chain's say. */
  readonly head?: Head;
}

/**
 * Makes the self-contained proof of an entry under the log's last published checkpoint.
 * @throws SteleError `missing` where no published checkpoint covers the entry, `refused` where the head is older than
 * the checkpoint or of another log
 * @example
 * await writeFile("proof.json", formatBundle(await proofBundle(log, 7n)));
 */
export async function proofBundle(log: LogView, index: bigint, options: BundleOptions = {}): Promise<ProofBundle> {
  const note = await log.published();
  const checkpoint = note === undefined ? undefined : readUnverified(note);
  if (note === undefined || checkpoint === undefined || index >= checkpoint.size) {
    throw new SteleError("missing", `no published checkpoint covers entry ${index}; publish one first`);
  }
  const suite = readSuiteOrigin(log.origin);
  const { registry, head } = options;
  return {
    format: "stele-proof/1",
    log: { origin: log.origin, ...(suite && registry && { suite: { ...suite, registry } }) },
    index,
    entry: toHex(await log.entry(index)),
    inclusion: (await log.inclusionProof(index, checkpoint.size)).map(toHex),
    checkpoint: note,
    ...(head && { head: await leadTo(log, checkpoint.size, head) }),
  };
}

async function leadTo(log: LogView, from: bigint, { size, root }: Head): Promise<NonNullable<ProofBundle["head"]>> {
  const { size: ours } = await log.storedHead();
  if (size < from || size > ours || size >= maxTreeSize || toHex(await log.rootAt(size)) !== toHex(root)) {
    throw new SteleError("refused", `the head at ${size} does not follow the checkpoint at ${from} in this log`);
  }
  return { size, root: toHex(root), consistency: (await log.consistencyProof(from, size)).map(toHex) };
}
