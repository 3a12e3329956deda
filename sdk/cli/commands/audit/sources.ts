import type { FollowOptions } from "../../../audit/questions/follow.js";
import type { AuditIndex } from "../../../audit/questions/audit-index.js";
import type { RecordSource } from "../../../book/source.js";
import { fromHex, type Hex } from "../../../common/bytes.js";
import type { Context } from "../../context.js";
import { thousands } from "../../output.js";

/** Threads that open records where many are new; opening them is nearly all the work. */
const threads = 2;
/** From so many new records on they are worth their start. */
const worthThreads = 20_000n;

/** Books that were followed, by log id. */
export type Books = ReadonlyMap<Hex, RecordSource>;

/** Opens books, follows them into an index and closes what it opened when the work is done. */
export async function withBooks<T>(
  index: AuditIndex,
  folders: readonly string[],
  offline: boolean,
  context: Context,
  work: (books: Books) => Promise<T>,
): Promise<T> {
  const { openBookReader } = await import("../../../book/reader.js");
  const books = new Map<Hex, RecordSource>();
  try {
    for (const folder of folders) {
      const source = await openBookReader(context.path(folder));
      books.set(source.config.logId.toLowerCase() as Hex, source);
      await follow(index, source, context.path(folder), offline, context);
    }
    return await work(books);
  } finally {
    for (const source of books.values()) await source.close();
  }
}

async function follow(
  index: AuditIndex,
  source: RecordSource,
  folder: string,
  offline: boolean,
  context: Context,
): Promise<void> {
  const { name, logId } = source.config;
  const bar = context.progress(`follow ${name}`);
  const anchored = offline ? undefined : await headOnChain(logId, context);
  const { size } = await source.log.storedHead();
  const known = index.reach().logs.find((log) => log.logId === logId.toLowerCase())?.size ?? 0n;
  const reader = size - known < worthThreads ? undefined : await threadsOf(folder);
  try {
    const options: FollowOptions = {
      signal: context.signal,
      progress: (done, all) => bar.update(done, all),
      ...(anchored === undefined ? {} : { anchored }),
      ...(reader === undefined ? {} : { digests: reader.digests }),
    };
    const followed = await index.follow(source, options);
    bar.finish(`${thousands(followed.size - followed.from)} new records`);
  } finally {
    await reader?.close();
  }
}

async function threadsOf(folder: string) {
  const { readInThreads } = await import("../../../audit/questions/threads.js");
  return readInThreads(folder, threads);
}

async function headOnChain(logId: Hex, context: Context): Promise<FollowOptions["anchored"]> {
  const { suite } = await context.session();
  const [{ size }, root] = await suite.contract("LogRegistry").headOf(logId);
  return { size, root: fromHex(root) };
}
