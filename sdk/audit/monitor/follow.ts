import { z } from "zod";

import { equal, fromHex, toHex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { hash32, wholeNumber } from "../../common/schema.js";
import type { Work } from "../../log/audit.js";
import type { Head } from "../../log/store.js";
import { Tree } from "../../log/tree.js";
import { verifyConsistency } from "../../proof/merkle.js";
import { readPayloads, type PayloadReader } from "./payloads.js";
import type { RecordChecks } from "./records.js";
import type { Prover } from "./statements.js";

/** The tree of the entries that were checked: its size and compact range. */
export const treeSchema = z.strictObject({
  size: wholeNumber,
  range: z.array(z.strictObject({ height: z.int(), node: hash32 })),
});
export type TreeState = z.output<typeof treeSchema>;

export const firstTree: TreeState = { size: 0n, range: [] };

/** Where a log's entries and payloads are read. */
export interface EntrySource extends Prover {
  entries(from: bigint, to: bigint): AsyncIterable<Uint8Array>;
  /** Absent where the source has no payloads, or the monitor no key. */
  readonly payloads?: PayloadReader | undefined;
}

/** Entries that are proven, and then checked, together. */
const step = 16_384n;

/**
 * Reads the entries between what was checked and the chain's head, and checks them. Nothing of a step is looked at before
 * a consistency proof shows that its entries lead to the head, so a source that lies is left with the step undone.
 * @param onStep what is done: the caller may keep it
 * @throws SteleError `unproven` where the source's entries are not those of the head
 */
export async function followRecords(
  head: Head,
  from: TreeState,
  source: EntrySource,
  checks: RecordChecks,
  work: Work & { onStep?(done: TreeState): Promise<void> } = {},
): Promise<TreeState> {
  let tree = treeOf(from);
  if (tree.size > head.size) throw other(source, head, "fewer entries than were read before");
  if (tree.size === head.size && !equal(tree.root(), head.root))
    throw other(source, head, "another root than was read");
  const begin = tree.size;
  while (tree.size < head.size) {
    work.signal?.throwIfAborted();
    const end = tree.size + step < head.size ? tree.size + step : head.size;
    const { entries, grown } = await provenStep(head, tree, end, source);
    const { payloads: reader } = source;
    const payloads = reader === undefined ? [] : await readPayloads(reader, tree.size, entries, work.signal);
    for (const [i, entry] of entries.entries()) {
      await checks.take(tree.size + BigInt(i), entry, payloads[i] ?? { kind: "unread" });
    }
    tree = grown;
    work.progress?.(tree.size - begin, head.size - begin);
    await work.onStep?.(stateOf(tree));
  }
  return stateOf(tree);
}

async function provenStep(
  head: Head,
  tree: Tree,
  end: bigint,
  source: EntrySource,
): Promise<{ entries: readonly Uint8Array[]; grown: Tree }> {
  const entries: Uint8Array[] = [];
  const grown = tree.copy();
  for await (const entry of source.entries(tree.size, end)) {
    // A copy: the bytes may lie in a bundle that its reader goes on to use.
    entries.push(entry.slice());
    grown.add(entry);
  }
  if (grown.size !== end) throw other(source, head, `no entries from ${grown.size} to below ${end}`);
  const root = grown.root();
  if (end === head.size ? equal(root, head.root) : await leads(source, { size: end, root }, head)) {
    return { entries, grown };
  }
  throw other(source, head, `entries up to ${end} that do not lead there`);
}

async function leads(source: EntrySource, older: Head, newer: Head): Promise<boolean> {
  const proof = await source.consistencyProof(older.size, newer.size);
  return verifyConsistency(older.size, newer.size, older.root, newer.root, proof);
}

function treeOf({ range }: TreeState): Tree {
  const tree = new Tree();
  for (const { height, node } of range.toReversed()) tree.addNode(fromHex(node), height);
  return tree;
}

function stateOf(tree: Tree): TreeState {
  return { size: tree.size, range: tree.range().map(({ height, node }) => ({ height, node: toHex(node) })) };
}

function other(source: EntrySource, { size }: Head, what: string): SteleError {
  return new SteleError("unproven", `${source.name} gives ${what}; the chain's head is at ${size}`);
}
