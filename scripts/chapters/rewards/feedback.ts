import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { fromUtf8 } from "../../../sdk/common/bytes.js";
import { parseOpenings } from "../../../sdk/rewards/personnel/file.js";
import { openSealed, parsePersonKeys } from "../../../sdk/rewards/personnel/keys.js";
import { checkedOpening } from "../../../sdk/rewards/personnel/opening.js";
import { deliver, file, own, person } from "./records.js";
import { openUnit, type Department } from "./department.js";

/** The units of the samples: name on the roster, folder of the log, number in the names of the samples. */
const units = [
  { name: "第一科", log: "first", number: 1 },
  { name: "档案室", log: "archive", number: 3 },
] as const;
const periods = ["2025-Q1", "2025-Q2", "2025-Q3"] as const;

/** Feedback for whole units, tables that tell nobody's own figures, and a standing that only the person can show. */
export async function assessed(department: Department): Promise<void> {
  const { desk, narrator, outcomes, account } = department;
  const officer = account("personnel");
  narrator.step("Feedback for whole units, by published criteria");
  await openUnit(department, "archive");
  for (const { name, log, number } of units) {
    for (const period of periods) {
      const source = `feedback-${period}-${number}.csv`;
      const where = [`books/${log}`, source, "--unit", name, "--period", period, "--criteria", "criteria.json"];
      where.push("--cards", "cards");
      await desk.well(officer, "feedback", "import", ...where);
    }
    await department.anchor(log);
  }
  const again = ["feedback", "import", "books/first", "feedback-2025-Q2-1.csv", "--unit", "第一科"];
  const said = await desk.refused(officer, ...again, "--period", "2025-Q1", "--criteria", "criteria.json");
  narrator.say(`A second sheet for a period: ${said}`);
  outcomes.push(["a second sheet of feedback for a period", "refused; a period is recorded once"]);
  narrator.show(await desk.well(undefined, "feedback", "show", "--book", "books/first"));
  narrator.show(await desk.well(undefined, "feedback", "show", "--book", "books/archive"));
  narrator.say("Behind the archive stand three people: nobody gets to see their figures.");
  outcomes.push(["a table over three people", "withheld"]);
  await desk.well(undefined, "feedback", "show", "--book", "books/first", "--format", "svg", "--out", "first.svg");
  await standing(department);
}

/** The person computes a standing from what they open; somebody else checks it. */
async function standing(department: Department): Promise<void> {
  const { desk, narrator, outcomes } = department;
  narrator.step("A standing that only the person can show");
  await deliver(department);
  for (const index of await ownFeedback(department)) {
    await desk.run(department.account("archive"), "record", "acknowledge", file, String(index), ...own);
  }
  narrator.say("The person has acknowledged their records, and from then on they count.");
  const mine = ["--person", file, "--criteria", "criteria.json", "--log", "books/first"];
  await desk.well(undefined, "feedback", "show", ...mine, "--keys", "mine.keys", "--proof", "standing.json");
  narrator.show(await desk.well(undefined, "feedback", "show", "--proof", "standing.json", "--log", "books/first"));
  narrator.say(`Who gets standing.json of ${person} checks it against the log and sees what was left out.`);
  outcomes.push(["a standing, shown with its proof", "checked by somebody else, against the log"]);
}

/** Where the person's feedback stands in the unit's log, read out of their own file. */
async function ownFeedback({ folder }: Department): Promise<readonly bigint[]> {
  const keys = parsePersonKeys(await readFile(join(folder, "mine.keys"), "utf8"));
  const opened = fromUtf8(await openSealed(keys, await readFile(join(folder, file))));
  const all = parseOpenings(opened).map((opening) => checkedOpening(opening));
  return all.filter(({ kind }) => kind === "feedback").map(({ index }) => index);
}
