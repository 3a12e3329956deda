import { join } from "node:path";

import { equal, type Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { machineClock } from "../common/time.js";
import { suiteOrigin } from "../proof/checkpoint.js";
import { signHolding } from "../proof/eip712.js";
import { verifyConsistency } from "../proof/merkle.js";
import type { Work } from "./audit.js";
import { openLog, type Log } from "./log.js";
import type { Head } from "./store.js";
import { checkRequest, type Cosigned, type CosignRequest, type WitnessOptions } from "./witness.js";

/** Where a mirror copies a log from: the log itself, or anything that answers like it. */
export interface MirrorSource {
  entries(from: bigint, to: bigint): AsyncIterable<Uint8Array>;
  consistencyProof(oldSize: bigint, newSize: bigint): Promise<readonly Uint8Array[]>;
}

/** Someone who signs that they hold all entries of a log. */
export interface Mirror {
  readonly address: string;
  /**
   * Copies what is missing and signs the new head.
   * @throws SteleError `unproven` where entries, proofs or checkpoint do not hold; what was copied until then is good
   */
  hold(request: CosignRequest, source: MirrorSource, work?: Work): Promise<Cosigned>;
}

/** Entries that are proven and committed together. */
const step = 16_384;

/**
 * A mirror that keeps its copies as logs of their own, in folders named after the log ids. A batch of entries is kept
 * only once a consistency proof shows that it leads to the signed head, so a lying source leaves nothing behind.
 */
export class LocalMirror implements Mirror {
  readonly address: string;
  readonly #folder: string;
  readonly #options: WitnessOptions;
  readonly #logs = new Map<Hex, Promise<Log>>();

  static async open(folder: string, options: WitnessOptions): Promise<LocalMirror> {
    return new LocalMirror(await options.signer.getAddress(), folder, options);
  }

  private constructor(address: string, folder: string, options: WitnessOptions) {
    this.address = address;
    this.#folder = folder;
    this.#options = options;
  }

  /** The copy of a log. */
  async copyOf(logId: Hex): Promise<Log> {
    let log = this.#logs.get(logId);
    if (log === undefined) {
      const origin = suiteOrigin(this.#options.registry.chainId, logId);
      log = openLog(join(this.#folder, logId.slice(2).toLowerCase()), { origin });
      this.#logs.set(logId, log);
      log.catch(() => this.#logs.delete(logId));
    }
    return log;
  }

  async hold(request: CosignRequest, source: MirrorSource, work: Work = {}): Promise<Cosigned> {
    const { logId, newSize: size, root } = request;
    const { registry, signer, keysOf } = this.#options;
    checkRequest(request, registry, await keysOf(logId));
    const copy = await this.copyOf(logId);
    if (size < copy.size()) {
      throw new SteleError("refused", `the mirror holds ${copy.size()} entries of log ${logId}, more than ${size}`);
    }
    await follow(copy, { size, root }, source, work);
    const time = (this.#options.clock ?? machineClock)();
    const signature = await signHolding(signer, registry, { logId, size, root, time });
    return { signer: this.address, time, signature };
  }

  async close(): Promise<void> {
    for (const log of this.#logs.values()) await (await log).close();
    this.#logs.clear();
  }
}

/** Copies entries until the copy has the head `to`. */
async function follow(copy: Log, to: Head, source: MirrorSource, work: Work): Promise<void> {
  const begin = copy.size();
  while (copy.size() < to.size) {
    work.signal?.throwIfAborted();
    const from = copy.size();
    const end = from + BigInt(step) < to.size ? from + BigInt(step) : to.size;
    const entries: Uint8Array[] = [];
    for await (const entry of source.entries(from, end)) entries.push(entry);
    if (BigInt(entries.length) !== end - from)
      throw wrong(copy, `did not give the entries from ${from} to below ${end}`);
    const tree = copy.tree();
    for (const entry of entries) tree.add(entry);
    await leadsTo({ size: end, root: tree.root() }, to, copy, source);
    await copy.append(entries);
    work.progress?.(end - begin, to.size - begin);
  }
  if (!equal(copy.head().root, to.root)) throw wrong(copy, `is another log than the mirror holds, at ${to.size}`);
}

async function leadsTo(head: Head, to: Head, copy: Log, source: MirrorSource): Promise<void> {
  const proof = head.size === to.size ? [] : await source.consistencyProof(head.size, to.size);
  if (verifyConsistency(head.size, to.size, head.root, to.root, proof)) return;
  throw wrong(copy, `gave entries up to ${head.size} that do not lead to the signed head at ${to.size}`);
}

function wrong(copy: Log, why: string): SteleError {
  return new SteleError("unproven", `the source of ${copy.origin} ${why}`);
}
