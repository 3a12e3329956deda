import { equal, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import type { LogView } from "../../../log/view.js";
import type { Context } from "../../context.js";

/**
 * A unit's log for its headers alone: its folder, or where it is served.
 * @param logId compares it with the head on chain; undefined does not
 * @throws SteleError `refused` where it is another log, `unproven` where the chain holds another head
 */
export async function openHeaders(
  place: string,
  origin: string,
  logId: Hex | undefined,
  context: Context,
): Promise<LogView> {
  const log = await open(place, origin, context);
  try {
    if (log.origin !== origin)
      throw new SteleError("refused", `is the log ${log.origin}, not ${origin}`, { place: { file: place } });
    if (logId !== undefined) await compare(log, place, logId, context);
    return log;
  } catch (error) {
    await log.reader.close();
    throw error;
  }
}

async function open(place: string, origin: string, context: Context): Promise<LogView> {
  if (!/^https?:\/\//.test(place))
    return (await (await import("../../../book/prove.js")).openBookView(context.path(place))).log;
  const { fetchFrom } = await import("../../../log/fetch.js");
  const { RemoteLog } = await import("../../../log/remote.js");
  return RemoteLog.open(fetchFrom(place, context.signal), origin, { signal: context.signal });
}

async function compare(log: LogView, place: string, logId: Hex, context: Context): Promise<void> {
  const { readLogState } = await import("../../../chain/log-state.js");
  const { size, root } = await readLogState((await context.session()).suite, logId);
  const here = await log.storedHead();
  const refuse = (sentence: string) => new SteleError("unproven", sentence, { place: { file: place } });
  if (here.size < size) throw refuse(`has ${here.size} entries, and the chain's head ${size}: some are withheld`);
  if (size > 0n && !equal(await log.rootAt(size), root)) throw refuse(`has another root at ${size} than the chain`);
}
