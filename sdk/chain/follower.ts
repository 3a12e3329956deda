import type { Hex } from "../common/bytes.js";
import { SteleError, sentenceOf } from "../common/errors.js";
import { closed, harmless, refusedByNode, type Followed } from "./followed.js";
import type { Receipt, SenderEvent } from "./intent.js";
import type { Journal, JournalState } from "./journal.js";
import type { NetworkProfile } from "./profile.js";
import { whyReverted } from "./reverted.js";
import type { Rpc } from "./rpc.js";
import { pause, RpcError } from "./transport.js";

/** How long the follower waits for what. */
export interface Pace {
  /** Milliseconds after which bytes that are in no block are sent again. */
  readonly resendAfter: number;
  /** Milliseconds that a used-up nonce shows no receipt of ours, before it counts as used by somebody else. */
  readonly lostAfter: number;
}

/** Follows stored transactions until each is final, and re-sends what got lost on the way. */
export class Follower {
  readonly #pending = new Map<string, Followed>();
  #running: Promise<void> | undefined;
  #awake: AbortController = new AbortController();
  #closed = false;
  #slots: (() => void)[] = [];
  #looked = Promise.withResolvers<void>();
  /** Why the last look failed, where it did. */
  failure: unknown;

  constructor(
    readonly rpc: Rpc,
    readonly journal: Journal,
    readonly profile: NetworkProfile,
    readonly account: string,
    readonly pace: Pace,
    readonly emit: (event: SenderEvent) => void,
    /** Asked for a replacement when the account's oldest transaction waits. */
    readonly replace: (oldest: Followed) => Promise<void>,
  ) {}

  get pending(): readonly Followed[] {
    return [...this.#pending.values()];
  }

  find(key: string): Followed | undefined {
    return this.#pending.get(key);
  }

  add(followed: Followed): void {
    this.#pending.set(followed.entry.key, followed);
    if (this.#closed) followed.reject(closed());
  }

  /** Starts looking, or looks at once instead of at the next interval. */
  wake(): void {
    if (this.#closed) return this.#rejectAll();
    this.#awake.abort();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      this.#tellLooked();
      if (this.#pending.size > 0) this.wake();
    });
  }

  /** Waits for the end of a look, which asks the node about what this process did not send. */
  async looked(): Promise<void> {
    if (this.#pending.size === 0 || this.#closed) return;
    this.wake();
    await this.#looked.promise;
    await Promise.all(this.pending.map(({ answered }) => answered));
    if (this.failure !== undefined) throw this.failure;
  }

  /** Waits until fewer than `most` are pending. */
  async room(most: number): Promise<void> {
    while (this.#pending.size >= most && !this.#closed) await new Promise<void>((done) => this.#slots.push(done));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#awake.abort();
    await this.#running;
    this.#rejectAll();
    this.#freeSlots();
  }

  /** Also for a caller that begins to wait only now, because its broadcast was under way. */
  #rejectAll(): void {
    for (const followed of this.#pending.values()) followed.reject(closed());
  }

  async #run(): Promise<void> {
    while (this.#pending.size > 0 && !this.#closed) {
      this.#awake = new AbortController();
      try {
        await this.#look();
        this.failure = undefined;
      } catch (error) {
        this.failure = error;
        // An unreachable node is waited for: the transactions are stored, and giving up is the caller's to decide.
        if (!(error instanceof SteleError || error instanceof RpcError)) return this.#abandon(error);
      }
      this.#tellLooked();
      if (this.#pending.size === 0 || this.#closed) return;
      await pause(this.profile.pollingInterval * 1000, this.#awake.signal).catch(() => undefined);
    }
  }

  /** The journal failed (a full disk): nothing is certain any more but what it holds, so everybody is told. */
  #abandon(error: unknown): void {
    for (const followed of this.pending) this.#end(followed, () => followed.reject(error));
  }

  /** One look at the chain: nonce and head first, so that a receipt that is there is also found. */
  async #look(): Promise<void> {
    const nonce = await this.rpc.nonce(this.account);
    const head = await this.rpc.blockNumber();
    const all = this.pending.toSorted((a, b) => a.entry.nonce - b.entry.nonce);
    const used = all.filter(({ entry }) => entry.nonce < nonce);
    for (let i = 0; i < used.length; i += 16) {
      await Promise.all(used.slice(i, i + 16).map((followed) => this.#lookAtUsed(followed, head)));
    }
    const waiting = all.filter(({ entry }) => entry.nonce >= nonce);
    for (const followed of waiting) await this.#lookAtWaiting(followed);
    const oldest = waiting[0];
    if (oldest !== undefined && oldest.sentAt > 0) {
      oldest.waited++;
      await this.replace(oldest);
    }
  }

  async #lookAtUsed(followed: Followed, head: number): Promise<void> {
    const receipt = await this.#receiptOf(followed);
    if (receipt === undefined) return this.#lookAtMissing(followed, head);
    followed.missing = undefined;
    if (followed.seen?.blockHash !== receipt.blockHash) this.#tell(followed, "mined", receipt.hash);
    followed.seen = receipt;
    if (await this.#isFinal(receipt, head)) await this.#finish(followed, receipt);
  }

  async #receiptOf(followed: Followed): Promise<Receipt | undefined> {
    for (const { hash } of followed.attempts.toReversed()) {
      const receipt = await this.rpc.receipt(hash);
      if (receipt !== null) return receipt;
    }
    return undefined;
  }

  async #isFinal(receipt: Receipt, head: number): Promise<boolean> {
    const { finality } = this.profile;
    if (finality.kind === "instant") return true;
    if (head < receipt.blockNumber + finality.blocks) return false;
    // A node may still answer with a receipt of a block that is not in its chain any more.
    return (await this.rpc.block(receipt.blockNumber))?.hash === receipt.blockHash;
  }

  #lookAtMissing(followed: Followed, head: number): void {
    const { looks, since, from } = followed.missing ?? { looks: 0, since: Date.now(), from: head };
    followed.missing = { looks: looks + 1, since, from };
    const depth = this.profile.finality.kind === "instant" ? 0 : this.profile.finality.blocks;
    if (looks < 2 || Date.now() - since < this.pace.lostAfter || head < from + depth) return;
    const { entry } = followed;
    this.#settle(followed, "lost", null);
    this.#tell(followed, "lost");
    const sentence =
      `nonce ${entry.nonce} of account ${this.account} was used by somebody else, so ${entry.label} ` +
      "did not happen; let one sender alone use the account, then do it again";
    this.#end(followed, () => followed.reject(new SteleError("refused", sentence)));
  }

  async #lookAtWaiting(followed: Followed): Promise<void> {
    followed.missing = undefined;
    if (followed.seen !== undefined) {
      this.#tell(followed, "reorganised", followed.seen.hash);
      followed.seen = undefined;
      followed.sentAt = 0;
    }
    if (Date.now() - followed.sentAt >= this.pace.resendAfter) await this.broadcast(followed);
    // Not before a look has shown that it is in no block: some nodes answer with the error of what they just mined.
    if (followed.refusal !== undefined) followed.reject(refusedByNode(followed, this.journal.file));
  }

  /** Hands the last bytes to a node. What it answers is a hint only: the chain decides. */
  broadcast(followed: Followed): Promise<void> {
    const first = followed.sentAt === 0;
    followed.sentAt = Date.now();
    const answered = this.#hand(followed, first);
    followed.answered = answered.catch(() => undefined); // told to who hands them over
    return answered;
  }

  async #hand(followed: Followed, first: boolean): Promise<void> {
    const { hash, raw } = followed.last;
    try {
      await this.rpc.sendRaw(raw);
      followed.refusal = undefined;
      this.#tell(followed, first ? "sent" : "resent", hash);
    } catch (error) {
      if (!(error instanceof RpcError)) return;
      followed.refusal = harmless.test(error.message) ? undefined : sentenceOf(error);
      if (followed.refusal !== undefined) this.#tell(followed, "refused", hash);
    }
  }

