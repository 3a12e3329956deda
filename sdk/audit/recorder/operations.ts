import type { AppendedRecord, NewRecord } from "../../book/writer.js";
import type { Book } from "../../book/book.js";
import { fromHex, toHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { randomBytes } from "../../common/random.js";
import { formatInstant } from "../../common/time.js";
import type { TypedDataSigner } from "../../proof/eip712.js";
import { authorize, type AuthorizedLog } from "../authorization.js";
import { auditEvent, auditEventSchema, type EventData, type Operation } from "../event.js";
import { failureOf, isRefusal } from "./failure.js";
import type { Intent, OpenOperation } from "./intent.js";
import type { OperationJournal } from "./journal.js";
import { withdraw } from "./withdraw.js";

/** Who acts, through which source, under which engagement. */
export interface Actor {
  readonly source: string;
  /** Account, lower-case hex. */
  readonly auditor: Hex;
  /** The account's key, where the auditor signs for each event. */
  readonly signer?: TypedDataSigner | undefined;
  readonly engagement?: Hex | undefined;
}

/** What is about to happen. */
export interface Request extends Pick<Intent, "erasure" | "store" | "partial"> {
  readonly operation: Operation;
  /** What it happens to, where that is known before. */
  readonly subject?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An operation under way, as its work sees it. */
export interface Step {
  /** 32 hex digits; what is staged goes under this name. */
  readonly id: string;
  readonly signal: AbortSignal | undefined;
  /** Keeps the key of a dataset that the operation makes. */
  keep(root: Hex, key: Uint8Array): Promise<void>;
}

/** Work that is done, before anybody sees its result. */
export interface Done<T> {
  readonly subject?: string | undefined;
  /** What the event tells besides its outcome. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Hands the result out. Runs once the record is durable, and again after a kill where recovery says so. */
  handOut(): T | Promise<T>;
}

/** A result, and the record of the operation. */
export interface Recorded<T> {
  readonly result: T;
  /** The operation's id, 32 hex digits. */
  readonly id: string;
  /** Index of the record in the log. */
  readonly index: bigint;
  readonly leafHash: Uint8Array;
}

export type Clock = () => bigint;

/** What operations need of a book. */
export type RecordedBook = Pick<
  Book,
  "folder" | "config" | "log" | "keys" | "append" | "openRecord" | "keepKey" | "openKey"
>;

/**
 * Runs operations, each in four steps: its intent is written down, its work is done with the result kept back, its record
 * becomes durable, its result is handed out. What a kill leaves behind is put in order by `recover`.
 */
export class Operations {
  readonly book: RecordedBook;
  /** Keys that are being erased: two operations must not each take one erasure for their own. */
  readonly erasing = new Set<Hex>();
  readonly #journal: OperationJournal;
  readonly #now: Clock;
  readonly #running = new Set<Promise<unknown>>();
  #broken: unknown;
  #closed: Promise<void> | undefined;

  constructor(book: RecordedBook, journal: OperationJournal, now: Clock) {
    this.book = book;
    this.#journal = journal;
    this.#now = now;
  }

  /**
   * @throws what the work threw, after the failure was recorded; SteleError `busy` where the recorder has to be opened
   * again, because the disk failed in between
   */
  perform<T>(actor: Actor, request: Request, work: (step: Step) => Promise<Done<T>>): Promise<Recorded<T>> {
    const running = this.#perform(actor, request, work);
    this.#running.add(running);
    const over = (): unknown => this.#running.delete(running);
    running.then(over, over);
    return running;
  }

  /** Records the end of an operation, now. */
  async record(actor: Actor, intent: Intent, subject: string | undefined, data: EventData): Promise<AppendedRecord> {
    const time = this.#now();
    const started = time > intent.started ? { started: formatInstant(intent.started) } : {};
    const { id, operation } = intent;
    const draft = { id, operation, subject, time, auditor: actor.auditor, engagement: actor.engagement };
    const complete = await signed(actor, this.#authorizedLog, { ...draft, data: { ...data, ...started } });
    const record: NewRecord = {
      source: intent.source,
      time,
      schema: auditEventSchema,
      payload: (place) => auditEvent(complete, place),
    };
    const [appended] = await this.book.append([record]);
    this.#journal.recorded(id, data.outcome);
    return appended!;
  }

  /** Waits for what is under way, and takes no more. */
  async close(): Promise<void> {
    this.#broken ??= new SteleError("usage", "the recorder is closed");
    await Promise.allSettled(this.#running);
    await (this.#closed ??= this.#journal.close());
  }

  async #perform<T>(actor: Actor, request: Request, work: (step: Step) => Promise<Done<T>>): Promise<Recorded<T>> {
    this.#check();
    const intent = this.#intentOf(actor, request);
    await this.#journal.begin(intent);
    let keyed: Hex | undefined;
    const keep = async (root: Hex, key: Uint8Array): Promise<void> => {
      this.#journal.keyed(intent.id, (keyed = root));
      await this.book.keepKey(fromHex(root, 32), key);
    };
    let done: Done<T>;
    let appended: AppendedRecord;
    try {
      request.signal?.throwIfAborted();
      done = await work({ id: intent.id, signal: request.signal, keep });
      appended = await this.#recordDone(actor, intent, done);
    } catch (error) {
      await this.#fail(actor, { intent, ...(keyed === undefined ? {} : { keyed }) }, error, request.signal);
      throw error;
    }
    const result = await done.handOut();
    this.#journal.end(intent.id);
    return { result, id: intent.id, index: appended.index, leafHash: appended.leafHash };
  }

  async #recordDone(actor: Actor, intent: Intent, done: Done<unknown>): Promise<AppendedRecord> {
    try {
      return await this.record(actor, intent, done.subject ?? intent.subject, { outcome: "done", ...done.data });
    } catch (error) {
      // Whether the log has the record is for the next opening to see; until then nothing more is done.
      if (!isRefusal(error)) this.#broken = error;
      throw error;
    }
  }

  /** Takes back what the operation made and records its failure, unless only the next opening can know what happened. */
  async #fail(actor: Actor, open: OpenOperation, error: unknown, signal: AbortSignal | undefined): Promise<void> {
    if (this.#broken !== undefined) return;
    const { intent, keyed } = open;
    try {
      const data = await withdraw(this.book, open);
      await this.record(actor, intent, intent.subject ?? keyed, {
        outcome: "failed",
        error: failureOf(error, signal),
        ...data,
      });
      this.#journal.end(intent.id);
    } catch (broken) {
      this.#broken = broken;
    }
  }

  #intentOf(actor: Actor, request: Request): Intent {
    const { source, auditor, engagement } = actor;
    const { operation, subject, erasure, store, partial } = request;
    const id = toHex(randomBytes(16)).slice(2);
    const [started, size] = [this.#now(), this.book.log.size()];
    return { id, operation, source, auditor, engagement, subject, started, size, erasure, store, partial };
  }

  get #authorizedLog(): AuthorizedLog {
    const { chainId, registry, logId } = this.book.config;
    return { chainId, address: registry, logId };
  }

  #check(): void {
    if (this.#broken === undefined) return;
    if (this.#broken instanceof SteleError && this.#broken.code === "usage") throw this.#broken;
    throw new SteleError("busy", "the recorder has to be opened again", { cause: this.#broken });
  }
}

type Draft = Parameters<typeof auditEvent>[0];

async function signed({ signer }: Actor, log: AuthorizedLog, draft: Draft): Promise<Draft> {
  if (signer === undefined) return draft;
  const authorization = await authorize(signer, log, auditEvent(draft, { source: "", sequence: 0n }));
  return { ...draft, data: { ...draft.data, authorization } };
}
