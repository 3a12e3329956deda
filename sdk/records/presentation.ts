import { z } from "zod";

import { fromHex } from "../common/bytes.js";
import { SteleError, type Place } from "../common/errors.js";
import { readJson } from "../common/json.js";
import { hash32, parseWith } from "../common/schema.js";
import { formatBundle, parseBundle, verifyBundle, type ProofBundle, type Shown, type Trust } from "../proof/bundle.js";
import { opensSubject } from "./commitments.js";
import { parseDisclosure, verifyDisclosure, type Disclosure, type ShownField } from "./disclosure.js";
import { decodeHeader, type RecordHeader } from "./header.js";

/**
 * A record shown to somebody: the proof that its header is in a log, and as much of what the header commits to as they
 * are to see: some fields of the payload, and the opening that shows whom it is about.
 */
export interface Presentation {
  readonly format: "stele-record/1";
  readonly proof: ProofBundle;
  readonly disclosure?: Disclosure | undefined;
  /** Opens the subject commitment; hand it to the subject alone. */
  readonly opening?: { readonly subject: `0x${string}`; readonly salt: `0x${string}` } | undefined;
}

/** What a verified presentation shows. */
export interface PresentedRecord extends Shown {
  readonly header: RecordHeader;
  readonly fields: readonly ShownField[];
  /** Subject id, 32 bytes, where it was opened. */
  readonly subject: Uint8Array | undefined;
}

const schema = z.strictObject({
  format: z.literal("stele-record/1", { error: 'is not "stele-record/1"' }),
  proof: z.unknown(),
  disclosure: z.unknown().optional(),
  opening: z.strictObject({ subject: hash32, salt: hash32 }).optional(),
});

/**
 * Reads a presentation: JSON text, or what such text says. A bare proof bundle is one that discloses nothing.
 * @throws SteleError `input` naming the field
 */
export function parsePresentation(document: unknown, place: Place = {}): Presentation {
  const value = typeof document === "string" ? readJson(document, place) : document;
  if ((value as { format?: unknown } | null)?.format === "stele-proof/1") {
    return { format: "stele-record/1", proof: parseBundle(value, place) };
  }
  const { format, proof, disclosure, opening } = parseWith(schema, value, place);
  return {
    format,
    proof: within("proof", () => parseBundle(proof, place)),
    ...(disclosure === undefined ? {} : { disclosure: within("disclosure", () => parseDisclosure(disclosure, place)) }),
    ...(opening === undefined ? {} : { opening }),
  };
}

/** Writes a presentation as JSON text that {@link parsePresentation} reads. */
export function formatPresentation({ format, proof, disclosure, opening }: Presentation): string {
  const parts = { format, proof: JSON.parse(formatBundle(proof)) as unknown, disclosure, opening };
  return `${JSON.stringify(parts, null, 2)}\n`;
}

/**
 * Verifies everything that a presentation shows, offline.
 * @throws SteleError `unproven` naming what does not hold
 */
export function verifyPresentation(presentation: Presentation, trust: Trust, place: Place = {}): PresentedRecord {
  const shown = verifyBundle(presentation.proof, trust, place);
  return { ...shown, ...openedOf(presentation, shown.entry, place) };
}

/** What a presentation opens of a header, held against it; that the header is in a log is not looked at. */
export function openedOf(
  { disclosure, opening }: Presentation,
  entry: Uint8Array,
  place: Place = {},
): Pick<PresentedRecord, "header" | "fields" | "subject"> {
  const header = located(place, () => decodeHeader(entry));
  const fields = disclosure === undefined ? [] : located(place, () => verifyDisclosure(entry, disclosure));
  if (opening === undefined) return { header, fields, subject: undefined };
  const subjectId = fromHex(opening.subject, 32);
  if (!opensSubject(header, { subjectId, salt: fromHex(opening.salt, 32) })) {
    throw new SteleError("unproven", "does not open the header's subject commitment", {
      place: { ...place, field: "opening" },
    });
  }
  return { header, fields, subject: subjectId };
}

function located<T>(place: Place, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
}

function within<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SteleError)) throw error;
    const { field: inner, ...place } = error.place;
    throw new SteleError(error.code, error.sentence, {
      place: { ...place, field: inner === undefined ? field : `${field}.${inner}` },
      cause: error,
    });
  }
}
