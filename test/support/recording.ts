import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { Wallet } from "ethers";

import { DatasetStore } from "../../sdk/audit/datasets/store.js";
import { auditEventSchema, parseAuditEvent, type AuditEvent } from "../../sdk/audit/event.js";
import { Recorder, type RecorderOptions } from "../../sdk/audit/recorder.js";
import { Book } from "../../sdk/book/book.js";
import type { BookConfig } from "../../sdk/book/config.js";
import { equal } from "../../sdk/common/bytes.js";
import { uriHash } from "../../sdk/records/commitments.js";
import { decodeHeader } from "../../sdk/records/header.js";
import { bookConfig as plainConfig } from "./books.js";

/** A book of data events that is registered nowhere. */
export const bookConfig: BookConfig = {
  ...plainConfig,
  kind: "audit.events",
  name: "events",
  source: "urn:stele:test:agency",
};

/** An auditor's account, the same in every run. */
export const auditor = new Wallet(`0x${"a1".repeat(32)}`);
export const engagement = `0x${"e1".repeat(32)}` as const;

/** A book, a store and a recorder in one folder. */
export interface Recording {
  readonly folder: string;
  readonly book: Book;
  readonly datasets: DatasetStore;
  readonly recorder: Recorder;
  close(): Promise<void>;
}

/** Opens what is in a folder, or begins it there. */
export async function openRecording(folder: string, options: Partial<RecorderOptions> = {}): Promise<Recording> {
  await Book.prepare(join(folder, "book"), bookConfig);
  const book = await Book.open(join(folder, "book"));
  try {
    const datasets = await DatasetStore.open(join(folder, "datasets"));
    const recorder = await Recorder.open(book, datasets, { auditor: auditor.address, engagement, ...options });
    const close = async (): Promise<void> => {
      await recorder.close();
      await book.close();
    };
    return { folder, book, datasets, recorder, close };
  } catch (error) {
    await book.close();
    throw error;
  }
}

/** Every data event of a book whose key is there, in order. */
export async function eventsOf(book: Book): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  const schema = uriHash(auditEventSchema);
  for (let index = 0n; index < book.log.size(); index++) {
    const entry = await book.log.entry(index);
    if (!equal(decodeHeader(entry).schema, schema)) continue;
    const { leafHash, payload } = await book.openRecord(index).catch(() => ({ leafHash: undefined, payload: {} }));
    if (leafHash !== undefined) events.push(parseAuditEvent(payload));
  }
  return events;
}

/** Writes files under a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}
