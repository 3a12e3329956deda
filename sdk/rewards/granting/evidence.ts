import { equal, fromHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { openBookReader } from "../../book/reader.js";
import type { RecordSource } from "../../book/source.js";
import { readLogState } from "../../chain/log-state.js";
import type { Suite } from "../../chain/suite.js";

/** The records that awards are to rest on: a log's, read by its owner, against the head that the chain holds. */
export class EvidenceBook {
  readonly logId: Hex;
  /** Entries that the chain knows. */
  readonly size: bigint;
  readonly #source: RecordSource;

  private constructor(source: RecordSource, size: bigint) {
    this.#source = source;
    this.logId = source.config.logId;
    this.size = size;
  }

  /**
   * @param folder of the log, with the key that opens it
   * @throws SteleError `corrupt` where the folder is not the log that the chain knows
   */
  static async open(folder: string, suite: Suite): Promise<EvidenceBook> {
    const source = await openBookReader(folder);
    try {
      const { size, root } = await readLogState(suite, source.config.logId);
      const stored = await source.log.storedHead();
      if (stored.size < size || (size > 0n && !equal(await source.log.rootAt(size), root))) {
        const sentence = `is not log ${source.config.logId} as the chain knows it; restore it from a mirror first`;
        throw new SteleError("corrupt", sentence, { place: { file: folder } });
      }
      return new EvidenceBook(source, size);
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /**
   * Why a record cannot be evidence for an award to this person; undefined where it can. It has to be anchored and to
   * open to the person's subject.
   */
  async objection(index: bigint, subject: Hex): Promise<string | undefined> {
    if (index >= this.size) {
      return `is entry ${index}, and the chain knows ${this.size} entries of the log; anchor it first`;
    }
    const { record, missing } = await this.#source.openRecord(index);
    if (record === undefined) return `is entry ${index}, which does not open (${missing ?? "no key"})`;
    if (record.subject === undefined) return `is entry ${index}, which is about nobody`;
    if (equal(record.subject.subjectId, fromHex(subject, 32))) return undefined;
    return `is entry ${index}, which is about somebody else`;
  }

  /** For messages and the plan. */
  get id(): Uint8Array {
    return fromHex(this.logId, 32);
  }

  async close(): Promise<void> {
    await this.#source.close();
  }
}
