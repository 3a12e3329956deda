import { join } from "node:path";

import { z } from "zod";

import { openKey, keepKey } from "../book/secrets.js";
import type { Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import type { Roster } from "../rewards/roster/roster.js";
import { encodings } from "../rewards/table/spec.js";
import type { Context } from "./context.js";
import { positional, text, value } from "./fields.js";

/** Where a command finds the roster. */
export const rosterFields = {
  roster: value(text.default("roster"), "DIR", "folder of the roster (default: roster)"),
  rosterKey: value(text.optional(), "FILE", "its key, 32 bytes (default: secrets/roster.key in that folder)"),
};

export interface RosterPlace {
  readonly roster: string;
  readonly rosterKey?: string | undefined;
}

/** How a file of rows is written. */
export const encodingField = value(
  z.enum(encodings as ["utf-8", "gb18030"], { error: `is none of ${encodings.join(", ")}` }).default("utf-8"),
  "ENCODING",
  "utf-8 (with or without a byte-order mark) or gb18030 (default: utf-8)",
);

/** A person of the roster. */
export const staffField = positional(text, "STAFF", "the person's staff number");

/** Opens the roster and closes it afterwards. @throws SteleError `missing`, `refused` where the key is another one's */
export async function withRoster<T>(
  context: Context,
  place: RosterPlace,
  body: (roster: Roster, key: Uint8Array) => Promise<T>,
): Promise<T> {
  const { Roster } = await import("../rewards/roster/roster.js");
  const key = await openKey(keyFile(context, place)).catch((error: unknown) => {
    if (!(error instanceof SteleError) || error.code !== "missing") throw error;
    const sentence =
      "there is no roster, or its key is elsewhere; say --roster-key, or make one with stele roster import";
    throw new SteleError("missing", sentence, { place: { file: place.roster }, cause: error });
  });
  const roster = await Roster.open(context.path(place.roster), key);
  try {
    return await body(roster, key);
  } finally {
    roster.close();
  }
}

/** The same, of a roster that is made where there is none. */
export async function withNewRoster<T>(
  context: Context,
  place: RosterPlace,
  body: (roster: Roster) => Promise<T>,
): Promise<T> {
  if (!(await hasRoster(context, place))) {
    const { Roster } = await import("../rewards/roster/roster.js");
    const key = await keepKey(keyFile(context, place));
    (await Roster.create(context.path(place.roster), key)).close();
  }
  return withRoster(context, place, body);
}

export async function hasRoster(context: Context, { roster }: RosterPlace): Promise<boolean> {
  const { existsSync } = await import("node:fs");
  return existsSync(join(context.path(roster), "roster.db"));
}

/** Folder of the journals of a roster's imports. */
export function importsFolder(context: Context, { roster }: RosterPlace): string {
  return join(context.path(roster), "imports");
}

/** The pseudonym that a person argument means: a staff number of the roster, or the subject id itself. */
export async function subjectOf(context: Context, place: RosterPlace, person: string): Promise<Hex> {
  if (/^0x[0-9a-fA-F]{64}$/.test(person)) return person.toLowerCase() as Hex;
  return withRoster(context, place, async (roster) => roster.require(person).subject);
}

/** Whether there is a roster here and its key is where it was said to be, or where it usually is. */
export async function hasRosterAndKey(context: Context, place: RosterPlace): Promise<boolean> {
  const { existsSync } = await import("node:fs");
  return (await hasRoster(context, place)) && existsSync(keyFile(context, place));
}

function keyFile(context: Context, { roster, rosterKey }: RosterPlace): string {
  return rosterKey === undefined ? join(context.path(roster), "secrets", "roster.key") : context.path(rosterKey);
}
