import { constants, open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

import { SteleError, sentenceOf } from "../../common/errors.js";
import { hashLength } from "../../proof/merkle.js";
import { hashLeaf } from "../../log/tree.js";
import { chunkLength, lengthOf, type DatasetDescription } from "./description.js";
import { files, readAt, withFile } from "./files.js";
import type { RestoreOptions } from "./restore.js";
import type { DatasetSource } from "./source.js";

/** Chunks that are read, checked and written together. */
const batch = 1024;

/** Chunks from `from` to below `to`. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/** Fills a ciphertext, whose leaf hashes are known to be right, with chunks from sources. */
export class ChunkFiller {
  readonly #strikes = new Map<DatasetSource, number>();
  #done = 0;
  #fetched = 0;

  private constructor(
    readonly description: DatasetDescription,
    readonly options: RestoreOptions,
    readonly file: string,
    readonly handle: FileHandle,
    readonly side: FileHandle,
  ) {}

  static async open(description: DatasetDescription, folder: string, options: RestoreOptions): Promise<ChunkFiller> {
    const [file, side] = [join(folder, files.ciphertext), join(folder, files.chunks)];
    const handle = await withFile(file, () => open(file, constants.O_RDWR | constants.O_CREAT, 0o600));
    try {
      const hashes = await withFile(side, () => open(side, "r"));
      return new ChunkFiller(description, options, file, handle, hashes);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** @throws SteleError `unproven` where no source has a chunk; what is right by then stays on disk */
  async fill(): Promise<{ kept: bigint; fetched: bigint }> {
    const missing = await this.#missing();
    for (const run of missing) await this.#fetch(run);
    await withFile(this.file, async () => {
      await this.handle.truncate(Number(this.description.size));
      await this.handle.sync();
    });
    return { kept: BigInt(this.#done - this.#fetched), fetched: BigInt(this.#fetched) };
  }

  async close(): Promise<void> {
    await this.handle.close();
    await this.side.close();
  }

  /** What is not on disk, or not right there. */
  async #missing(): Promise<Run[]> {
    const runs: { from: number; to: number }[] = [];
    const chunks = Number(this.description.chunks);
    for (let first = 0; first < chunks; first += batch) {
      this.options.signal?.throwIfAborted();
      const count = Math.min(batch, chunks - first);
      const bytes = await withFile(this.file, () => readAt(this.handle, first * chunkLength, count * chunkLength));
      const wrong = bytes.length === 0 ? all(first, count) : await this.#wrongIn(first, count, bytes);
      for (const chunk of wrong) {
        const last = runs.at(-1);
        if (last?.to === chunk) last.to++;
        else runs.push({ from: chunk, to: chunk + 1 });
      }
      this.#tell(count - wrong.length);
    }
    return runs;
  }

  /** Chunks among `count` from `first` on whose bytes are not what the leaf hashes say. */
  async #wrongIn(first: number, count: number, bytes: Buffer): Promise<number[]> {
    const hashes = await withFile(this.file, () => readAt(this.side, first * hashLength, count * hashLength));
    const wrong: number[] = [];
    for (let i = 0; i < count; i++) {
      const at = i * chunkLength;
      const chunk = bytes.subarray(at, at + lengthOf(BigInt(first + i), this.description.size));
      const leaf = hashes.toString("latin1", i * hashLength, (i + 1) * hashLength);
      if (hashLeaf(chunk) !== leaf) wrong.push(first + i);
    }
    return wrong;
  }

  /** Each failure comes after progress, or rules a source out for the chunk at which it failed: so it ends. */
  async #fetch({ from, to }: Run): Promise<void> {
    const ruledOut = new Map<DatasetSource, string>();
    for (let chunk = from; chunk < to;) {
      const source = this.#choose(ruledOut, chunk);
      const begin = chunk;
      try {
        for await (const good of this.#receive(source, chunk, to)) chunk = good;
      } catch (error) {
        this.options.signal?.throwIfAborted();
        if (!(error instanceof SteleError) || error.code === "storage") throw error;
        if (chunk > begin) ruledOut.clear();
        // A connection that broke off after some chunks is worth another try; each one brings the end nearer.
        if (chunk === begin || error.code !== "network") ruledOut.set(source, sentenceOf(error));
        this.#strikes.set(source, (this.#strikes.get(source) ?? 0) + 1);
        this.options.refused?.({ source: source.name, chunk: BigInt(chunk), why: sentenceOf(error) });
      }
    }
  }

  /** The first of those that disappointed least. */
  #choose(ruledOut: ReadonlyMap<DatasetSource, string>, chunk: number): DatasetSource {
    const strikes = (source: DatasetSource): number => this.#strikes.get(source) ?? 0;
    const left = this.options.sources.filter((source) => !ruledOut.has(source));
    const [best] = left.toSorted((a, b) => strikes(a) - strikes(b));
    if (best !== undefined) return best;
    const why = [...ruledOut.values()].at(-1) ?? "no source was named";
    const sentence = `no source gave chunk ${chunk} of dataset ${this.description.root}: ${why}`;
    throw new SteleError("unproven", `${sentence}; name another mirror, what came so far is kept`);
  }

  /** Writes chunks from one source, each only once it is right; yields up to where they are. */
  async *#receive(source: DatasetSource, from: number, to: number): AsyncGenerator<number> {
    const { root, size } = this.description;
    const end = Math.min(to * chunkLength, Number(size));
    const stream = source.bytes(root, BigInt(from * chunkLength), BigInt(end), this.options.signal);
    let next = from;
    for await (const bytes of batches(stream)) {
      const count = Math.ceil(bytes.length / chunkLength);
      const wrong = (await this.#wrongIn(next, count, bytes))[0];
      const good = bytes.subarray(0, ((wrong ?? next + count) - next) * chunkLength);
      await this.#write(good, next * chunkLength);
      next = wrong ?? next + count;
      this.#fetched += Math.ceil(good.length / chunkLength);
      this.#tell(Math.ceil(good.length / chunkLength));
      yield next;
      if (wrong !== undefined)
        throw new SteleError("unproven", `chunk ${wrong} from ${source.name} is not the dataset's`);
    }
    if (next < to) throw new SteleError("unproven", `${source.name} ended before chunk ${next}`);
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    await withFile(this.file, async () => {
      for (let at = 0; at < bytes.length;) {
        at += (await this.handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
      }
    });
  }

  #tell(count: number): void {
    this.#done += count;
    this.options.progress?.(BigInt(this.#done), this.description.chunks);
  }
}

function all(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** A stream in pieces of whole chunks, the last excepted. Where it breaks off, what was whole comes first. */
async function* batches(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(batch * chunkLength);
  let used = 0;
  let broken: { readonly error: unknown } | undefined;
  try {
    for await (const part of stream) {
      for (let at = 0; at < part.length;) {
        const length = Math.min(buffer.length - used, part.length - at);
        buffer.set(part.subarray(at, at + length), used);
        used += length;
        at += length;
        if (used < buffer.length) continue;
        used = 0;
        yield buffer;
      }
    }
  } catch (error) {
    broken = { error };
  }
  if (broken !== undefined) used -= used % chunkLength;
  if (used > 0) yield buffer.subarray(0, used);
  if (broken !== undefined) throw broken.error;
}
