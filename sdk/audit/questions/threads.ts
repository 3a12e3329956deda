import { Worker } from "node:worker_threads";

import { SteleError } from "../../common/errors.js";
import type { Reader } from "../../book/source.js";
import type { DigestReader, ReadDigest } from "./follow.js";

/** Records of one job: some tenths of a second of work. */
const jobRecords = 2_048n;
/** Jobs that wait or are done before they are asked for, a thread. */
const ahead = 3;

/** What a thread is told when it starts. */
export interface ThreadData {
  readonly folder: string;
  readonly reader: Reader | undefined;
}

/** A job of a thread, and its answer. */
export interface Job {
  readonly number: number;
  readonly from: bigint;
  readonly to: bigint;
}
export type JobAnswer = { readonly number: number } & (
  | { readonly digests: readonly ReadDigest[] }
  | { readonly code: SteleError["code"] | undefined; readonly message: string }
);

/**
 * Opens a book's records in threads: opening them is nearly all the work of following a log, and each is opened alone.
 * @param reader who reads; the owner unless given
 */
export function readInThreads(
  folder: string,
  threads: number,
  reader?: Reader,
): { readonly digests: DigestReader; close(): Promise<void> } {
  const pool = Array.from({ length: threads }, () => startThread({ folder, reader }));
  const jobs = new Jobs(pool);
  return {
    async *digests(from, to, { signal }) {
      const waiting: Promise<readonly ReadDigest[]>[] = [];
      for (let next = from; next < to || waiting.length > 0;) {
        while (next < to && waiting.length < ahead * threads) {
          const end = next + jobRecords < to ? next + jobRecords : to;
          const digests = jobs.start(next, end);
          digests.catch(() => undefined); // reported when its turn comes
          waiting.push(digests);
          next = end;
        }
        signal?.throwIfAborted();
        yield* await waiting.shift()!;
      }
    },
    async close() {
      await Promise.all(pool.map((worker) => worker.terminate()));
    },
  };
}

/** From a clone, where the thread's code is TypeScript, it needs the loader that the clone runs with. */
function startThread(workerData: ThreadData): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./thread.js", import.meta.url), { workerData });
  const bring = (url: string) => `import(${JSON.stringify(url)})`;
  const loader = bring(import.meta.resolve("tsx/esm/api"));
  const start = `${loader}.then(({ register }) => (register(), ${bring(new URL("./thread.ts", import.meta.url).href)}))`;
  return new Worker(start, { eval: true, workerData });
}

/** Deals jobs out in turn. */
class Jobs {
  readonly #pool: readonly Worker[];
  readonly #open = new Map<number, PromiseWithResolvers<readonly ReadDigest[]>>();
  #number = 0;
  #broken: SteleError | undefined;

  constructor(pool: readonly Worker[]) {
    this.#pool = pool;
    for (const worker of pool) {
      worker.unref();
      worker.on("message", (answer: JobAnswer) => this.#take(answer));
      worker.once("error", (cause) => this.#break(cause));
      worker.once("exit", () => this.#break(undefined));
    }
  }

  start(from: bigint, to: bigint): Promise<readonly ReadDigest[]> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const job: Job = { number: this.#number++, from, to };
    const open = Promise.withResolvers<readonly ReadDigest[]>();
    this.#open.set(job.number, open);
    const worker = this.#pool[job.number % this.#pool.length]!;
    worker.ref();
    worker.postMessage(job, []);
    return open.promise;
  }

  #take(answer: JobAnswer): void {
    const open = this.#open.get(answer.number);
    this.#open.delete(answer.number);
    if (this.#open.size === 0) for (const worker of this.#pool) worker.unref();
    if ("digests" in answer) open?.resolve(answer.digests);
    else
      open?.reject(answer.code === undefined ? new Error(answer.message) : new SteleError(answer.code, answer.message));
  }

  #break(cause: unknown): void {
    this.#broken ??= new SteleError("busy", "a thread that opens records ended; follow the log again", { cause });
    for (const open of this.#open.values()) open.reject(this.#broken);
    this.#open.clear();
  }
}
