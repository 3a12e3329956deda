import type { AppendedRecord, NewRecord } from "../../book/writer.js";
import { fromHex, type Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { parseMetaAddress } from "../../records/stealth.js";
import { adverseKinds, parsePersonnel, personnelSchemas, type PersonnelKind, type PersonnelPayload } from "./kinds.js";
import { retentionClasses } from "./policy.js";

interface EntryOf<K extends PersonnelKind> {
  readonly kind: K;
  /** Whom it is about: the pseudonym for the member that keeps the log. */
  readonly subject: Hex;
  /** Seconds since 1970. */
  readonly time: bigint;
  readonly payload: PersonnelPayload<K>;
  /** URI of the source; the log's own unless given. */
  readonly source?: string | undefined;
  /** Whether it speaks against the person, and so expires. Only where its kind may; a revocation always does. */
  readonly adverse?: boolean | undefined;
  /** Where the person's one-time address for disputes comes from: `st:…`, as the person's card has it. */
  readonly metaAddress?: string | undefined;
  /** That of the record which this one corrects, instead: shows that both are about one person, and not about whom. */
  readonly disputeAddress?: Hex | undefined;
  /** Where it was read, for messages. */
  readonly place?: Place | undefined;
}

/** A record about a person that is to be appended to the unit's log. */
export type PersonnelEntry = { readonly [K in PersonnelKind]: EntryOf<K> }[PersonnelKind];

/** Where records are appended: `Book`. */
export interface Appender {
  append(records: readonly NewRecord[]): Promise<readonly AppendedRecord[]>;
}

/**
 * Appends records about people to a unit's log, all of them or none. Each says its kind by its schema; an adverse one is
 * of the class that expires, whoever appends it.
 * @throws SteleError `input` naming place and field, for content that is not as its kind has it
 */
export async function appendPersonnel(
  book: Appender,
  entries: readonly PersonnelEntry[],
): Promise<readonly AppendedRecord[]> {
  return book.append(entries.map((entry) => recordOf(entry)));
}

/** The record of an entry, checked. */
export function recordOf(entry: PersonnelEntry): NewRecord {
  const { kind, source, time, metaAddress, disputeAddress, place = {} } = entry;
  const at = (field: string): Place => ({ ...place, field });
  return {
    ...(source === undefined ? {} : { source }),
    time,
    schema: personnelSchemas[kind],
    retentionClass: isAdverse(entry) ? retentionClasses.adverse : retentionClasses.kept,
    subject: located(at("subject"), () => fromHex(entry.subject, 32)),
    payload: parsePersonnel(kind, entry.payload, place),
    ...(metaAddress === undefined
      ? {}
      : located(at("metaAddress"), () => ({ metaAddress: parseMetaAddress(metaAddress) }))),
    ...(disputeAddress === undefined
      ? {}
      : located(at("disputeAddress"), () => ({ disputeAddress: fromHex(disputeAddress, 20) }))),
  };
}

function isAdverse({ kind, adverse, place = {} }: PersonnelEntry): boolean {
  const rule = adverseKinds[kind];
  const refused = (sentence: string) => new SteleError("input", sentence, { place: { ...place, field: "adverse" } });
  if (adverse === true && rule === "never") throw refused(`a record of ${kind} never speaks against a person`);
  if (adverse === false && rule === "always") throw refused(`a record of ${kind} always speaks against the person`);
  return adverse ?? rule === "always";
}

function located<T>(place: Place, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
}
