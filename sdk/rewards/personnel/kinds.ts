import { z } from "zod";

import { equal } from "../../common/bytes.js";
import type { Place } from "../../common/errors.js";
import { hash32, parseWith } from "../../common/schema.js";
import { uriHash } from "../../records/commitments.js";
import type { RecordHeader } from "../../records/header.js";
import { feedbackPayload } from "../feedback/payload.js";

/**
 * What a unit records about a person. Payloads name nobody: whom a record is about is its subject, a pseudonym. Texts
 * may hold anything a person may write; whoever shows them escapes them.
 */

/** A line of text, and a text of several. */
const line = z.string().min(1, "is empty").max(200, "is longer than 200 characters");
const prose = z.string().min(1, "is empty").max(4_000, "is longer than 4,000 characters");
const uri = z
  .string()
  .max(256, "is longer than 256 characters")
  .regex(/^[a-zA-Z][a-zA-Z0-9+.-]*:[\x21-\x7e]+$/, "is not a URI");

/** A day as RFC 3339 writes it, and one that the calendar has. */
const day = z.iso.date({ error: "is not a day of the calendar; write 2026-01-31" });

const span = { from: day, until: day.optional() };
const inOrder = ({ from, until }: { from: string; until?: string | undefined }) => until === undefined || from <= until;
const order = { error: "ends before it begins", path: ["until"] };

/** Published criteria: where they can be read, and the SHA-256 of the document. */
const criteria = z.strictObject({ uri, hash: hash32 });

const grade = z.number().min(-1_000_000, "is too small").max(1_000_000, "is too large");
/** One criterion of the published ones, and what the person was given for it. */
const score = z
  .strictObject({ criterion: line, score: grade, of: grade.positive("is not above 0"), comment: prose.optional() })
  .refine(({ score, of }) => score <= of, { error: "is more than can be reached", path: ["score"] });
const scores = z.array(score).min(1, "is empty").max(64, "has more than 64 criteria");

/** The award that a record is about: a token, or a place in a campaign. */
const award = z.union(
  [
    z.strictObject({ token: z.string().regex(/^\d{1,78}$/, "is not a token's number") }),
    z.strictObject({ campaign: hash32, index: z.string().regex(/^\d{1,10}$/, "is not a place in a campaign") }),
  ],
  { error: 'is neither {"token": …} nor {"campaign": …, "index": …}' },
);

const payloads = {
  training: z
    .strictObject({
      course: line,
      provider: line.optional(),
      ...span,
      hours: z.number().nonnegative("is negative").max(100_000).optional(),
      result: line.optional(),
      /** SHA-256 of the certificate's document. */
      certificate: hash32.optional(),
    })
    .refine(inOrder, order),
  career: z
    .strictObject({
      change: z.enum(["joined", "appointed", "promoted", "transferred", "seconded", "demoted", "left", "other"]),
      position: line.optional(),
      grade: line.optional(),
      ...span,
      reason: prose.optional(),
    })
    .refine(inOrder, order),
  mission: z
    .strictObject({ mission: line, role: line.optional(), place: line.optional(), ...span, outcome: prose.optional() })
    .refine(inOrder, order),
  performance: z
    .strictObject({
      ...span,
      until: day,
      criteria,
      /** Office or role of whoever assessed, not a name. */
      assessor: line,
      scores,
      conclusion: prose.optional(),
    })
    .refine(inOrder, order),
  feedback: feedbackPayload,
  award: z.strictObject({ title: line, date: day, award: award.optional(), citation: prose.optional() }),
  revocation: z.strictObject({ title: line, date: day, award, reason: line, explanation: prose.optional() }),
} as const;

export type PersonnelKind = keyof typeof payloads;
export const personnelKinds = Object.keys(payloads) as readonly PersonnelKind[];

/** What a record of a kind says. */
export type PersonnelPayload<K extends PersonnelKind = PersonnelKind> = z.output<(typeof payloads)[K]>;

/** URI of the schema of each kind's payload; a header holds its hash. A changed schema gets a new number. */
export const personnelSchemas = Object.fromEntries(
  personnelKinds.map((kind) => [kind, `urn:stele:schema:personnel-${kind}:1`]),
) as Readonly<Record<PersonnelKind, string>>;

/**
 * Whether a record of a kind may speak against the person: such a record expires. Training and awards never do, and a
 * revocation always does. Feedback always expires, whatever it says: the class stands in the open, and would tell good
 * feedback from bad.
 */
export const adverseKinds: Readonly<Record<PersonnelKind, "never" | "may" | "always">> = {
  training: "never",
  career: "may",
  mission: "may",
  performance: "may",
  feedback: "always",
  award: "never",
  revocation: "always",
};

/** Which kind of personnel record a header announces; undefined for another schema. */
export function kindOf({ schema }: Pick<RecordHeader, "schema">): PersonnelKind | undefined {
  return personnelKinds.find((kind) => equal(uriHash(personnelSchemas[kind]), schema));
}

/**
 * A payload from outside, as its kind has it.
 * @throws SteleError `input` naming the field
 */
export function parsePersonnel<K extends PersonnelKind>(
  kind: K,
  value: unknown,
  place: Place = {},
): PersonnelPayload<K> {
  return parseWith(payloads[kind] as unknown as z.ZodType<PersonnelPayload<K>>, value, place);
}
