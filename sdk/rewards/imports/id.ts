import { toHex, utf8, type Hex } from "../../common/bytes.js";
import { sha256 } from "../../common/sha256.js";
import { toJsonObject, writeCanonical } from "../../records/canonical.js";

/** What an import is of. The same three give the same id. */
export interface ImportTerms {
  /** What is done with the rows: `roster`, `awards`, `feedback`. */
  readonly kind: string;
  /** SHA-256 of the file's bytes. */
  readonly digest: Hex;
  /** What else decides what the import does: a unit, a period, a type. Nothing about a single person: it is kept as text. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The id of an import: SHA-256 of its terms as canonical JSON (RFC 8785).
 * @param round 0 for the first time; an import that was undone may be done again under the next
 */
export function importId({ kind, digest, parameters }: ImportTerms, round = 0): Hex {
  const terms = toJsonObject({ tag: "stele.import.v1", kind, digest, parameters: { ...parameters }, round });
  return toHex(sha256(utf8(writeCanonical(terms))));
}
