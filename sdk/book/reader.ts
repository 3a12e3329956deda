import { join } from "node:path";

import { KeyReader } from "../records/key-reader.js";
import { openBookView } from "./prove.js";
import { readSecrets } from "./secrets.js";
import { BookSource, type Reader, type RecordSource } from "./source.js";

/** Id of the owner of a book among those who may open its records. */
export const ownerId = "owner";

/**
 * Opens a book's records for reading beside the process that writes it: with the key in the folder, or another
 * recipient's. What is erased while it reads is not handed out any more.
 * @throws SteleError `missing` where there is no book, or none that has been opened by its owner yet
 * @example
 * const source = await openBookReader("books/ledger");
 * const { size } = await source.log.storedHead();
 * for await (const { index, record, missing } of source.records(0n, size)) …
 */
export async function openBookReader(folder: string, as?: Reader): Promise<RecordSource> {
  const { config, log } = await openBookView(folder);
  try {
    const reader = as ?? { recipient: ownerId, privateKey: (await readSecrets(folder)).recipient.privateKey };
    const keys = KeyReader.open(join(folder, "keys"), { journal: join(folder, "erasures") });
    const grants = {
      grants: async (records: readonly Uint8Array[]) => keys.grants(records, reader.recipient),
      erasedSince: (record: Uint8Array) => keys.erasedSince(record),
      close: async () => keys.close(),
    };
    return new BookSource(config, log, grants, reader);
  } catch (error) {
    await log.reader.close();
    throw error;
  }
}
