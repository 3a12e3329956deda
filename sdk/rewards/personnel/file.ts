import { z } from "zod";

import type { Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { parseWith } from "../../common/schema.js";
import { openingJson, parseOpening, type RecordOpening } from "./opening.js";

const schema = z.looseObject({
  format: z.literal("stele-person-file/1", { error: 'is neither "stele-person-file/1" nor "stele-opening/1"' }),
  records: z.array(z.unknown()),
});

/**
 * Openings in a file of the person's: one alone, or all of a person's file.
 * @throws SteleError `input` naming the field
 */
export function parseOpenings(document: unknown, place: Place = {}): readonly RecordOpening[] {
  const value = typeof document === "string" ? readJson(document, place) : document;
  if ((value as { format?: unknown } | null)?.format === "stele-opening/1") return [parseOpening(value, place)];
  const { records } = parseWith(schema, value, place);
  return records.map((one, i) => {
    try {
      return parseOpening(one, place);
    } catch (error) {
      if (!(error instanceof SteleError)) throw error;
      const { field, ...rest } = error.place;
      const path = field === undefined ? `records.${i}` : `records.${i}.${field}`;
      throw new SteleError(error.code, error.sentence, { place: { ...rest, field: path }, cause: error });
    }
  });
}

/** Which of several openings is meant. */
export interface Selection {
  readonly index?: bigint | undefined;
  readonly logId?: Hex | undefined;
}

/**
 * The one opening that is meant.
 * @throws SteleError `usage` where none is, or more than one
 */
export function selectOpening(
  openings: readonly RecordOpening[],
  { index, logId }: Selection,
  place: Place = {},
): RecordOpening {
  const found = openings.filter(
    ({ proof }) =>
      (index === undefined || proof.index === index) && (logId === undefined || proof.log.suite?.logId === logId),
  );
  if (found.length === 1) return found[0]!;
  const places = openings.map(({ proof }) => proof.index).join(", ");
  const why = found.length === 0 ? "holds no such record" : "holds several records, say which";
  throw new SteleError("usage", `${why}; it has the entries ${places}`, { place });
}

/** A person's file as JSON text: everything that a person has to prove what is about them. */
export function formatPersonFile(
  parts: { readonly records: readonly RecordOpening[] } & Record<string, unknown>,
): string {
  const { records, ...rest } = parts;
  const json = { format: "stele-person-file/1", ...rest, records: records.map((one) => openingJson(one)) };
  const text = JSON.stringify(json, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value), 2);
  return `${text}\n`;
}
