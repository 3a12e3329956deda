import type { Hex } from "../../common/bytes.js";
import type { EventLine } from "../line.js";
import { Answer, type Question } from "./answer.js";
import { followLog, forgetOne, type Followed, type FollowOptions } from "./follow.js";
import { findingsOf, type Finding } from "./findings.js";
import { idSpan, removeIndex } from "./layout.js";
import { reachOf, type Reach } from "./reach.js";
import { logIdOf, type EventSource } from "./source.js";
import { IndexStore } from "./store.js";

type Window = Pick<Question, "from" | "to" | "operations" | "failed">;

/**
 * An index over the data events of any number of logs, in one file. It holds nothing that cannot be read from the logs
 * again: throw it away and follow them anew, and every answer is the same.
 * @example
 * const index = AuditIndex.open("audit.index");
 * await index.follow(await openBookReader("books/ledger"));
 * for await (const line of index.touchedBy({ auditor })) console.log(line.operation, line.subject);
 * index.close();
 */
export class AuditIndex {
  readonly #store: IndexStore;
  readonly #following = new Map<Hex, Promise<unknown>>();

  private constructor(store: IndexStore) {
    this.#store = store;
  }

  /**
   * Opens or begins an index, for this process alone.
   * @throws SteleError `busy` where another process has it open, `corrupt` where the file is none
   */
  static open(file: string): AuditIndex {
    return new AuditIndex(new IndexStore(file));
  }

  /** Throws an index away; no process may have it open. */
  static remove(file: string): void {
    removeIndex(file);
  }

  /**
   * Takes a log's new records in. Follows of one log wait for each other; a killed one is continued by the next.
   * @throws SteleError `unproven` where the log does not extend what was indexed, or does not contain the anchored head
   */
  async follow(source: EventSource, options: FollowOptions = {}): Promise<Followed> {
    const logId = logIdOf(source);
    const before = this.#following.get(logId);
    const followed = (async () => {
      await before?.catch(() => undefined);
      return followLog(this.#store, source, options);
    })();
    this.#following.set(logId, followed);
    return followed;
  }

  /** Everything that one account touched. */
  touchedBy(question: Window & { readonly auditor: Hex; readonly engagement?: Hex | undefined }): Answer {
    return this.ask(question);
  }

  /** Everything that happened to one dataset, record or account. */
  history(subject: Hex, window: Window = {}): Answer {
    return this.ask({ ...window, subject });
  }

  /** Everything in one engagement. */
  during(question: Window & { readonly engagement: Hex; readonly auditor?: Hex | undefined }): Answer {
    return this.ask(question);
  }

  /** @throws SteleError `usage` where neither auditor, subject nor engagement is asked for */
  ask(question: Question): Answer {
    return new Answer(this.#store, question);
  }

  /** What the index covers now, and what it could not look at. */
  reach(window: Pick<Question, "from" | "to"> = {}): Reach {
    return reachOf(this.#store, this.#store.logs(), window);
  }

  /** Records that are not what they should be: evidence against whoever keeps their log. */
  findings(): AsyncIterable<Finding> {
    return findingsOf(this.#store);
  }

  /**
   * Takes a line out whose record was erased, where its reader says so.
   * @returns whether it went
   */
  async forget(line: Pick<EventLine, "logId" | "index">, source: EventSource): Promise<boolean> {
    const log = this.#store.log(line.logId);
    if (log === undefined || line.index >= log.size) return false;
    return forgetOne(this.#store, source, log.n * idSpan + Number(line.index));
  }

  close(): void {
    this.#store.close();
  }
}
