import { readFile } from "node:fs/promises";

import { z } from "zod";

import { equal, fromHex, toHex, type Hex } from "../common/bytes.js";
import { readJson } from "../common/json.js";
import { writeAtomically } from "../common/node/files.js";
import { mapKey } from "../common/node/map-key.js";
import { hash32, parseWith, wholeNumber } from "../common/schema.js";
import { sha256 } from "../common/sha256.js";
import type { LogView } from "../log/view.js";
import { uriHash } from "../records/commitments.js";
import { readPlace } from "../records/header.js";

/** Entries between two snapshots: what an opening after a kill has to read again at most. */
const stride = 65_536n;

const schema = z.strictObject({
  format: z.literal(1),
  size: wholeNumber,
  root: hash32,
  next: z.record(hash32, wholeNumber),
  digest: hash32,
});

/** The log as far as numbers depend on it. */
type Numbered = Pick<LogView, "storedHead" | "entries" | "rootAt">;

/**
 * The next number of every source of a book. The log is the truth; a snapshot beside it saves reading all of it at each
 * opening, and may be lost, old or wrong without harm: one that is not of this log, at a size that this log has, is not
 * used. Entries that are no record of this log count for no source; behind a gap, a source goes on after its highest.
 */
export class Sequences {
  readonly #file: string;
  readonly #logId: Uint8Array;
  readonly #log: Numbered;
  /** By the source's hash. */
  readonly #next = new Map<string, bigint>();
  #size = 0n;
  #kept = 0n;

  private constructor(file: string, logId: Uint8Array, log: Numbered) {
    this.#file = file;
    this.#logId = logId;
    this.#log = log;
  }

  /** Takes what the snapshot knows, and reads the rest from the log. */
  static async open(file: string, logId: Uint8Array, log: Numbered): Promise<Sequences> {
    const sequences = new Sequences(file, logId, log);
    await sequences.#takeSnapshot();
    await sequences.catchUp();
    return sequences;
  }

  /** Entries that have been counted. */
  get size(): bigint {
    return this.#size;
  }

  /** The number that the next record of a source gets. */
  next(source: string): bigint {
    return this.#next.get(mapKey(uriHash(source))) ?? 0n;
  }

  /** Counts records that are in the log now: what comes next in each source, and the log's size with them. */
  advance(next: ReadonlyMap<string, bigint>, size: bigint): void {
    for (const [source, number] of next) this.#next.set(mapKey(uriHash(source)), number);
    this.#size = size;
  }

  /** Reads the entries that have not been counted. */
  async catchUp(): Promise<void> {
    const { size } = await this.#log.storedHead();
    for await (const entry of this.#log.entries(this.#size, size)) this.#count(entry);
    this.#size = size;
  }

  /** Writes the snapshot where it has fallen behind, or where it should be `exact`. */
  async keep(exact: boolean): Promise<void> {
    if (this.#size === this.#kept || (!exact && this.#size - this.#kept < stride)) return;
    const size = this.#size;
    const sources = [...this.#next].map(([key, next]) => [toHex(Buffer.from(key, "latin1")), next.toString()] as const);
    const next = Object.fromEntries(sources);
    const content = { format: 1, size: size.toString(), root: toHex(await this.#log.rootAt(size)), next };
    await writeAtomically(this.#file, `${JSON.stringify({ ...content, digest: digestOf(content) })}\n`);
    this.#kept = size;
  }

  #count(entry: Uint8Array): void {
    const place = readPlace(entry);
    if (place === undefined || !equal(place.logId, this.#logId)) return;
    const source = mapKey(place.source);
    if (place.sequence >= (this.#next.get(source) ?? 0n)) this.#next.set(source, place.sequence + 1n);
  }

  async #takeSnapshot(): Promise<void> {
    const snapshot = await this.#readSnapshot();
    if (snapshot === undefined || snapshot.size > (await this.#log.storedHead()).size) return;
    if (!equal(await this.#log.rootAt(snapshot.size), fromHex(snapshot.root))) return;
    for (const [source, next] of Object.entries(snapshot.next)) this.#next.set(mapKey(fromHex(source)), next);
    this.#size = this.#kept = snapshot.size;
  }

  /** Undefined where there is none that can be used, for whatever reason: the log has it all. */
  async #readSnapshot(): Promise<z.output<typeof schema> | undefined> {
    try {
      const { digest, ...content } = readJson(await readFile(this.#file, "utf8"), {}) as Record<string, unknown>;
      return digest === digestOf(content) ? parseWith(schema, { digest, ...content }, {}) : undefined;
    } catch {
      return undefined;
    }
  }
}

function digestOf(content: object): Hex {
  return toHex(sha256(Buffer.from(JSON.stringify(content))));
}
