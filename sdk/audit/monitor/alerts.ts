import { randomBytes } from "node:crypto";

import { z } from "zod";

import { Book } from "../../book/book.js";
import { SteleError } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";
import { formatInstant } from "../../common/time.js";
import { checks, type Finding, type Severity } from "./finding.js";

/** Schema of the payload of an alert's record. */
export const alertSchema = "urn:stele:schema:audit-alert:1";

/** What is open: a finding that was told and has not cleared, and how bad it was when it was told. */
export type OpenAlerts = ReadonlyMap<string, Severity>;

/** How far a book of alerts was read. */
export interface AlertsRead {
  readonly size: bigint;
  readonly open: OpenAlerts;
}

/** An alert: the payload of its record, CloudEvents 1.0; `subject` is the finding's id. */
const payloadSchema = z.looseObject({
  type: z.enum(["stele.audit.alert.raised", "stele.audit.alert.cleared"]),
  subject: z.string(),
  data: z.looseObject({ check: z.enum(checks), severity: z.enum(["alarm", "warning", "notice"]) }),
});

/** What a round changes for whoever is alerted. */
export interface Changes {
  /** New, or worse than when they were told. */
  readonly raised: readonly Finding[];
  /** Ids of what was told and is gone, or is a notice now. */
  readonly cleared: readonly string[];
}

const ranks: Readonly<Record<Severity, number>> = { notice: 0, warning: 1, alarm: 2 };

/** What is to be told: alarms and warnings, once when they appear and once when they clear. */
export function changesOf(findings: readonly Finding[], open: OpenAlerts): Changes {
  const telling = findings.filter(({ severity }) => severity !== "notice");
  const raised = telling.filter(({ id, severity }) => ranks[severity] > ranks[open.get(id) ?? "notice"]);
  const present = new Set(telling.map(({ id }) => id));
  return { raised, cleared: [...open.keys()].filter((id) => !present.has(id)) };
}

/** The open alerts after a round. */
export function openAfter(findings: readonly Finding[], open: OpenAlerts): OpenAlerts {
  const { raised, cleared } = changesOf(findings, open);
  const after = new Map(open);
  for (const id of cleared) after.delete(id);
  for (const { id, severity } of raised) after.set(id, severity);
  return after;
}

/**
 * Writes what changed into the office's book of alerts. What was told already is read from the book itself, so a crash
 * between an action and its alert, or between an alert and anything else, neither loses nor repeats one.
 * @param known how far a former run has read the book
 * @throws SteleError `busy` where another process writes the book
 */
export async function tell(
  folder: string,
  findings: readonly Finding[],
  time: bigint,
  known?: AlertsRead,
): Promise<{ readonly changes: Changes; readonly read: AlertsRead }> {
  const book = await Book.open(folder);
  try {
    const before = await readAlerts(book, known);
    const changes = changesOf(findings, before.open);
    const { source } = book.config;
    const payloads = [
      ...changes.raised.map((one) => ({ type: "raised", subject: one.id, data: dataOf(one) })),
      ...changes.cleared.map((id) => ({ type: "cleared", subject: id, data: clearedData(id, before.open) })),
    ].map((one) => payloadOf(one, source, time));
    if (payloads.length > 0) {
      await book.append(payloads.map((payload) => ({ time, schema: alertSchema, payload })));
    }
    return { changes, read: { size: book.log.size(), open: openAfter(findings, before.open) } };
  } finally {
    await book.close();
  }
}

/** Folds the book's alerts into what is open. */
async function readAlerts(book: Book, known: AlertsRead | undefined): Promise<AlertsRead> {
  const size = book.log.size();
  const usable = known !== undefined && known.size <= size;
  const open = new Map(usable ? known.open : []);
  for (let index = usable ? known.size : 0n; index < size; index++) {
    const { payload } = await book.openRecord(index);
    const parsed = payloadSchema.safeParse(payload);
    if (!parsed.success) continue;
    const { type, subject, data } = parsed.data;
    if (type === "stele.audit.alert.raised") open.set(subject, data.severity);
    else open.delete(subject);
  }
  return { size, open };
}

function payloadOf(
  { type, subject, data }: { type: string; subject: string; data: object },
  source: string,
  time: bigint,
): object {
  return {
    specversion: "1.0",
    id: randomBytes(16).toString("hex"),
    source,
    type: `stele.audit.alert.${type}`,
    subject,
    time: formatInstant(time),
    datacontenttype: "application/json",
    dataschema: alertSchema,
    data,
  };
}

function dataOf({ check, severity, subject, sentence, evidence, action }: Finding): object {
  return plain({ check, severity, subject, sentence, evidence, action });
}

function clearedData(id: string, open: OpenAlerts): object {
  return { check: id.split(":")[0], severity: open.get(id) ?? "warning" };
}

/** The same as JSON can say it: numbers of the chain as decimal digits. */
function plain(value: object): object {
  const text = JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item));
  return JSON.parse(text) as object;
}

const readSchema = z.strictObject({
  size: z.string().regex(/^\d+$/),
  open: z.array(z.tuple([z.string(), z.enum(["alarm", "warning", "notice"])])),
});

/** How far the alerts were read, as JSON can say it. */
export function writeAlertsRead({ size, open }: AlertsRead): object {
  return { size: size.toString(), open: [...open] };
}

/** @throws SteleError `input` */
export function parseAlertsRead(value: unknown): AlertsRead {
  const { size, open } = parseWith(readSchema, value);
  if (size.length > 20) throw new SteleError("input", "the size is no tree size");
  return { size: BigInt(size), open: new Map(open) };
}
