import type { SteleError } from "../common/errors.js";
import { decodeRevert, RevertError } from "./errors.js";
import type { Receipt } from "./intent.js";
import type { Attempt, JournalEntry } from "./journal.js";
import type { Rpc } from "./rpc.js";

/** Why a transaction reverted in its block: the same call, asked again there. */
export async function whyReverted(
  rpc: Rpc,
  from: string,
  { to, data, value, label }: JournalEntry,
  receipt: Receipt,
  attempt: Attempt | undefined,
): Promise<SteleError> {
  if (attempt !== undefined && receipt.gasUsed >= attempt.gasLimit) {
    const sentence = `${label} ran out of gas in block ${receipt.blockNumber} (${receipt.gasUsed} used)`;
    return new RevertError(sentence, { name: "", args: {}, data: "0x" });
  }
  try {
    await rpc.call({ from, to, data, value }, receipt.blockNumber);
  } catch (error) {
    const decoded = decodeRevert(error, label);
    if (decoded instanceof RevertError) return decoded;
  }
  const sentence = `the chain refused ${label} in block ${receipt.blockNumber} (transaction ${receipt.hash})`;
  return new RevertError(sentence, { name: "", args: {}, data: "0x" });
}
