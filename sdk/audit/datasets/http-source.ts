import { fromUtf8, type Hex } from "../../common/bytes.js";
import { SteleError, sentenceOf } from "../../common/errors.js";
import { hashLength } from "../../proof/merkle.js";
import { parseDescription, type DatasetDescription } from "./description.js";
import { files } from "./files.js";
import type { DatasetSource } from "./source.js";
import { folderName } from "./store.js";

export interface HttpSourceOptions {
  /** Seconds within which each 64 KiB have to come; default 30. */
  readonly patience?: number;
}

/** A `dataset.json` is far shorter. */
const longestDescription = 4096;

/** What has to come within the patience. */
const quantum = 65_536;

/**
 * A store behind HTTP, laid out as its folder: any server of static files that knows ranges will do. What a server sends
 * is bounded in length and in time: nothing beyond what was asked for is read, and silence ends the request.
 */
export class HttpSource implements DatasetSource {
  readonly #base: URL;
  readonly #patience: number;

  /** @throws SteleError `usage` where it is no URL */
  constructor(
    readonly name: string,
    { patience = 30 }: HttpSourceOptions = {},
  ) {
    if (!URL.canParse(name)) throw new SteleError("usage", `"${name}" is no URL of datasets`);
    this.#base = new URL(name.endsWith("/") ? name : `${name}/`);
    this.#patience = patience;
  }

  async describe(root: Hex, signal?: AbortSignal): Promise<DatasetDescription> {
    const url = this.#urlOf(root, files.description);
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of this.#get(url, undefined, signal)) {
      length += part.length;
      if (length > longestDescription) {
        throw new SteleError("input", `is longer than ${longestDescription} bytes`, { place: { file: url.href } });
      }
      parts.push(part);
    }
    return parseDescription(fromUtf8(Buffer.concat(parts)), root, { file: url.href });
  }

  leafHashes(root: Hex, chunks: bigint, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#range(this.#urlOf(root, files.chunks), 0, Number(chunks) * hashLength, signal);
  }

  bytes(root: Hex, from: bigint, to: bigint, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#range(this.#urlOf(root, files.ciphertext), Number(from), Number(to), signal);
  }

  #urlOf(root: Hex, file: string): URL {
    return new URL(`${folderName(root)}/${file}`, this.#base);
  }

  /** Exactly the bytes asked for. @throws SteleError `network` where the server ends early */
  async *#range(url: URL, from: number, to: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    let left = to - from;
    for await (const part of this.#get(url, { from, to }, signal)) {
      yield left < part.length ? part.subarray(0, left) : part;
      left -= Math.min(left, part.length);
      if (left === 0) return;
    }
    if (left > 0) throw failed(url, `ended ${left} bytes before what was asked for`);
  }

  async *#get(url: URL, range: Range | undefined, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    const deadline = new Deadline(this.#patience, signal);
    try {
      const headers = { "accept-encoding": "identity", ...(range === undefined ? {} : { range: headerOf(range) }) };
      const response = await fetch(url, { headers, redirect: "error", signal: deadline.signal });
      requireAnswer(url, response, range);
      if (response.body === null) return;
      for await (const part of response.body) {
        deadline.received(part.length);
        yield part;
      }
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof SteleError) throw cause;
      if (deadline.passed) throw failed(url, `sent less than 64 KiB in ${this.#patience} s`, cause);
      throw failed(url, `does not answer: ${sentenceOf((cause as Error).cause ?? cause)}`, cause);
    } finally {
      deadline.end();
    }
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function headerOf({ from, to }: Range): string {
  return `bytes=${from}-${to - 1}`;
}

/** A server that knows no ranges can still give what begins at 0. */
function requireAnswer(url: URL, response: Response, range: Range | undefined): void {
  const { status } = response;
  if (status === 404) throw new SteleError("missing", `${url.href} is not there`);
  if (range === undefined && status === 200) return;
  if (range?.from === 0 && status === 200) return;
  const begin = `bytes ${range?.from}-`;
  if (range !== undefined && status === 206 && response.headers.get("content-range")?.startsWith(begin)) return;
  throw failed(
    url,
    `answered with status ${status}${status === 200 || status === 206 ? " to a request for a range" : ""}`,
  );
}

/** Aborts a request whose bytes do not come. The time while the reader is busy counts too, so readers are quick. */
class Deadline {
  readonly #own = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #since = 0;
  readonly signal: AbortSignal;

  constructor(seconds: number, signal: AbortSignal | undefined) {
    this.#timer = setTimeout(() => this.#own.abort(), seconds * 1000);
    this.signal = signal === undefined ? this.#own.signal : AbortSignal.any([signal, this.#own.signal]);
  }

  get passed(): boolean {
    return this.#own.signal.aborted;
  }

  received(length: number): void {
    this.#since += length;
    if (this.#since < quantum) return;
    this.#since = 0;
    this.#timer.refresh();
  }

  /** Also ends a request that is read no further. */
  end(): void {
    clearTimeout(this.#timer);
    this.#own.abort();
  }
}

function failed(url: URL, why: string, cause?: unknown): SteleError {
  return new SteleError("network", `${url.href} ${why}`, cause === undefined ? {} : { cause });
}
