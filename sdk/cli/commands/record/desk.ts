import { stat } from "node:fs/promises";

import { equal, fromHex, toHex, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { readText } from "../../../common/node/files.js";
import type { BookView } from "../../../book/prove.js";
import type { ProofBundle } from "../../../proof/bundle.js";
import { readUnverified } from "../../../proof/checkpoint.js";
import { recordStates, type RecordState } from "../../../records/desk.js";
import { parsePresentation, type Presentation } from "../../../records/presentation.js";
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

/** Reads a presentation or bundle file. */
export async function readPresentation(file: string, context: Context): Promise<Presentation> {
  return parsePresentation(await readText(context.path(file), file), { file });
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

/** A record of a file, if its checkpoint is the head that the chain holds now. */
export async function shownFromFile(bundle: ProofBundle, file: string, session: Session): Promise<DeskShown> {
  const { suite } = bundle.log;
  if (suite === undefined) {
    throw new SteleError("input", "is of a log outside the suite; no desk knows it", { place: { file, field: "log" } });
  }
  const [head, root] = await session.suite.contract("LogRegistry").headOf(suite.logId);
  const checkpoint = readUnverified(bundle.checkpoint);
  if (checkpoint.size !== head.size || !equal(checkpoint.root, fromHex(root))) {
    const sentence = `is under the head of ${checkpoint.size} entries, and the chain's has ${head.size}; ask for a new one`;
    throw new SteleError("unproven", sentence, { place: { file, field: "checkpoint" } });
  }
  return { logId: suite.logId, index: bundle.index, header: bundle.entry as Hex, proof: bundle.inclusion as Hex[] };
}

/** Asks the desk. */
export async function deskStatus(shown: DeskShown, session: Session): Promise<DeskStatus> {
  const status = await session.suite.contract("RecordDesk").stateOf({ ...shown, proof: [...shown.proof] });
  const { valid, noticed, disputed, anchoredBy, expires } = status;
  return { state: recordStates[Number(status.state)] ?? "recorded", valid, noticed, disputed, anchoredBy, expires };
}