  async #finish(followed: Followed, receipt: Receipt): Promise<void> {
    const { entry } = followed;
    const attempt = followed.attempts.find(({ hash }) => hash === receipt.hash);
    if (attempt?.cancels) {
      this.#settle(followed, "cancelled", receipt);
      this.#tell(followed, "final", receipt.hash);
      const sentence = `${entry.label} was cancelled before it took effect`;
      return this.#end(followed, () => followed.reject(new SteleError("refused", sentence)));
    }
    if (receipt.status === 1) {
      this.#settle(followed, "done", receipt);
      this.#tell(followed, "final", receipt.hash);
      return this.#end(followed, () => followed.resolve(receipt));
    }
    const reason = await whyReverted(this.rpc, this.account, entry, receipt, attempt);
    this.#settle(followed, "failed", receipt);
    this.#tell(followed, "reverted", receipt.hash);
    this.#end(followed, () => followed.reject(reason));
  }

  #settle(followed: Followed, state: Exclude<JournalState, "pending">, receipt: Receipt | null): void {
    this.journal.settle(followed.entry.key, state, receipt);
    followed.ended = state;
  }

  #end(followed: Followed, tell: () => void): void {
    this.#pending.delete(followed.entry.key);
    tell();
    this.#freeSlots();
  }

  #tellLooked(): void {
    this.#looked.resolve();
    this.#looked = Promise.withResolvers<void>();
  }

  #freeSlots(): void {
    for (const done of this.#slots.splice(0)) done();
  }

  #tell({ entry: { label, nonce } }: Followed, kind: SenderEvent["kind"], hash?: Hex): void {
    this.emit(hash === undefined ? { kind, label, nonce } : { kind, label, nonce, hash });
  }
}
