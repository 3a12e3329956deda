import { readFile } from "node:fs/promises";

import { fromHex, fromUtf8, toHex, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { isAbsent, readText } from "../../../common/node/files.js";
import type { ActContent } from "../../../records/acts.js";
import { decodeHeader } from "../../../records/header.js";
import { parsePresentation, type Presentation } from "../../../records/presentation.js";
import type { ActStanding } from "../../../rewards/personnel/acts.js";
import type { PersonKeys } from "../../../rewards/personnel/keys.js";
import type { RecordOpening } from "../../../rewards/personnel/opening.js";
import { noContent } from "../../codes.js";
import type { Context } from "../../context.js";
import { bytes32, count, duration, positional, text, value } from "../../fields.js";
import type { Session } from "../../session.js";
import { deadlineAfter } from "../../signing.js";
import { shownFromFile, type DeskShown } from "./desk.js";

/** Which record a command of its subject is about, and how the subject acts. */
export const subjectFields = {
  file: positional(text, "FILE", "opening, file of the person, or presented record"),
  index: positional(count.optional(), "INDEX", "number of the entry, where FILE holds several"),
  log: value(bytes32.optional(), "LOGID", "the log, where FILE holds several"),
  person: value(
    text.optional(),
    "KEYS",
    "the person's own keys: open FILE, act under the record's one-time address; any other account may send it",
  ),
  copy: value(text.optional(), "FOLDER|URL", "a copy of the log, where FILE is older than the chain's head"),
  within: value(duration.default(86_400), "TIME", "how long a signature under the one-time address counts"),
};

interface SubjectInput {
  readonly file: string;
  readonly index: bigint | undefined;
  readonly log: Hex | undefined;
  readonly person: string | undefined;
  readonly copy: string | undefined;
  readonly within: number;
}

/** A record that somebody holds: presented to them, or opened to them whole. */
export interface HeldRecord {
  readonly presentation: Presentation;
  /** Where the file opens it whole. */
  readonly opening: RecordOpening | undefined;
  /** All openings of the file. */
  readonly others: readonly RecordOpening[];
  readonly keys: PersonKeys | undefined;
}

/** Reads a record out of a file; one that is sealed opens with the person's keys. */
export async function readHeld(
  { file, index, log, person }: Pick<SubjectInput, "file" | "index" | "log" | "person">,
  context: Context,
): Promise<HeldRecord> {
  const keys = person === undefined ? undefined : await readKeys(person, context);
  const document = await readDocument(file, keys, context);
  const { format } = document as { format?: unknown };
  if (format !== "stele-opening/1" && format !== "stele-person-file/1") {
    if (index !== undefined || log !== undefined) {
      throw new SteleError("usage", "INDEX and --log are for a file of openings", { place: { file } });
    }
    return { presentation: parsePresentation(document, { file }), opening: undefined, others: [], keys };
  }
  const { parseOpenings, selectOpening } = await import("../../../rewards/personnel/file.js");
  const { checkedOpening } = await import("../../../rewards/personnel/opening.js");
  const others = parseOpenings(document, { file });
  const opening = selectOpening(others, { index, logId: log }, { file });
  const { subject } = checkedOpening(opening, { file });
  const opened = subject && { subject: toHex(subject.subjectId), salt: toHex(subject.salt) };
  const presentation: Presentation = {
    format: "stele-record/1",
    proof: opening.proof,
    ...(opened === undefined ? {} : { opening: opened }),
  };
  return { presentation, opening, others, keys };
}

/** A call's parts by which the subject acts on a record now. */
export interface SubjectAct {
  readonly session: Session;
  readonly shown: DeskShown;
  readonly standing: ActStanding;
}

/** Proves the record under the chain's present head, and the subject's standing for an act. */
export async function actOn(input: SubjectInput, content: ActContent, context: Context): Promise<SubjectAct> {
  const held = await readHeld(input, context);
  const session = await context.session();
  const { proof } = held.presentation;
  const shown = await shownFromFile(proof, input.file, session, input.copy && { place: input.copy, context });
  return { session, shown, standing: await standingOf(held, input, content, session, context) };
}

async function standingOf(
  { presentation, opening, others, keys }: HeldRecord,
  { file, within }: SubjectInput,
  content: ActContent,
  session: Session,
  context: Context,
): Promise<ActStanding> {
  const account = await senderOf(session, context);
  const { disputeAddress } = decodeHeader(fromHex(presentation.proof.entry));
  const secret = disputeAddress.some((byte) => byte !== 0);
  if (keys !== undefined && !secret) await requireSubject(account, presentation.opening?.subject, session);
  if (keys !== undefined && secret) {
    if (opening === undefined) {
      throw new SteleError("refused", "does not open the record whole, which the one-time key derives from", {
        place: { file },
      });
    }
    await requireStranger(account, presentation.opening?.subject, session);
    return signAct({ opening, others, keys, within }, content, session);
  }
  const { addressStanding } = await import("../../../rewards/personnel/acts.js");
  if (account !== undefined && toHex(disputeAddress) === account) return addressStanding;
  if (presentation.opening === undefined) {
    const who = account === undefined ? "the sender" : `account ${account}`;
    throw new SteleError("refused", `${who} is not the record's dispute address, and the file has no opening`, {
      place: { file, field: "opening" },
    });
  }
  return { ...presentation.opening, deadline: 0n, signature: "0x" };
}

async function signAct(
  held: Pick<HeldRecord, "others"> & { opening: RecordOpening; keys: PersonKeys; within: number },
  content: ActContent,
  session: Session,
): Promise<ActStanding> {
  const { signOneTime } = await import("../../../rewards/personnel/acts.js");
  const { recordIdOf } = await import("../../../records/acts.js");
  const { opening, keys, others, within } = held;
  const { suite } = session;
  const { logId } = opening.proof.log.suite ?? { logId: noContent };
  const { addressRounds, openingRounds } = await suite
    .contract("RecordDesk")
    .entryOf(recordIdOf(logId, opening.proof.index));
  const setting = {
    chainId: suite.manifest.chainId,
    desk: suite.address("RecordDesk"),
    rounds: { addressRounds, openingRounds },
    deadline: await deadlineAfter(within, session),
  };
  return signOneTime(opening, keys, content, setting, others);
}

/** Refuses that a subject's own account sends what its one-time address signed: everybody would see whose record it is. */
async function requireStranger(account: Hex | undefined, subject: Hex | undefined, session: Session): Promise<void> {
  if (account === undefined || subject === undefined) return;
  if (!(await accountsOf(subject, session)).includes(account)) return;
  const sentence =
    `account ${account} is the subject's own, and sending it would show whose record this is; let another account send ` +
    "it, or write it to a file with --propose";
  throw new SteleError("refused", sentence);
}

/**
 * Refuses that keys, which only open the file here, are taken for a standing: a record without a one-time address is
 * acted on by its subject's account alone.
 */
async function requireSubject(account: Hex | undefined, subject: Hex | undefined, session: Session): Promise<void> {
  if (account === undefined || subject === undefined) return;
  const accounts = await accountsOf(subject, session);
  if (accounts.includes(account)) return;
  const sentence =
    `the record has no one-time address, so only its subject's account ${accounts[0]} acts on it, which shows everybody ` +
    "whose record it is; hand your card to the office before it records you the next time";
  throw new SteleError("refused", sentence);
}

/** The account that a subject has, and the one that acts for it, in lower case. */
async function accountsOf(subject: Hex, { suite }: Session): Promise<readonly string[]> {
  const subjects = suite.contract("Subjects");
  const accounts = await Promise.all([subjects.accountOf(subject), subjects.actingAccountOf(subject)]);
  return accounts.map((account) => account.toLowerCase());
}

/** The sending account in lower case; undefined for a proposal that anybody may send. */
async function senderOf(session: Session, { common }: Context): Promise<Hex | undefined> {
  const named = common.key !== undefined || common.account !== undefined;
  if (!named && common.propose !== undefined) return undefined;
  return (await (await session.signer()).getAddress()).toLowerCase() as Hex;
}

/** A person's own keys. */
export async function readKeys(file: string, context: Context): Promise<PersonKeys> {
  const { parsePersonKeys } = await import("../../../rewards/personnel/keys.js");
  return parsePersonKeys(await readText(context.path(file), file), { file });
}

/** The JSON of a file, opened with the person's keys where it is sealed. */
export async function readDocument(file: string, keys: PersonKeys | undefined, context: Context): Promise<unknown> {
  const { readJson } = await import("../../../common/json.js");
  const { isSealed, openSealed } = await import("../../../rewards/personnel/keys.js");
  const bytes = await readFile(context.path(file)).catch((cause: unknown) => {
    const sentence = isAbsent(cause) ? "there is no such file" : "cannot be read";
    throw new SteleError("missing", sentence, { place: { file }, cause });
  });
  if (!isSealed(bytes)) return readJson(fromUtf8(bytes), { file });
  if (keys === undefined) {
    throw new SteleError("usage", "is sealed; give the keys of the person that it is for", { place: { file } });
  }
  return readJson(fromUtf8(await openSealed(keys, bytes, { file })), { file });
}
