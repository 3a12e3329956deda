import type { NewRecord } from "../../book/writer.js";
import { equal, toHex, type Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { noAddress, uriHash } from "../../records/commitments.js";
import type { RecordHeader } from "../../records/header.js";
import type { OpenedRecord } from "../../records/record.js";
import { kindOf, parsePersonnel, personnelSchemas } from "./kinds.js";

/** A payload that is to stand in the place of another, and whether it still speaks against the person. */
export interface Correction {
  readonly payload: object;
  /** Retention class; that of the corrected record unless given. */
  readonly retentionClass?: bigint | undefined;
  /** URI of the schema, where the record is none of a person's; its hash must be the record's. */
  readonly schema?: string | undefined;
  readonly place?: Place | undefined;
}

/**
 * The record that corrects another, to be appended: about the same person, of the same kind, with the same one-time
 * address, so that the chain can tell that both belong together and not to whom. It keeps the time of the first one:
 * a correction does not make an adverse record last longer.
 * @throws SteleError `input` for a payload that is not as its kind has it
 */
export function correctionOf(record: OpenedRecord, correction: Correction): NewRecord {
  const { header, subject } = record;
  const { payload, retentionClass = header.retentionClass, place = {} } = correction;
  const kind = kindOf(header);
  return {
    time: header.time,
    schema: kind === undefined ? namedSchema(header, correction) : personnelSchemas[kind],
    retentionClass,
    payload: kind === undefined ? payload : parsePersonnel(kind, payload, place),
    ...(subject === undefined ? {} : { subject: subject.subjectId }),
    ...(equal(header.disputeAddress, noAddress) ? {} : { disputeAddress: header.disputeAddress }),
  };
}

/**
 * What the chain is told to see that two records are about one person: nothing where they have one dispute address or
 * are about nobody, else the opening of both.
 * @param reveal whether everybody may see whom both are about
 * @throws SteleError `refused` where only that would do and it may not be
 */
export function correctionOpenings(record: OpenedRecord, correction: OpenedRecord, reveal: boolean): readonly Hex[] {
  const [one, other] = [record, correction];
  if (one.subject === undefined && other.subject === undefined) return [];
  const shared = equal(one.header.disputeAddress, other.header.disputeAddress);
  if (shared && !equal(one.header.disputeAddress, noAddress)) return [];
  if (one.subject === undefined || other.subject === undefined) throw refused("one of the two is about nobody");
  if (!equal(one.subject.subjectId, other.subject.subjectId)) throw refused("the two are about different people");
  if (!reveal) {
    throw refused(
      "the two share no one-time address, and correcting would show everybody whom they are about; append the " +
        "correction with the record's own address, or accept it with --reveal",
    );
  }
  return [one.subject.subjectId, one.subject.salt, other.subject.salt].map((part) => toHex(part));
}

function namedSchema(header: RecordHeader, { schema, place = {} }: Correction): string {
  if (schema !== undefined && equal(uriHash(schema), header.schema)) return schema;
  throw new SteleError("input", "is not the schema of the record that is corrected", {
    place: { ...place, field: "schema" },
  });
}

function refused(sentence: string): SteleError {
  return new SteleError("refused", sentence);
}
