import { randomUUID } from "node:crypto";

import { getAddress } from "ethers";

import { SteleError } from "../common/errors.js";
import { described, Followed, notFinal, refusedByNode, requireStuck } from "./followed.js";
import { Follower } from "./follower.js";
import { foundAfterAll, requireSameHistory } from "./history.js";
import { requireSameIntent, type Intent, type Outcome, type PendingIntent, type SenderEvent } from "./intent.js";
import { Journal, type Attempt, type JournalEntry } from "./journal.js";
import { Maker } from "./maker.js";
import { abortable, Mutex, within } from "./queue.js";
import { Rpc } from "./rpc.js";
import type { SenderOptions } from "./sender-options.js";

/**
 * Sends transactions of one account so that each takes effect at most once, whatever fails: signed bytes are stored
 * before they leave, and after a crash the same bytes are sent again. README.md has the guarantees.
 */
export class Sender {
  readonly account: string;
  readonly #options: SenderOptions;
  readonly #rpc: Rpc;
  readonly #journal: Journal;
  readonly #maker: Maker;
  readonly #follower: Follower;
  readonly #mutex = new Mutex();
  readonly #active = new Map<string, { readonly intent: Intent; readonly outcome: Promise<Outcome> }>();
  readonly #emit: (event: SenderEvent) => void;
  #closed = false;

  private constructor(options: SenderOptions, account: string, journal: Journal, rpc: Rpc) {
    this.account = account;
    this.#options = options;
    this.#journal = journal;
    this.#rpc = rpc;
    this.#emit = options.onEvent ?? (() => undefined);
    const { profile } = options.connection;
    this.#maker = new Maker(rpc, profile, options.signer, account, options.gasMargin ?? 25);
    const pace = { resendAfter: (options.resendAfter ?? 15) * 1000, lostAfter: (options.lostAfter ?? 5) * 1000 };
    this.#follower = new Follower(rpc, journal, profile, account, pace, this.#emit, (oldest) => this.#replace(oldest));
  }

  /**
   * Opens an account for sending, and follows up what a former process left pending.
   * @throws SteleError `busy` where another process sends from this account, `network` where the chain is not the one
   * that the journal was written on
   */
  static async open(options: SenderOptions): Promise<Sender> {
    const { connection, signer, folder } = options;
    const account = getAddress(await signer.getAddress());
    const rpc = new Rpc(connection);
    const journal = new Journal(folder, connection.profile.chainId, connection.genesis, account);
    await requireSameHistory(rpc, journal).catch((error: unknown) => {
      journal.close();
      throw error;
    });
    const sender = new Sender(options, account, journal, rpc);
    for (const entry of journal.pending()) sender.#follower.add(new Followed(entry, journal.attempts(entry.key)));
    sender.#follower.wake();
    return sender;
  }

  /**
   * Sends one intent and waits until it is final. Estimation comes first, so what a contract refuses rejects with its
   * decoded error and uses no nonce. Several calls may run at once, for intents that do not depend on each other.
   * @throws SteleError `refused` with the decoded reason; `network` where the end was not seen in time: then the
   * transaction stays stored and is followed, and the same key asks for it again
   */
  async send(intent: Intent, options: { signal?: AbortSignal | undefined } = {}): Promise<Outcome> {
    return this.#once(intent, options.signal, () => this.#maker.estimate(intent, options.signal));
  }

