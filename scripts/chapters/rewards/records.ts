import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Hex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { staffNumber, type Department } from "./department.js";

const day = 86_400;

/** The person whose way the chapter follows. */
export const person = staffNumber(1);

/** A unit records a training and a performance report; the person shows one field of one, and disputes the other. */
export async function recorded(department: Department): Promise<void> {
  const { desk, narrator, outcomes, stage } = department;
  narrator.step("What is recorded about a person, and what the person can do about it");
  await mkdir(join(department.folder, "cards"));
  await desk.well(undefined, "person", "keys", "mine.keys", card);
  const course = ["courses-gb18030.csv", "--kind", "training", "--encoding", "gb18030"];
  await desk.well(undefined, "person", "record", "books/first", ...course, "--cards", "cards");
  const uri = ["--criteria", "criteria.json", "--criteria-uri", "https://example.org/criteria.json"];
  const reports = ["reports.csv", "--kind", "performance", ...uri];
  await desk.well(undefined, "person", "record", "books/first", ...reports, "--cards", "cards");
  const gas = await department.anchor("first");
  narrator.say(`A course and a report about everybody are in the unit's log, encrypted; anchoring took ${gas} gas.`);
  await deliver(department);
  await desk.well(department.account("archive"), "record", "acknowledge", file, training, ...own);
  await desk.well(undefined, "record", "show", file, training, ...own, "--field", "/course", "--out", "shown.json");
  const shown = await desk.well(undefined, "record", "show", "shown.json");
  narrator.say(
    "Whoever gets that file sees one field, proved against the chain, and neither the others nor whose it is:",
  );
  narrator.show(shown);
  outcomes.push(["one field of a record, shown to somebody", "proved against the chain; the others stay closed"]);
  const dispute = ["record", "dispute", file, report, ...own, "--reason", "wrong-facts"];
  await desk.well(department.account("archive"), ...dispute);
  narrator.say("The dispute went under a one-time address through the archive's account: nobody sees whose it is.");
  await stage.pass(11 * day);
  const asked = ["record", "show", file, report, ...own];
  const { state, valid } = (await desk.json<{ desk: { state: string; valid: boolean } }>(undefined, ...asked)).desk;
  if (state !== "lapsed" || valid) throw new SteleError("unproven", `an unanswered dispute left a record ${state}`);
  narrator.say("The unit did not answer within ten days: the record has lapsed, and nobody had to say so.");
  outcomes.push(["a performance report, disputed and not answered", "lapsed; it counts no more"]);
}

/** Where the person's course and report stand in the unit's log: first of 32 each, as in the samples. */
const [training, report] = ["0", "32"];

/** Their card, where the office looks for it. */
const card = `cards/${person}.card`;

/** Their file, as the office delivers it. */
export const file = "mine.json.age";

/** What the person's commands are given to open and to sign. */
export const own = ["--person", "mine.keys"] as const;

/** Writes the person's page, and their file, sealed to their keys. */
export async function deliver({ desk, narrator }: Department): Promise<void> {
  const page = ["person", "page", "--book", "books/first", "--staff", person];
  await desk.well(undefined, ...page, "--card", card, "--out", "mine");
  narrator.say("The page, and the file of what opens their records, are sealed to the person.");
}

/** The pseudonym of somebody on the roster. */
export async function subjectOf({ desk }: Department, staff: string): Promise<Hex> {
  const { out } = await desk.run(undefined, "roster", "show", staff, "--json");
  return (JSON.parse(out) as { subject: Hex }).subject;
}
