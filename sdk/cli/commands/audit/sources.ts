import type { FollowOptions } from "../../../audit/questions/follow.js";
import type { AuditIndex } from "../../../audit/questions/audit-index.js";
import type { Reader, RecordSource } from "../../../book/source.js";
import { fromHex, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import type { Context } from "../../context.js";
import { thousands } from "../../output.js";

/** Threads that open records where many are new; opening them is nearly all the work. */
const threads = 2;
/** From so many new records on they are worth their start. */
const worthThreads = 20_000n;

/** Books that were followed, by log id. */
export type Books = ReadonlyMap<Hex, RecordSource>;

/** How books are opened and compared. */
export interface Opening {
  /** Folders, or URLs that serve a book. */
  readonly book: readonly string[];
  /** Name and key file of the recipient; the owner of a folder unless given. */
  readonly recipient: string | undefined;
  readonly recipientKey: string | undefined;
  readonly offline: boolean;
}

/** Opens books, follows them into an index and closes what it opened when the work is done. */
export async function withBooks<T>(
  index: AuditIndex,
  opening: Opening,
  context: Context,
  work: (books: Books) => Promise<T>,
): Promise<T> {
  const books = new Map<Hex, RecordSource>();
  const reader = await readerOf(opening, context);
  try {
    for (const place of opening.book) {
      const source = await open(place, reader, context);
      books.set(source.config.logId.toLowerCase() as Hex, source);
      await follow(index, source, { place, reader, offline: opening.offline }, context);
    }
    return await work(books);
  } finally {
    for (const source of books.values()) await source.close();
  }
}

async function readerOf({ recipient, recipientKey }: Opening, context: Context): Promise<Reader | undefined> {
  if (recipient === undefined && recipientKey === undefined) return undefined;
  if (recipient === undefined || recipientKey === undefined) {
    throw new SteleError("usage", "--recipient and --recipient-key go together");
  }
  const { readRecipient } = await import("../../../audit/monitor/recipient.js");
  const { privateKey } = await readRecipient({ id: recipient, key: context.path(recipientKey) });
  return { recipient, privateKey };
}

async function open(place: string, reader: Reader | undefined, context: Context): Promise<RecordSource> {
  if (!isUrl(place)) return (await import("../../../book/reader.js")).openBookReader(context.path(place), reader);
  if (reader === undefined) {
    throw new SteleError("usage", "a book at a URL is read as a recipient: give --recipient and --recipient-key");
  }
  const { openRemoteBook } = await import("../../../book/remote.js");
  return openRemoteBook(place, { ...reader, signal: context.signal });
}

function isUrl(place: string): boolean {
  return /^https?:\/\//.test(place);
}

async function follow(
  index: AuditIndex,
  source: RecordSource,
  {
    place,
    reader,
    offline,
  }: { readonly place: string; readonly reader: Reader | undefined; readonly offline: boolean },
  context: Context,
): Promise<void> {
  const { name, logId } = source.config;
  const bar = context.progress(`follow ${name}`);
  const anchored = offline ? undefined : await headOnChain(logId, context);
  const { size } = await source.log.storedHead();
  const known = index.reach().logs.find((log) => log.logId === logId.toLowerCase())?.size ?? 0n;
  const worth = !isUrl(place) && size - known >= worthThreads;
  const pool = worth ? await threadsOf(context.path(place), reader) : undefined;
  try {
    const options: FollowOptions = {
      signal: context.signal,
      progress: (done, all) => bar.update(done, all),
      ...(anchored === undefined ? {} : { anchored }),
      ...(pool === undefined ? {} : { digests: pool.digests }),
    };
    const followed = await index.follow(source, options);
    bar.finish(`${thousands(followed.size - followed.from)} new records`);
  } finally {
    await pool?.close();
  }
}

async function threadsOf(folder: string, reader: Reader | undefined) {
  const { readInThreads } = await import("../../../audit/questions/threads.js");
  return readInThreads(folder, threads, reader);
}

async function headOnChain(logId: Hex, context: Context): Promise<FollowOptions["anchored"]> {
  const { suite } = await context.session();
  const [{ size }, root] = await suite.contract("LogRegistry").headOf(logId);
  return { size, root: fromHex(root) };
}
