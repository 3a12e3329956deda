import { z } from "zod";

import { equal, fromHex, toHex, type Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { hash32, hexText, parseWith } from "../../common/schema.js";
import {
  formatBundle,
  parseBundle,
  verifyBundle,
  type ProofBundle,
  type Shown,
  type Trust,
} from "../../proof/bundle.js";
import { toJsonObject, type JsonObject } from "../../records/canonical.js";
import { uriHash } from "../../records/commitments.js";
import { show } from "../../records/disclosure.js";
import type { Presentation } from "../../records/presentation.js";
import { checkOpening, type OpenedRecord } from "../../records/record.js";
import { pointLength, type Announcement } from "../../records/stealth.js";
import { kindOf, type PersonnelKind } from "./kinds.js";

/**
 * All that a person gets of a record about them: enough to read it, to prove each part of it to others, to dispute it
 * and to appeal, without asking the owner again. Whoever has it can do so, so it goes to the person alone.
 */
export interface RecordOpening {
  readonly format: "stele-opening/1";
  /** The header at its place, under a signed checkpoint. */
  readonly proof: ProofBundle;
  /** URI of the source, where whoever delivered it knows it. */
  readonly source?: string | undefined;
  /** The payload with its `$stele`. */
  readonly payload: JsonObject;
  /** What the salts of the fields derive from, 32 bytes. */
  readonly secret: Hex;
  /** Salt of the subject commitment, 32 bytes; zero where the record is about nobody. */
  readonly salt: Hex;
  /** What the key of the one-time dispute address derives from. */
  readonly announcement?: { readonly ephemeralKey: Hex; readonly viewTag: number } | undefined;
}

/** An opening that holds against its header. */
export interface OpenedPersonnel extends OpenedRecord {
  /** The header's 195 bytes. */
  readonly entry: Uint8Array;
  readonly index: bigint;
  /** Undefined for a schema that is none of ours. */
  readonly kind: PersonnelKind | undefined;
  readonly announcement: Announcement | undefined;
}

const schema = z.strictObject({
  format: z.literal("stele-opening/1", { error: 'is not "stele-opening/1"' }),
  proof: z.unknown(),
  source: z.string().max(512).optional(),
  payload: z.record(z.string(), z.unknown()),
  secret: hash32,
  salt: hash32,
  announcement: z
    .strictObject({
      ephemeralKey: hexText.refine((text) => text.length === 2 + 2 * pointLength, "is not a compressed public key"),
      viewTag: z.int().min(0).max(255),
    })
    .optional(),
});

/**
 * Reads an opening: JSON text, or what such text says. Nothing is verified yet.
 * @throws SteleError `input` naming the field
 */
export function parseOpening(document: unknown, place: Place = {}): RecordOpening {
  const value = typeof document === "string" ? readJson(document, place) : document;
  const { proof, payload, source, announcement, ...rest } = parseWith(schema, value, place);
  return {
    ...rest,
    proof: parseBundle(proof, place),
    payload: toJsonObject(payload),
    ...(source === undefined ? {} : { source }),
    ...(announcement === undefined ? {} : { announcement }),
  };
}

/** What {@link parseOpening} reads, as a JSON value. */
export function openingJson({ proof, ...rest }: RecordOpening): object {
  return { ...rest, proof: JSON.parse(formatBundle(proof)) as unknown };
}

/** Writes an opening as JSON text. */
export function formatOpening(opening: RecordOpening): string {
  return `${JSON.stringify(openingJson(opening), null, 2)}\n`;
}

/**
 * Holds an opening against its own header: every field, the subject, the source. That the header is in a log is for
 * {@link verifyOpening} or the chain to say.
 * @throws SteleError `unproven` saying what does not fit
 */
export function checkedOpening(opening: RecordOpening, place: Place = {}): OpenedPersonnel {
  const entry = fromHex(opening.proof.entry);
  const { payload, secret, salt, source, announcement } = opening;
  try {
    const opened = checkOpening(entry, {
      complete: payload,
      secret: fromHex(secret, 32),
      subjectSalt: fromHex(salt, 32),
    });
    if (source !== undefined && !equal(uriHash(source), opened.header.source)) {
      throw new SteleError("unproven", "is not the source that the header names", { place: { field: "source" } });
    }
    return {
      ...opened,
      entry,
      index: opening.proof.index,
      kind: kindOf(opened.header),
      announcement: announcement && {
        ephemeralKey: fromHex(announcement.ephemeralKey, pointLength),
        viewTag: announcement.viewTag,
      },
    };
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
}

/**
 * Verifies an opening offline: it is in a log that the reader trusts, and opens its header.
 * @throws SteleError `unproven` naming what does not hold
 */
export function verifyOpening(opening: RecordOpening, trust: Trust, place: Place = {}): Shown & OpenedPersonnel {
  return { ...verifyBundle(opening.proof, trust, place), ...checkedOpening(opening, place) };
}

/**
 * What the person shows of a record to somebody: the named fields and no others.
 * @param pointers JSON Pointers; one that names a container shows everything in it
 * @param toSubject adds what opens the subject commitment: with it one can act as the subject at the desk, and prove
 * whom the record is about
 * @throws SteleError `input` where the payload has no such field, `refused` where nobody is to be shown
 */
export function present(opening: RecordOpening, pointers: readonly string[], toSubject = false): Presentation {
  const { complete, secret, subject } = checkedOpening(opening);
  if (toSubject && subject === undefined) {
    throw new SteleError("refused", `record ${opening.proof.index} is about nobody, so there is nothing to open`);
  }
  return {
    format: "stele-record/1",
    proof: opening.proof,
    disclosure: show(complete, secret, pointers),
    ...(toSubject && subject !== undefined
      ? { opening: { subject: toHex(subject.subjectId), salt: toHex(subject.salt) } }
      : {}),
  };
}
