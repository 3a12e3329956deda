import { closeSync, fdatasync, fsyncSync, openSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import type { Hex } from "../../common/bytes.js";
import { syncFolderSync } from "../../common/node/files.js";
import { makeFolder } from "../../common/node/folders.js";
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
 * durable before the operation starts, and those that wait share one write to disk. `keyed` and `recorded` are with the
 * system on return, and on disk with the next beginning: should a power cut take them away, the log says the same. `end`
 * is written with what comes next: to end an operation twice does no harm.
 */
export class OperationJournal {
  readonly #path: string;
  readonly #open: Map<string, OpenOperation>;
  #file = 0;
  #length = 0;
  /** Lines that are not in the file yet: they need not be before something else is. */
  #lines: Uint8Array[] = [];
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
    makeFolder(folder, 0o700);
    return new OperationJournal(path, readOpen(path));
  }

  /** Operations that were begun and not ended, in the order of their beginning. */
  get open(): readonly OpenOperation[] {
    return [...this.#open.values()];
  }

  /** Writes down that an operation begins; durable when it resolves. */
  async begin(intent: Intent): Promise<void> {
    this.#add({ begin: intent });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ resolve, reject });
    this.#working ??= this.#work();
    return promise;
  }

  /** The key of a dataset is about to be kept for an operation that has no record yet. */
  keyed(id: string, root: Hex): void {
    this.#add({ keyed: id, root });
    this.#flush();
  }

  /** The operation's record is in the log. */
  recorded(id: string, outcome: Outcome): void {
    this.#add({ recorded: id, outcome });
    this.#flush();
  }

  /** Nothing is left to do for an operation. */
  end(id: string): void {
    // Should it not be written, the next opening finds nothing left to do.
    if (this.#broken !== undefined) return;
    this.#add({ end: id });
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
    if (this.#broken === undefined) this.shorten();
    closeSync(this.#file);
  }

  #add(line: Line): void {
    if (this.#broken !== undefined) throw this.#broken;
    this.#lines.push(encodeLine(line));
    apply(this.#open, line);
  }

  /** Gives the system what was added. */
  #flush(): void {
    const bytes = Buffer.concat(this.#lines.splice(0));
    try {
      writeFully(this.#file, bytes, this.#length);
    } catch (error) {
      this.#broken = error;
      throw error;
    }
    this.#length += bytes.length;
  }

  /** Syncs for all that wait, until nobody does. */
  async #work(): Promise<void> {
    // Everything that begins in this turn of the event loop joins the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      try {
        this.#flush();
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
    this.#lines = [];
    this.#file = openSync(`${this.#path}.new`, "w", 0o600);
    this.#length = bytes.length;
    writeFully(this.#file, bytes, 0);
    fsyncSync(this.#file);
    renameSync(`${this.#path}.new`, this.#path);
    syncFolderSync(dirname(this.#path));
  }
}
