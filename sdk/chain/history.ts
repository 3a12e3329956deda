import { SteleError } from "../common/errors.js";
import type { Receipt } from "./intent.js";
import type { Journal, JournalEntry } from "./journal.js";
import type { Rpc } from "./rpc.js";

/** @throws SteleError `network` where the chain has lost the last block that the journal counts on */
export async function requireSameHistory(rpc: Rpc, journal: Journal): Promise<void> {
  const anchor = journal.anchor();
  if (anchor === undefined) return;
  const block = await rpc.block(anchor.number);
  if (block?.hash === anchor.hash) return;
  const found = block === null ? "the node does not have it yet" : `the node has ${block.hash} there`;
  const sentence =
    `${journal.file} counts on block ${anchor.number} (${anchor.hash}), but ${found}; wait if the node is behind, and ` +
    "move the file away if the chain was thrown away";
  throw new SteleError("network", sentence);
}

/** A lost intent may be done again only where its old bytes are in no block; otherwise this is their receipt. */
export async function foundAfterAll(rpc: Rpc, journal: Journal, entry: JournalEntry): Promise<Receipt | undefined> {
  for (const { hash } of journal.attempts(entry.key)) {
    const receipt = await rpc.receipt(hash);
    if (receipt === null) continue;
    journal.settle(entry.key, receipt.status === 1 ? "done" : "failed", receipt);
    return receipt;
  }
  return undefined;
}
