import { fromUtf8, type Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { fetchFrom, type Fetch } from "../log/fetch.js";
import { RemoteLog, type RemoteOptions } from "../log/remote.js";
import { tileWidth, widthAt } from "../log/tiles.js";
import { suiteOrigin } from "../proof/checkpoint.js";
import { parseBookConfig } from "./config.js";
import { grantsPath, unpackGrants } from "./grants.js";
import { BookSource, type Grants, type Reader, type RecordSource } from "./source.js";

export interface RemoteBookOptions extends Reader, RemoteOptions {
  /** Refuse any other log than this one. */
  readonly logId?: Hex;
}

/**
 * Opens a book that somebody serves with {@link serveBook}, as a recipient. Entries are held against the published
 * checkpoint, each checkpoint against those before and, with `trust`, against keys that are known; each payload against
 * its header. So a server can hide what it has not published, and withhold, but not change anything.
 *
 * `log.storedHead()` asks for a newer checkpoint. What is erased is known to the reader with the bundles of 256
 * records that it has not fetched yet; one is being read, and one more may be at hand.
 * @throws SteleError `network`, `missing`, `unproven`
 * @example
 * const source = await openRemoteBook("https://agency.example/ledger/", { recipient: "office", privateKey, trust });
 */
export async function openRemoteBook(url: string, options: RemoteBookOptions): Promise<RecordSource> {
  const get = fetchFrom(url, options.signal);
  const description = await get("book.json");
  if (description === undefined) throw new SteleError("missing", `no book is served at ${url}`);
  const config = parseBookConfig(fromUtf8(description), { file: url });
  if (options.logId !== undefined && options.logId.toLowerCase() !== config.logId.toLowerCase()) {
    throw new SteleError("refused", `the log ${config.logId} is served at ${url}, not ${options.logId}`);
  }
  const log = await RemoteLog.open(get, suiteOrigin(config.chainId, config.logId), options);
  const sizeOf = async (): Promise<number> => Number((await log.reader.head()).size);
  return new BookSource(config, log, grantsOver(get, options.recipient, sizeOf), options);
}

function grantsOver(get: Fetch, recipient: string, size: () => Promise<number>): Grants {
  return {
    async grants(leafHashes, from) {
      const index = Math.floor(Number(from) / tileWidth);
      const first = Number(from) - index * tileWidth;
      const width = widthAt("entries", index, await size());
      if (width === 0) return [];
      const bytes = await get(grantsPath(recipient, index, width));
      if (bytes === undefined) throw new SteleError("missing", "the server has no key store to grant from");
      return unpackGrants(bytes, width).slice(first, first + leafHashes.length);
    },
    erasedSince: () => false,
    close: () => Promise.resolve(),
  };
}
