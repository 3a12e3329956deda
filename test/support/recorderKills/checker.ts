import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { decryptDataset } from "../../../sdk/audit/datasets/encrypt.js";
import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import { operationOf, parseAuditEvent, type AuditEvent } from "../../../sdk/audit/event.js";
import { fromHex, toHex, type Hex } from "../../../sdk/common/bytes.js";
import type { Recording } from "../recording.js";

/** Stands in everything that is collected, so that plaintext is known where it lies. */
export const marker = "PLAINTEXT-OF-THE-AGENCY";

/** What the log says, read as it grows, and held against what is on disk. */
export class Checker {
  readonly events = new Map<string, AuditEvent>();
  /** Leaf hashes of records of identity changes that may be erased. */
  readonly erasable: Hex[] = [];
  #read = 0n;

  /** Reads the new records: A2, and the sequence has no gap. */
  async follow({ book }: Recording): Promise<void> {
    for (; this.#read < book.log.size(); this.#read++) {
      const { payload, header, leafHash } = await book.openRecord(this.#read);
      const event = parseAuditEvent(payload);
      expect(header.sequence, "a gap in the sequence").to.equal(this.#read);
      expect(this.events.has(event.id), `operation ${event.id} is recorded twice`).to.equal(false);
      this.events.set(event.id, event);
      if (operationOf(event) === "identity") this.erasable.push(toHex(leafHash));
    }
  }

  /** A1: what a process was handed out is on record as done. */
  requireDone(ids: Iterable<string>): void {
    for (const id of ids) expect(this.events.get(id)?.data.outcome, `operation ${id}`).to.equal("done");
  }

  /** A1, A3, A4 and A5, of everything on disk. */
  async check(recording: Recording): Promise<void> {
    const { book, datasets, folder } = recording;
    const { made, erased, removed } = this.#told();
    expect(await datasets.list(), "A1: the store has what is on record").to.deep.equal(
      [...made].filter((root) => !removed.has(root)).toSorted(),
    );
    expect(readdirSync(join(datasets.folder, ".staged")), "A4: nothing is staged").to.deep.equal([]);
    await this.#checkMirror(await DatasetStore.open(join(folder, "mirror")));
    for (const root of made) {
      const isErased = book.keys.isErased(fromHex(root)) !== undefined;
      expect(isErased, `A5: the key of ${root}`).to.equal(erased.has(root));
    }
    const journal = readFileSync(join(book.folder, "erasures", "erasures.ndjson"), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    const names = journal.map((line) => (JSON.parse(line) as { record: Hex }).record);
    expect(names.toSorted(), "A5: each erasure is on record once").to.deep.equal([...erased].toSorted());
    expect(readFileSync(join(book.folder, "operations", "journal.ndjson"), "utf8"), "A3: none is open").to.equal("");
    this.#checkOutputs(folder);
    for (const part of ["book", "datasets", "mirror"]) this.#requireNoPlaintext(join(folder, part));
  }

  /** Datasets that can be read: made, not erased. */
  readable(): Hex[] {
    const { made, erased } = this.#told();
    return [...made].filter((root) => !erased.has(root));
  }

  /** Opens a dataset and reads it through. */
  async read({ book, datasets }: Recording, root: Hex): Promise<void> {
    let bytes = 0;
    const key = await book.openKey(fromHex(root));
    for await (const piece of decryptDataset(await datasets.get(root), key)) bytes += piece.length;
    expect(bytes).to.be.greaterThan(0);
  }

  #told(): { made: Set<Hex>; erased: Set<Hex>; removed: Set<Hex> } {
    const [made, erased, removed] = [new Set<Hex>(), new Set<Hex>(), new Set<Hex>()];
    for (const event of this.events.values()) {
      const operation = operationOf(event);
      const done = event.data.outcome === "done";
      const subject = event.subject as Hex;
      if (done && (operation === "collect" || operation === "derive")) made.add(subject);
      const erasure = event.data["erasure"] as { record: Hex } | undefined;
      if (erasure !== undefined) {
        expect(erased.has(erasure.record), `A5: ${erasure.record} is erased twice`).to.equal(false);
        erased.add(erasure.record);
      }
      if (done && event.data["removed"] === true) removed.add(subject);
    }
    return { made, erased, removed };
  }

  /** A1 of copies; one that is not whole yet may lie where the next one goes on. */
  async #checkMirror(mirror: DatasetStore): Promise<void> {
    const copied = new Set<string>();
    for (const event of this.events.values()) {
      if (operationOf(event) === "transfer" && event.data.outcome === "done") copied.add(event.subject!);
    }
    expect(await mirror.list(), "A1: the mirror has what is on record").to.deep.equal([...copied].toSorted());
    const staged = readdirSync(join(mirror.folder, ".staged")).filter((name) => name !== "copies");
    expect(staged, "A4: nothing else is staged").to.deep.equal([]);
  }

  /** No more files of a dataset than reads of it are on record, and none without its name. */
  #checkOutputs(folder: string): void {
    const reads = new Map<string, number>();
    for (const event of this.events.values()) {
      if (operationOf(event) !== "read" || event.data.outcome !== "done") continue;
      reads.set(event.subject!, (reads.get(event.subject!) ?? 0) + 1);
    }
    const found = new Map<string, number>();
    for (const name of readdirSync(join(folder, "out"))) {
      expect(name, "A4: a part of a file").to.match(/^0x[0-9a-f]{64}-[0-9a-f]{12}$/);
      const root = name.slice(0, 66);
      found.set(root, (found.get(root) ?? 0) + 1);
    }
    for (const [root, files] of found) expect(files, `A1: files of ${root}`).to.be.at.most(reads.get(root) ?? 0);
  }

  #requireNoPlaintext(folder: string): void {
    for (const name of readdirSync(folder, { recursive: true }) as string[]) {
      const path = join(folder, name);
      if (!statSync(path).isFile()) continue;
      expect(readFileSync(path).includes(marker), `A4: plaintext in ${path}`).to.equal(false);
    }
  }
}
