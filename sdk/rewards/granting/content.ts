import { toHex, utf8 } from "../../common/bytes.js";
import type { JsonObject } from "../../records/canonical.js";
import { commitmentOf, fieldsOf } from "../../records/fields.js";

/**
 * What an award says beside type and date of issue. It stays off chain: the leaf of a campaign commits to it, field by
 * field, so that the person can show the citation without the place.
 */
export interface AwardContent {
  readonly citation: string;
  /** Day of what is honoured, YYYY-MM-DD. */
  readonly date?: string;
  readonly place?: string;
}

/** What opens a content: kept by the issuer, handed to the person. */
export interface ContentOpening {
  readonly content: AwardContent;
  /** 32 bytes, from which the salts of the fields follow. */
  readonly secret: Uint8Array;
}

/** Commitment to a content: RFC 9162 root over its salted fields, as the payload commitment of a record. */
export function contentCommitment({ content, secret }: ContentOpening): Uint8Array {
  return commitmentOf(fieldsOf(content as unknown as JsonObject), secret);
}

/** An opening as it lies beside a leaf in the campaign's folder: JSON in UTF-8, read by `parseContent` of credentials. */
export function encodeOpening({ content, secret }: ContentOpening): Uint8Array {
  return utf8(JSON.stringify({ format: "stele.award-opening.v1", content, secret: toHex(secret) }));
}
