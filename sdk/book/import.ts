import type { Draft } from "../records/intake/draft.js";
import { machineClock } from "../common/time.js";
import { checkPayload } from "../records/record.js";
import type { Log } from "../log/log.js";
import type { Sequences } from "./sequences.js";
import { Spool, type PendingImport } from "./spool.js";
import type { BookWriter, NewRecord } from "./writer.js";

/** How far an import has come, in records. */
export interface ImportProgress {
  readonly phase: "checking" | "appending";
  readonly done: number;
  readonly total?: number;
}

export interface ImportOptions {
  /** Append content that is in the log already once more. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** What an import added: entries `first` to `first + count - 1`, unless other sources wrote in between. */
export interface Imported {
  readonly first: bigint;
  readonly count: number;
  /** Records of an earlier import, killed before its end, that were appended first. */
  readonly resumed: number;
}

/** Records that become durable together. */
const batchSize = 1_000;

/**
 * Imports into the book's own source. How much of one is in the log follows from that source's next number, because
 * nobody else writes to the source while an import waits in the spool: see {@link release}.
 */
export class Importer {
  readonly #spool: Spool;
  readonly #writer: BookWriter;
  readonly #sequences: Sequences;
  readonly #log: Log;
  readonly #source: string;
  /** Imports of one book go one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  /** Whether an import has begun and is not in the log as a whole: nobody else may write to the book's own source. */
  #holdsSource: boolean;

  private constructor(
    spool: Spool,
    writer: BookWriter,
    parts: { sequences: Sequences; log: Log; source: string },
    pending: boolean,
  ) {
    this.#spool = spool;
    this.#writer = writer;
    this.#sequences = parts.sequences;
    this.#log = parts.log;
    this.#source = parts.source;
    this.#holdsSource = pending;
  }

  /** @param folder of the spool */
  static async open(
    folder: string,
    writer: BookWriter,
    parts: { readonly sequences: Sequences; readonly log: Log; readonly source: string },
  ): Promise<Importer> {
    const spool = new Spool(folder);
    return new Importer(spool, writer, parts, (await spool.pending()) !== undefined);
  }

  /**
   * Waits for an import that holds the source, and completes one that was killed.
   * @returns undefined where none holds it; ask again afterwards, for another one may
   */
  release(): Promise<unknown> | undefined {
    return this.#holdsSource ? this.resume({}) : undefined;
  }

  run(drafts: AsyncIterable<Draft>, options: ImportOptions): Promise<Imported> {
    return this.#inTurn(() => this.#run(drafts, options));
  }

  /** @returns records appended */
  resume(options: ImportOptions): Promise<number> {
    return this.#inTurn(() => this.#resume(options));
  }

  /** Resolves once no import is under way. */
  async idle(): Promise<void> {
    await this.#last;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #run(drafts: AsyncIterable<Draft>, options: ImportOptions): Promise<Imported> {
    const interrupted = await this.#spool.pending();
    const resumed = await this.#resume(options);
    const pending = await this.#spool
      .begin(
        drafts,
        () => this.#takeSource(),
        machineClock(),
        ({ data: payload, place }) => checkPayload({ payload, place }),
        {
          ...options,
          completed: interrupted?.digest,
          onProgress: (done) => options.onProgress?.({ phase: "checking", done }),
        },
      )
      .catch(async (error: unknown) => {
        this.#holdsSource = (await this.#spool.pending()) !== undefined;
        throw error;
      });
    if (pending === undefined) return { first: this.#log.size(), count: 0, resumed };
    const first = (await this.#append(pending, options)) ?? this.#log.size();
    return { first, count: pending.count, resumed };
  }

  async #resume(options: ImportOptions): Promise<number> {
    const pending = await this.#spool.pending();
    if (pending === undefined) return 0;
    const before = this.#done(pending);
    await this.#append(pending, options);
    return pending.count - before;
  }

  /** From here on nobody else writes to the source; what waits already goes first. */
  async #takeSource(): Promise<Pick<PendingImport, "first" | "sequence">> {
    this.#holdsSource = true;
    await this.#writer.idle();
    return { first: this.#log.size(), sequence: this.#sequences.next(this.#source) };
  }

  /** Records of an import that are in the log. */
  #done({ sequence }: PendingImport): number {
    return Number(this.#sequences.next(this.#source) - sequence);
  }

  /** @returns index of the first entry that this added */
  async #append(pending: PendingImport, { signal, onProgress }: ImportOptions): Promise<bigint | undefined> {
    let done = this.#done(pending);
    let first: bigint | undefined;
    let batch: NewRecord[] = [];
    const flush = async (): Promise<void> => {
      if (batch.length === 0) return;
      signal?.throwIfAborted();
      const [head] = await this.#writer.append(batch);
      first ??= head!.index;
      done += batch.length;
      batch = [];
      onProgress?.({ phase: "appending", done, total: pending.count });
    };
    for await (const { data: payload, ...rest } of this.#spool.records(done)) {
      if (batch.push({ ...rest, payload }) === batchSize) await flush();
    }
    await flush();
    await this.#spool.finish(this.#log.size(), machineClock());
    this.#holdsSource = false;
    return first;
  }
}
