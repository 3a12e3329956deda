import type { Book } from "../../book/book.js";
import { toHex } from "../../common/bytes.js";
import { machineClock } from "../../common/time.js";
import { decodeHeader, headerLength } from "../../records/header.js";
import { appendPersonnel } from "../personnel/append.js";
import { kindOf } from "../personnel/kinds.js";
import { reasons, type Reason } from "../reasons.js";
import type { Affected } from "./targets.js";

/** What a revocation record says beside the award. */
export interface RevocationText {
  readonly title: string;
  readonly reason: string;
  /** For the person alone: it never reaches the chain. */
  readonly explanation?: string | undefined;
}

/**
 * Writes the revocation into the log, a record for each person, which only they and the office open. It is adverse, so it
 * expires, and they can dispute it. Who has such a record of the same award already gets no second one.
 * @returns indexes of the new records
 */
export async function recordRevocation(
  book: Book,
  affected: readonly Affected[],
  { title, reason, explanation }: RevocationText,
): Promise<readonly bigint[]> {
  const time = machineClock();
  const known = await recorded(book, affected);
  const date = new Date(Number(time) * 1000).toISOString().slice(0, 10);
  const said = Object.hasOwn(reasons, reason) ? `${reason}: ${reasons[reason as Reason]}` : reason;
  const records = await appendPersonnel(
    book,
    affected
      .filter(({ subject, award }) => !known.has(keyOf(subject, award)))
      .map(({ subject, award, metaAddress }) => ({
        kind: "revocation" as const,
        subject,
        metaAddress,
        time,
        payload: { title, date, award, reason: said, ...(explanation === undefined ? {} : { explanation }) },
      })),
  );
  return records.map(({ index }) => index);
}

/** Revocations of these awards that the log has already. */
async function recorded(book: Book, affected: readonly Affected[]): Promise<Set<string>> {
  const wanted = new Set(affected.map(({ subject, award }) => keyOf(subject, award)));
  const found = new Set<string>();
  let index = 0n;
  for await (const entry of book.log.entries(0n, book.log.size())) {
    const here = index++;
    if (entry.length !== headerLength || kindOf(decodeHeader(entry)) !== "revocation") continue;
    const opened = await book.openRecord(here).catch(() => undefined); // an erased one is nobody's
    const award = opened?.payload["award"] as Affected["award"] | undefined;
    if (opened?.subject === undefined || award === undefined) continue;
    const key = keyOf(toHex(opened.subject.subjectId), award);
    if (wanted.has(key)) found.add(key);
  }
  return found;
}

function keyOf(subject: string, award: Affected["award"]): string {
  return `${subject.toLowerCase()} ${"token" in award ? award.token : `${award.campaign} ${award.index}`}`;
}
