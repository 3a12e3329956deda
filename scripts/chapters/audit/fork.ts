import { cp } from "node:fs/promises";

import { Book } from "../../../sdk/book/book.js";
import type { Served } from "../../../sdk/log/serve.js";
import { serveLog } from "../../../sdk/log/serve.js";

/** A second history of a log, signed with the log's own key, and shown to others at an address of its own. */
export interface Fork {
  readonly url: string;
  readonly size: bigint;
  close(): Promise<void>;
}

/** Copies a log's folder as it is now: what a dishonest owner keeps beside its books. Its book must be closed. */
export async function keepSecondBooks(folder: string, copy: string): Promise<void> {
  await cp(folder, copy, { recursive: true });
}

/** Goes on in the copy with another record than the original has, signs it and serves it. */
export async function showSecondBooks(copy: string, time: bigint): Promise<Fork> {
  const book = await Book.open(copy);
  await book.append([{ time, payload: { note: "this never happened" } }]);
  await book.publish();
  const served: Served = await serveLog(book.log.reader);
  const size = book.log.size();
  return {
    url: served.url,
    size,
    async close() {
      await served.close();
      await book.close();
    },
  };
}
