import { SteleError, sentenceOf } from "../common/errors.js";
import type { PendingIntent, Receipt } from "./intent.js";
import type { Attempt, JournalEntry, JournalState } from "./journal.js";

/** A stored intent that is followed to its end. */
export class Followed {
  /** When its last bytes were handed to a node, milliseconds; 0 for not by this process. */
  sentAt = 0;
  /** Settles when the node has answered to them, or nobody has. */
  answered: Promise<void> = Promise.resolve();
  /** What the node said where it refused them. */
  refusal: string | undefined;
  /** How it ended. */
  ended: Exclude<JournalState, "pending"> | undefined;
  /** The receipt that it was last seen with. */
  seen: Receipt | undefined;
  /** Looks at the chain as the account's oldest waiting transaction. */
  waited = 0;
  /** Since when its nonce is used up while it has no receipt. */
  missing: { readonly looks: number; readonly since: number; readonly from: number } | undefined;

  #outcome!: Promise<Receipt>;
  #rejected = false;
  resolve!: (receipt: Receipt) => void;
  #reject!: (error: unknown) => void;

  constructor(
    readonly entry: JournalEntry,
    readonly attempts: Attempt[],
  ) {
    this.renew();
  }

  /** The transaction that is broadcast. */
  get last(): Attempt {
    return this.attempts.at(-1)!;
  }

  /** Its end; rejects early where the node refuses the transaction. */
  get outcome(): Promise<Receipt> {
    if (this.#rejected) this.renew();
    return this.#outcome;
  }

  reject(error: unknown): void {
    this.#rejected = true;
    this.#reject(error);
  }

  private renew(): void {
    this.#rejected = false;
    this.#outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.#reject = reject;
    });
    // Nobody need be waiting: what a former process left behind is followed too.
    this.#outcome.catch(() => undefined);
  }
}

/** As callers see it. */
export function described({ entry, attempts, refusal }: Followed): PendingIntent {
  const { key, label, nonce } = entry;
  return { key, label, nonce, hashes: attempts.map(({ hash }) => hash), refusal };
}

/** The error for a transaction that the node does not take. */
export function refusedByNode({ entry, refusal, last }: Followed, file: string): SteleError {
  const sentence =
    `the node refuses transaction ${last.hash} (${entry.label}, nonce ${entry.nonce}): ${refusal}; it stays stored in ` +
    `${file} and nothing can be sent after it, so mend the cause and send again, or cancel it with ` +
    `\`stele account cancel ${entry.nonce}\``;
  return new SteleError("refused", sentence);
}

/** The error for a transaction that is waited for no longer. @param cause why the last look failed, where it did */
export function notFinal({ entry, last }: Followed, seconds: number, cause: unknown): SteleError {
  const why = cause === undefined ? "" : ` (${sentenceOf(cause)})`;
  const sentence =
    `${entry.label} (transaction ${last.hash}) is not final after ${seconds} seconds; it stays stored and is ` +
    `followed up, so ask again with the same key${why}`;
  return new SteleError("network", sentence, { cause });
}

/** Refuses to cancel what the node does not refuse. @throws SteleError `refused` */
export function requireStuck({ label, refusal }: Pick<PendingIntent, "label" | "refusal">): void {
  if (refusal !== undefined) return;
  throw new SteleError("refused", `${label} is on its way and is not replaced; wait for it`);
}

/** What who waits is told at the end of the sender. */
export function closed(): SteleError {
  return new SteleError("network", "the sender was closed; what it sent is followed up when it opens again");
}

/**
 * Answers to a broadcast that are no refusal: the node has the bytes already, or a block has. A full pool and a price
 * that is too low for the moment pass by themselves.
 */
export const harmless =
  /already (known|imported|exists|in)|known transaction|alreadyknown|duplicate|nonce[ _](is )?too[ _]low|old nonce|underpriced|pool is full|txpool|try again|too many requests|limit exceeded/i;