  /** Sends independent intents in this order, after all have been estimated: if one would be refused, none is sent. */
  async sendAll(intents: readonly Intent[], options: { signal?: AbortSignal | undefined } = {}): Promise<Outcome[]> {
    const gas = await Promise.all(
      intents.map((intent) => (this.#known(intent) ? 0n : this.#maker.estimate(intent, options.signal))),
    );
    const ends = await Promise.allSettled(
      intents.map((intent, i) => this.#once(intent, options.signal, () => Promise.resolve(gas[i]!))),
    );
    return ends.map((end) => {
      if (end.status === "rejected") throw end.reason;
      return end.value;
    });
  }

  /** Intents that are signed and stored, but not final. */
  pending(): PendingIntent[] {
    return this.#follower.pending.map(described);
  }

  /** Waits until everything pending has ended, well or not. */
  async idle(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    const ends = this.#follower.pending.map((followed) => followed.outcome);
    await abortable(Promise.allSettled(ends), options.signal);
  }

  /** The same as chain and node have it now: without what is final meanwhile, and with what the node refuses. */
  async look(): Promise<PendingIntent[]> {
    await this.#follower.looked();
    return this.pending();
  }

  /**
   * Uses up the nonce of a pending intent with an empty transfer to oneself, for a transaction that the node refuses
   * for good. Whichever of the two gets into a block decides; this waits for it and says whether it was the transfer.
   */
  async cancel(key: string, options: { signal?: AbortSignal | undefined } = {}): Promise<boolean> {
    await this.look();
    const followed = this.#follower.find(key);
    if (followed === undefined) throw new SteleError("missing", `nothing is pending under the key "${key}"`);
    requireStuck(described(followed));
    // Of an earlier call that was interrupted, where there is one: the same transfer would be made again.
    if (!followed.last.cancels) await this.#addAttempt(followed, await this.#maker.makeEmpty(followed.entry.nonce));
    const end = followed.outcome;
    this.#follower.wake();
    await abortable(this.#patiently(end, followed), options.signal).catch((error: unknown) => {
      if (followed.ended === undefined) throw error;
    });
    return followed.ended === "cancelled";
  }

  /** Stops. What is pending stays stored, and is followed up when the account is opened again. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#follower.close();
    await this.#mutex.run(() => Promise.resolve());
    this.#journal.close();
  }

  #known({ key }: Intent): boolean {
    return key !== undefined && ["pending", "done"].includes(this.#journal.find(key)?.state ?? "");
  }

  /** One run an intent of a key: a second caller of the same key joins the first. */
  #once(intent: Intent, signal: AbortSignal | undefined, estimate: () => Promise<bigint>): Promise<Outcome> {
    if (this.#closed) return Promise.reject(new SteleError("usage", "the sender is closed"));
    const { key } = intent;
    if (key === undefined) return this.#act(intent, `unnamed-${randomUUID()}`, signal, estimate);
    const active = this.#active.get(key);
    if (active !== undefined) {
      requireSameIntent(key, intent, active.intent);
      return active.outcome;
    }
    const outcome = this.#act(intent, key, signal, estimate).finally(() => this.#active.delete(key));
    this.#active.set(key, { intent, outcome });
    return outcome;
  }

  async #act(
    intent: Intent,
    key: string,
    signal: AbortSignal | undefined,
    estimate: () => Promise<bigint>,
  ): Promise<Outcome> {
    const former = this.#journal.find(key);
    if (former !== undefined) requireSameIntent(key, intent, former);
    const receipt = former?.state === "lost" ? await foundAfterAll(this.#rpc, this.#journal, former) : former?.receipt;
    if (receipt?.status === 1 && former?.state !== "cancelled") return { key, hash: receipt.hash, receipt };
    const followed =
      former?.state === "pending" ? await this.#join(former) : await this.#begin(intent, key, signal, estimate);
    return this.#end(followed, signal);
  }

  async #end(followed: Followed, signal: AbortSignal | undefined): Promise<Outcome> {
    const end = followed.outcome;
    this.#follower.wake();
    const receipt = await abortable(this.#patiently(end, followed), signal);
    return { key: followed.entry.key, hash: receipt.hash, receipt };
  }

  /** A former call, or a former process, already signed it. */
  async #join(entry: JournalEntry): Promise<Followed> {
    const followed = this.#follower.find(entry.key) ?? new Followed(entry, this.#journal.attempts(entry.key));
    this.#follower.add(followed);
    if (followed.refusal !== undefined) await this.#follower.broadcast(followed);
    return followed;
  }

  /** Signs and stores under the account's lock, then broadcasts in the order of nonces. */
  async #begin(
    intent: Intent,
    key: string,
    signal: AbortSignal | undefined,
    estimate: () => Promise<bigint>,
  ): Promise<Followed> {
    const gas = intent.gasLimit ?? (await estimate());
    return this.#mutex.run(async () => {
      signal?.throwIfAborted();
      await abortable(this.#follower.room(this.#options.maxPending ?? 64), signal);
      if (this.#closed) throw new SteleError("usage", "the sender is closed");
      await this.#requireOpenRoad();
      const { to, data, label, value = 0n } = intent;
      const nonce = await this.#nextNonce();
      const attempt = await this.#maker.make({ to, data, value }, nonce, gas, label);
      signal?.throwIfAborted();
      const entry = { key, named: intent.key !== undefined, label, to, data, value, nonce };
      this.#journal.begin(entry, attempt);
      const followed = new Followed({ ...entry, state: "pending", receipt: null }, [attempt]);
      this.#follower.add(followed);
      this.#emit({ kind: "signed", label, nonce, hash: attempt.hash });
      await this.#follower.broadcast(followed);
      return followed;
    });
  }

  /** A transaction that the node refuses would hold up every later one; of a former process's it has to be asked. */
  async #requireOpenRoad(): Promise<void> {
    for (const followed of this.#follower.pending) {
      await followed.answered; // the follower may be asking just now
      if (followed.refusal === undefined && followed.sentAt > 0) continue;
      await this.#follower.broadcast(followed);
      if (followed.refusal !== undefined) throw refusedByNode(followed, this.#journal.file);
    }
  }

  async #nextNonce(): Promise<number> {
    const stored = this.#journal.nextNonce();
    if (this.#follower.pending.length > 0) return stored;
    const onChain = await this.#rpc.nonce(this.account);
    if (onChain <= stored) return stored;
    if (stored > 0) this.#emit({ kind: "foreign", label: `nonces from ${stored}`, nonce: onChain });
    return onChain;
  }

  /** Replacement rule: in `dynamic` fee mode, the account's oldest transaction, after a number of looks. */
  async #replace(oldest: Followed): Promise<void> {
    const { afterPolls, percent, most } = this.#options.replacement ?? { afterPolls: 40, percent: 15, most: 8 };
    if (oldest.waited < afterPolls || oldest.attempts.length > most) return;
    const { nonce, label } = oldest.entry;
    const attempt = await this.#maker.raise(oldest.entry, nonce, oldest.last, percent);
    if (attempt === undefined) return;
    oldest.waited = 0;
    this.#emit({ kind: "replaced", label, nonce, hash: attempt.hash });
    await this.#addAttempt(oldest, attempt);
  }

  async #addAttempt(followed: Followed, attempt: Attempt): Promise<void> {
    this.#journal.addAttempt(followed.entry.key, attempt);
    followed.attempts.push(attempt);
    await this.#follower.broadcast(followed);
  }

  #patiently<T>(end: Promise<T>, followed: Followed): Promise<T> {
    const seconds = this.#options.patience ?? 300;
    return within(end, seconds, () => notFinal(followed, seconds, this.#follower.failure));
  }
}
