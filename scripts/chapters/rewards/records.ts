import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { Book } from "../../../sdk/book/book.js";
import { toHex, type Hex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { sha256 } from "../../../sdk/common/sha256.js";
import { appendPersonnel } from "../../../sdk/rewards/personnel/append.js";
import { parsePersonCard } from "../../../sdk/rewards/personnel/keys.js";
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
  await append(department);
  const gas = await department.anchor("first");
  narrator.say(`A training and a performance report are in the unit's log, encrypted; anchoring took ${gas} gas.`);
  await deliver(department);
  await desk.well(department.account("archive"), "record", "acknowledge", file, "0", ...own);
  await desk.well(undefined, "record", "show", file, "0", ...own, "--field", "/course", "--out", "shown.json");
  const shown = await desk.well(undefined, "record", "show", "shown.json");
  narrator.say(
    "Whoever gets that file sees one field, proved against the chain, and neither the others nor whose it is:",
  );
  narrator.show(shown);
  outcomes.push(["one field of a record, shown to somebody", "proved against the chain; the others stay closed"]);
  const dispute = ["record", "dispute", file, "1", ...own, "--reason", "wrong-facts"];
  await desk.well(department.account("archive"), ...dispute);
  narrator.say("The dispute went under a one-time address through the archive's account: nobody sees whose it is.");
  await stage.pass(11 * day);
  const asked = ["record", "show", file, "1", ...own];
  const { state, valid } = (await desk.json<{ desk: { state: string; valid: boolean } }>(undefined, ...asked)).desk;
  if (state !== "lapsed" || valid) throw new SteleError("unproven", `an unanswered dispute left a record ${state}`);
  narrator.say("The unit did not answer within ten days: the record has lapsed, and nobody had to say so.");
  outcomes.push(["a performance report, disputed and not answered", "lapsed; it counts no more"]);
}

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

async function append(department: Department): Promise<void> {
  const { folder, stage } = department;
  const subject = await subjectOf(department, person);
  const { metaAddress } = parsePersonCard(await readFile(join(folder, card), "utf8"));
  const about = { subject, metaAddress, time: stage.now() - BigInt(day) };
  const criteria = {
    uri: "urn:stele:sample:criteria",
    hash: toHex(sha256(await readFile(join(folder, "criteria.json")))),
  };
  const scores = [{ criterion: "punctuality", score: 2, of: 5, comment: "Late at eleven of forty shifts." }];
  const book = await Book.open(join(folder, "books", "first"));
  try {
    await appendPersonnel(book, [
      { ...about, kind: "training", payload: { course: "First aid", from: "2026-09-01", hours: 16, result: "passed" } },
      {
        ...about,
        kind: "performance",
        adverse: true,
        payload: { from: "2026-01-01", until: "2026-06-30", criteria, assessor: "Head of the unit", scores },
      },
    ]);
  } finally {
    await book.close();
  }
}
