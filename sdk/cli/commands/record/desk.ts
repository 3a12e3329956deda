import { stat } from "node:fs/promises";

import { equal, fromHex, toHex, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import type { BookView } from "../../../book/prove.js";
import type { LogView } from "../../../log/view.js";
import type { ProofBundle } from "../../../proof/bundle.js";
import { readUnverified } from "../../../proof/checkpoint.js";
import { recordStates, type RecordState } from "../../../records/desk.js";
import type { Context } from "../../context.js";
import type { Session } from "../../session.js";

/** A record as `IRecordDesk.Shown` takes it: its proof is under the chain's present head. */
export interface DeskShown {
  readonly logId: Hex;
  readonly index: bigint;
  readonly header: Hex;
  readonly proof: readonly Hex[];
}

/** What the desk says of a record, as `IRecordDesk.Status`. */
export interface DeskStatus {
  readonly state: RecordState;
  readonly valid: boolean;
  readonly noticed: boolean;
  readonly disputed: boolean;
  /** Seconds since 1970. */
  readonly anchoredBy: bigint;
  /** Seconds since 1970; 0 for never. */
  readonly expires: bigint;
}

/** Whether a path is a folder; a path that leads nowhere is refused. */
export async function isFolder(path: string, context: Context): Promise<boolean> {
  const what = await stat(context.path(path)).catch((cause: unknown) => {
    throw new SteleError("missing", "there is no such file or folder", { place: { file: path }, cause });
  });
  return what.isDirectory();
}

/** A record of a book, proved under the head that the chain holds now. */
export async function shownFromBook({ config, log }: BookView, index: bigint, session: Session): Promise<DeskShown> {
  const [head, root] = await session.suite.contract("LogRegistry").headOf(config.logId);
  if (index >= head.size) {
    throw new SteleError("missing", `entry ${index} is not anchored yet: the chain's head has ${head.size} entries`);
  }
  if (!equal(await log.rootAt(head.size), fromHex(root))) {
    throw new SteleError("corrupt", `this folder does not have the root that the chain holds at ${head.size}`);
  }
  const proof = (await log.inclusionProof(index, head.size)).map((hash) => toHex(hash));
  return { logId: config.logId, index, header: toHex(await log.entry(index)), proof };
}

/** A copy of the log: a folder, or the URL of somebody who serves it. */
export interface LogCopy {
  readonly place: string;
  readonly context: Context;
}

/** A record of a file, if its checkpoint is the head that the chain holds now, or a copy of the log leads to that head. */
export async function shownFromFile(
  bundle: ProofBundle,
  file: string,
  session: Session,
  copy?: LogCopy | "",
): Promise<DeskShown> {
  const { suite } = bundle.log;
  if (suite === undefined) {
    throw new SteleError("input", "is of a log outside the suite; no desk knows it", { place: { file, field: "log" } });
  }
  const [head, root] = await session.suite.contract("LogRegistry").headOf(suite.logId);
  const checkpoint = readUnverified(bundle.checkpoint);
  const shown = { logId: suite.logId, index: bundle.index, header: bundle.entry as Hex };
  if (checkpoint.size === head.size && equal(checkpoint.root, fromHex(root))) {
    return { ...shown, proof: bundle.inclusion as Hex[] };
  }
  if (copy === undefined || copy === "") {
    const sentence =
      `is under the head of ${checkpoint.size} entries, and the chain's has ${head.size}; name a copy of the log with ` +
      "--copy, or ask its owner for a new file";
    throw new SteleError("unproven", sentence, { place: { file, field: "checkpoint" } });
  }
  return { ...shown, proof: await proofFromCopy(copy, shown, { size: head.size, root: fromHex(root) }, bundle) };
}

async function proofFromCopy(
  { place, context }: LogCopy,
  { index, header }: Pick<DeskShown, "index" | "header">,
  head: { readonly size: bigint; readonly root: Uint8Array },
  { log: { origin } }: ProofBundle,
): Promise<Hex[]> {
  const view = await openCopy(place, origin, context);
  try {
    const { size } = await view.storedHead();
    if (size < head.size) {
      throw new SteleError("missing", `has ${size} entries, and the chain's head ${head.size}`, {
        place: { file: place },
      });
    }
    const same = equal(await view.rootAt(head.size), head.root) && toHex(await view.entry(index)) === header;
    if (!same) throw new SteleError("unproven", "is not the log that the chain has", { place: { file: place } });
    return (await view.inclusionProof(index, head.size)).map((hash) => toHex(hash));
  } finally {
    await view.reader.close();
  }
}

/** What it gives is held against the chain's head, so nobody needs to be trusted for it. */
async function openCopy(place: string, origin: string, context: Context): Promise<LogView> {
  if (/^https?:\/\//.test(place)) {
    const { RemoteLog } = await import("../../../log/remote.js");
    const { fetchFrom } = await import("../../../log/fetch.js");
    return RemoteLog.open(fetchFrom(place, context.signal), origin, { signal: context.signal });
  }
  const { openLogView } = await import("../../../log/log.js");
  const folder = context.path(place);
  const isBook = await isFolder(`${place}/log`, context).catch(() => false);
  return openLogView(isBook ? `${folder}/log` : folder, { origin });
}

/** Asks the desk. */
export async function deskStatus(shown: DeskShown, session: Session): Promise<DeskStatus> {
  const status = await session.suite.contract("RecordDesk").stateOf({ ...shown, proof: [...shown.proof] });
  const { valid, noticed, disputed, anchoredBy, expires } = status;
  return { state: recordStates[Number(status.state)] ?? "recorded", valid, noticed, disputed, anchoredBy, expires };
}
