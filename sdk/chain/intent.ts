import type { Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";

/** What a caller wants done, once. */
export interface Intent {
  /** `null` creates a contract. */
  readonly to: string | null;
  /** Call data as hex. */
  readonly data: string;
  readonly value?: bigint;
  /**
   * Names the effect: whatever happens, and however often it is asked for, an intent of one key takes effect at most
   * once. Without a key, two equal intents are two.
   */
  readonly key?: string;
  /** What it does, for people: "advance audit.events/ledger". */
  readonly label: string;
  /** Instead of an estimate with margin. */
  readonly gasLimit?: bigint;
}

/** An event of a transaction, as contracts' interfaces read it. */
export interface ReceiptLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly index: number;
}

/** What the chain says of a transaction in a block. */
export interface Receipt {
  readonly hash: Hex;
  readonly blockNumber: number;
  readonly blockHash: Hex;
  readonly status: 0 | 1;
  readonly gasUsed: bigint;
  /** Wei a unit of gas; 0 where the node does not say. */
  readonly gasPrice: bigint;
  /** Where a creation put its contract. */
  readonly contractAddress: string | null;
  readonly logs: readonly ReceiptLog[];
}

/** An intent that took effect and is final by the network's rule. */
export interface Outcome {
  readonly key: string;
  readonly hash: Hex;
  readonly receipt: Receipt;
}

/** An intent whose transaction is signed and stored, but not yet final. */
export interface PendingIntent {
  readonly key: string;
  readonly label: string;
  readonly nonce: number;
  /** Hashes of its transactions: one, or several where it was replaced at a higher fee. */
  readonly hashes: readonly Hex[];
  /** What the node said where it refused the transaction. */
  readonly refusal: string | undefined;
}

/** What happens to transactions, for progress and journals of the caller. */
export interface SenderEvent {
  readonly kind:
    | "signed" // stored, not yet sent
    | "sent" // handed to a node for the first time
    | "resent" // the same bytes again
    | "replaced" // a higher fee, dynamic fee mode only
    | "mined" // in a block
    | "reorganised" // its block is gone
    | "final"
    | "reverted"
    | "lost" // somebody else used its nonce
    | "refused" // the node does not take it
    | "foreign"; // the account was used elsewhere while nothing was pending
  readonly label: string;
  readonly nonce: number;
  readonly hash?: Hex;
}

/** @throws SteleError `usage` where a key is used for two different calls */
export function requireSameIntent(
  key: string,
  intent: Intent,
  former: Pick<Intent, "to" | "data" | "value" | "label">,
): void {
  const same =
    intent.to?.toLowerCase() === former.to?.toLowerCase() &&
    intent.data.toLowerCase() === former.data.toLowerCase() &&
    (intent.value ?? 0n) === (former.value ?? 0n);
  if (!same) throw new SteleError("usage", `the key "${key}" already stands for another call: ${former.label}`);
}
