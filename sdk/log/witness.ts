import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { equal, toHex, type Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { makeFolder } from "../common/node/folders.js";
import { machineClock } from "../common/time.js";
import { openCheckpoint, suiteOrigin } from "../proof/checkpoint.js";
import { signCosignature, type Registry, type TypedDataSigner } from "../proof/eip712.js";
import { emptyRoot, hashLength, verifyConsistency } from "../proof/merkle.js";
import type { NoteVerifier } from "../proof/note.js";
import { guarded } from "./sqlite-errors.js";
import type { Head } from "./store.js";

/** What the keeper of a log asks a witness, or a mirror, to sign. */
export interface CosignRequest {
  readonly logId: Hex;
  /** The head that the witness should remember; see {@link Witness.cosign}. */
  readonly oldSize: bigint;
  readonly newSize: bigint;
  readonly oldRoot?: Uint8Array;
  readonly root: Uint8Array;
  /** RFC 9162 consistency proof from the old to the new head; empty from size 0 and for equal sizes. */
  readonly proof: readonly Uint8Array[];
  /** Checkpoint note at the new head, signed by the log. */
  readonly checkpoint: string;
}

/** A signature as LogRegistry takes it. */
export interface Cosigned {
  readonly signer: string;
  /** Seconds, of the signer's clock. */
  readonly time: bigint;
  readonly signature: Hex;
}

/** Someone who signs that a log only ever grew. */
export interface Witness {
  readonly address: string;
  /**
   * Signs the new head, if it extends the last one that this witness signed.
   * @throws SteleError `refused` where the witness remembers another head (ask {@link headOf} and prove from there),
   * `unproven` where proof or checkpoint do not hold
   */
  cosign(request: CosignRequest): Promise<Cosigned>;
  /** The last head that this witness signed of a log; size 0 for one it has not seen. */
  headOf(logId: Hex): Promise<Head>;
}

export interface WitnessOptions {
  /** Signs EIP-712. */
  readonly signer: TypedDataSigner;
  readonly registry: Registry;
  /** The keys of a log, from the chain or from a list: a head that none of them signed is not looked at. */
  readonly keysOf: (logId: Hex) => Promise<readonly NoteVerifier[]>;
  /** Seconds; the machine's clock where not given. */
  readonly clock?: () => bigint;
}

/** A witness that remembers, durably, in a folder, the last head of each log that it signed. */
export class LocalWitness implements Witness {
  readonly address: string;
  readonly #options: WitnessOptions;
  readonly #heads: HeadStore;

  static async open(folder: string, options: WitnessOptions): Promise<LocalWitness> {
    return new LocalWitness(await options.signer.getAddress(), new HeadStore(folder), options);
  }

  private constructor(address: string, heads: HeadStore, options: WitnessOptions) {
    this.address = address;
    this.#heads = heads;
    this.#options = options;
  }

  async headOf(logId: Hex): Promise<Head> {
    return this.#heads.get(logId);
  }

  async cosign(request: CosignRequest): Promise<Cosigned> {
    const { logId, newSize, root } = request;
    const { registry, signer, keysOf } = this.#options;
    checkRequest(request, registry, await keysOf(logId));
    const known = this.#heads.get(logId);
    checkExtends(request, known);
    // Remembered before it is signed: a crash in between costs a signature, never the memory of one.
    this.#heads.replace(logId, known, { size: newSize, root });
    const time = (this.#options.clock ?? machineClock)();
    const signature = await signCosignature(signer, registry, { logId, size: newSize, root, time });
    return { signer: this.address, time, signature };
  }

  async close(): Promise<void> {
    this.#heads.close();
  }
}

/**
 * Whether the checkpoint of a request is the log's and says what the request says.
 * @throws SteleError `unproven`
 */
export function checkRequest(request: CosignRequest, registry: Registry, keys: readonly NoteVerifier[]): void {
  const { logId, newSize, root, checkpoint } = request;
  const opened = openCheckpoint(checkpoint, suiteOrigin(registry.chainId, logId), keys);
  if (opened.size === newSize && equal(opened.root, root)) return;
  throw new SteleError("unproven", `the checkpoint of log ${logId} is of another head than the one to be signed`);
}

/**
 * Whether the new head of a request extends the one that is remembered.
 * @throws SteleError `refused` or `unproven`
 */
export function checkExtends(request: CosignRequest, known: Head): void {
  const { logId, oldSize, newSize, oldRoot = known.root, root, proof } = request;
  if (oldSize !== known.size) {
    throw new SteleError("refused", `the last head signed of log ${logId} has ${known.size} entries, not ${oldSize}`);
  }
  if (!equal(oldRoot, known.root)) {
    throw new SteleError("refused", `the last head signed of log ${logId} has another root at ${known.size}`);
  }
  const first = oldSize === 0n && proof.length === 0 && (newSize > 0n || equal(root, emptyRoot));
  if (!first && !verifyConsistency(oldSize, newSize, oldRoot, root, proof)) {
    throw new SteleError(
      "unproven",
      `the head of log ${logId} at ${newSize} is not shown to extend the one at ${oldSize}`,
    );
  }
}

/** The last head of each log, durable, changed by compare and set. */
export class HeadStore {
  readonly #folder: string;
  readonly #db: DatabaseSync;

  constructor(folder: string) {
    this.#folder = folder;
    this.#db = guarded(folder, () => {
      makeFolder(folder);
      const db = new DatabaseSync(join(folder, "heads.db"), { timeout: 10_000 });
      // No write-ahead log: SQLite cuts one short at a changed byte, and this memory must not be set back in silence.
      db.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA");
      db.exec("CREATE TABLE IF NOT EXISTS heads (log TEXT PRIMARY KEY, size TEXT, root BLOB) STRICT");
      return db;
    });
  }

  get(logId: Hex): Head {
    const row = guarded(this.#folder, () => this.#db.prepare("SELECT size, root FROM heads WHERE log = ?").get(logId));
    if (row === undefined) return { size: 0n, root: emptyRoot };
    const { size, root } = row;
    if (
      typeof size === "string" &&
      /^\d{1,20}$/.test(size) &&
      root instanceof Uint8Array &&
      root.length === hashLength
    ) {
      return { size: BigInt(size), root };
    }
    throw new SteleError("corrupt", `the witness in ${this.#folder} cannot read its head of log ${logId}`);
  }

  /** @throws SteleError `refused` where the remembered head is no longer `old` */
  replace(logId: Hex, old: Head, head: Head): void {
    const { changes } = guarded(this.#folder, () =>
      old.size === 0n && this.#db.prepare("SELECT 1 FROM heads WHERE log = ?").get(logId) === undefined
        ? this.#db.prepare("INSERT OR IGNORE INTO heads VALUES (?, ?, ?)").run(logId, `${head.size}`, head.root)
        : this.#db
            .prepare("UPDATE heads SET size = ?, root = ? WHERE log = ? AND size = ? AND root = ?")
            .run(`${head.size}`, head.root, logId, `${old.size}`, old.root),
    );
    if (changes === 1) return;
    throw new SteleError(
      "refused",
      `the witness signed another head of log ${logId} meanwhile; its root was ${toHex(old.root)}`,
    );
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}
