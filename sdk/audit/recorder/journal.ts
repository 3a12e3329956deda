import { closeSync, fdatasync, fsyncSync, openSync, renameSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import type { Hex } from "../../common/bytes.js";
import { syncFolderSync } from "../../common/node/files.js";
import { writeFully } from "../../records/slots.js";
import type { Outcome } from "../event.js";
import { apply, encodeLine, readOpen, type Intent, type Line, type OpenOperation } from "./intent.js";

const sync = promisify(fdatasync);

/** Bytes after which the journal is written anew with what is still open. */
const longest = 16 * 1024 * 1024;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The operations under way, in one append-only file of the book's folder, readable by its owner alone. A beginning is
 * durable before the operation starts, and those that wait share one write to disk. What follows (`keyed`, `recorded`,
 * `end`) is with the system on return, and on disk with the next beginning: should a power cut take it away, the log
 * says the same.
 */
export class OperationJournal {
  readonly #path: string;
  readonly #open: Map<string, OpenOperation>;
  #file = 0;
  #length = 0;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;
  #broken: unknown;

  private constructor(path: string, open: Map<string, OpenOperation>) {
    this.#path = path;
    this.#open = open;
    this.#rewrite();
  }

  /**
   * Opens the journal in a folder, which is made.
   * @throws SteleError `corrupt`, naming the line
   */
  static async open(folder: string): Promise<OperationJournal> {
    const path = join(folder, "journal.ndjson");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new OperationJournal(path, readOpen(path));
  }

  /** Operations that were begun and not ended, in the order of their beginning. */
  get open(): readonly OpenOperation[] {
    return [...this.#open.values()];
  }

  /** Writes down that an operation begins; durable when it resolves. */
  async begin(intent: Intent): Promise<void> {
    this.#write({ begin: intent });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ resolve, reject });
    this.#working ??= this.#work();
    return promise;
  }

  /** The key of a dataset is about to be kept for an operation that has no record yet. */
  keyed(id: string, root: Hex): void {
    this.#write({ keyed: id, root });
  }

  /** The operation's record is in the log. */
  recorded(id: string, outcome: Outcome): void {
    this.#write({ recorded: id, outcome });
  }

  /** Nothing is left to do for an operation. */
  end(id: string): void {
    this.#write({ end: id });
    // Not under a sync that is on its way: that one does it itself.
    if (this.#length > longest && this.#working === undefined) this.shorten();
  }

  /** Forgets what has ended. Not while anything begins. */
  shorten(): void {
    closeSync(this.#file);
    this.#rewrite();
  }

  async close(): Promise<void> {
    await this.#working;
    closeSync(this.#file);
  }

  #write(line: Line): void {
    if (this.#broken !== undefined) throw this.#broken;
    const bytes = encodeLine(line);
    try {
      writeFully(this.#file, bytes, this.#length);
    } catch (error) {
      this.#broken = error;
      throw error;
    }
    this.#length += bytes.length;
    apply(this.#open, line);
  }

  /** Syncs for all that wait, until nobody does. */
  async #work(): Promise<void> {
    // Everything that begins in this turn of the event loop joins the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      try {
        await sync(this.#file);
        if (this.#length > longest) this.shorten();
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#broken = error;
        for (const { reject } of group) reject(error);
      }
    }
    this.#working = undefined;
  }

  /** Writes the journal anew, as a whole or not at all. */
  #rewrite(): void {
    const lines: Uint8Array[] = [];
    for (const { intent, keyed, recorded } of this.#open.values()) {
      lines.push(encodeLine({ begin: intent }));
      if (keyed !== undefined) lines.push(encodeLine({ keyed: intent.id, root: keyed }));
      if (recorded !== undefined) lines.push(encodeLine({ recorded: intent.id, outcome: recorded }));
    }
    const bytes = Buffer.concat(lines);
    this.#file = openSync(`${this.#path}.new`, "w", 0o600);
    this.#length = bytes.length;
    writeFully(this.#file, bytes, 0);
    fsyncSync(this.#file);
    renameSync(`${this.#path}.new`, this.#path);
    syncFolderSync(dirname(this.#path));
  }
}
