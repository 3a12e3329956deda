import { z } from "zod";

import { fromHex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";
import { parseInstant } from "../../common/time.js";

/** A record as its maker describes it, before it has a place in a log. */
export interface Draft {
  /** When it happened, seconds since 1970; absent: when it is recorded. */
  readonly time?: bigint | undefined;
  /** URI of the schema of `data`. */
  readonly schema?: string | undefined;
  readonly retentionClass?: bigint | undefined;
  /** Subject id, 32 bytes, of the person that the record is about. */
  readonly subject?: Uint8Array | undefined;
  /** The content: a JSON object. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Where it was read, for messages. */
  readonly place: Place;
}

/** Largest record: bytes of one line of input, and of a canonical payload. */
export const RECORD_LIMIT = 65_536;

const uri = z
  .string()
  .max(2048)
  .regex(/^[a-z][a-z0-9+.-]*:[^\s]+$/i, "is not a URI");

const instant = z.string().transform((text, issue): bigint => {
  try {
    return parseInstant(text);
  } catch (error) {
    issue.addIssue(error instanceof SteleError ? error.message : String(error));
    return z.NEVER;
  }
});

const subjectId = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "is not 32 bytes of hex with a leading 0x")
  .refine((text) => !/^0x0+$/.test(text), "is nobody; leave it out")
  .transform((text) => fromHex(text));

/** One line of input. Unknown fields are refused, so that a misspelt one is not lost silently. */
const envelope = z.strictObject({
  time: instant.optional(),
  schema: uri.optional(),
  retention: z.int().min(0, "is no class, they are 0 to 15").max(15, "is no class, they are 0 to 15").optional(),
  subject: subjectId.optional(),
  data: z.record(z.string(), z.unknown(), "is not a JSON object"),
});

/**
 * Turns a parsed JSON value into a draft.
 * @throws SteleError `input` naming the field
 */
export function parseDraft(value: unknown, place: Place): Draft {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SteleError("input", 'a record is a JSON object with a field "data"', { place });
  }
  const { time, schema, retention, subject, data } = parseWith(envelope, value, place);
  return {
    data,
    place,
    ...(time === undefined ? {} : { time }),
    ...(schema === undefined ? {} : { schema }),
    ...(retention === undefined ? {} : { retentionClass: BigInt(retention) }),
    ...(subject === undefined ? {} : { subject }),
  };
}
