import { SteleError } from "../common/errors.js";
import type { Journal } from "./journal.js";
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
