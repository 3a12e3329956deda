import { join } from "node:path";

import { table, thousands } from "../../../sdk/cli/output.js";
import { SteleError, sentenceOf } from "../../../sdk/common/errors.js";
import { openBook } from "../books.js";
import { alertKind, openStage, type Stage } from "../stage.js";
import type { Chapter, ChapterOptions, Narrator } from "../types.js";
import { datasetOf, openAgency, type Agency, type Outcome } from "./agency.js";
import { collected, refused } from "./collecting.js";
import type { Watched } from "./monitor.js";
import { accreditAuditors, officeRecipient } from "./people.js";
import { askAll, type Asked } from "./questions.js";
import { anchorAll, forked, outsider } from "./watching.js";

/** Two agencies are audited: their data stays with them, every touch of it is on record, and what is wrong is found. */
export const audit: Chapter = {
  async run(options, narrator) {
    const outcomes: Outcome[] = [];
    narrator.step("An audit office, two agencies, an archive");
    const stage = await openStage(options.workspace);
    try {
      const office = await officeRecipient(options.workspace);
      await accreditAuditors(stage, options.workspace);
      const finance = await openAgency(stage, "finance", office, options);
      const accounts = await openAgency(stage, "accounts", office, options);
      narrator.say(
        `The office opened an engagement with each agency (${thousands(finance.engagementGas)} gas): one auditor is on ` +
          "the team, another one is accredited but is not.",
      );
      const watched = await prepareMonitor(stage, [finance, accounts], office.key, options);
      await collected(stage, [finance, accounts], options, narrator, outcomes);
      await refused(finance, options, narrator, outcomes);
      await outsider(stage, finance, watched, options, narrator, outcomes);
      await forked(stage, accounts, watched, options, narrator, outcomes);
      await erased(stage, finance, narrator, outcomes);
      const asked = await questions(stage, [finance], office.key, options, narrator);
      conclude(outcomes, asked, narrator);
      for (const { recorder, book } of [finance, accounts]) {
        await recorder.close();
        await book.close();
      }
    } finally {
      await stage.close();
    }
  },
};

async function prepareMonitor(
  stage: Stage,
  agencies: readonly Agency[],
  key: string,
  { workspace }: ChapterOptions,
): Promise<Watched> {
  const opened = { name: "alerts", kind: alertKind, schema: "urn:stele:schema:audit-alert:1", workspace } as const;
  const { book } = await openBook(stage, "office", opened);
  await book.close();
  return { alerts: book.folder, state: join(workspace, "office", "monitor-state"), agencies, key };
}

async function erased(stage: Stage, agency: Agency, narrator: Narrator, outcomes: Outcome[]): Promise<void> {
  narrator.step("A key is destroyed");
  const { recorder } = agency;
  const { root } = await datasetOf(agency);
  const own = await recorder.as({ auditor: stage.wallet("finance"), engagement: undefined });
  await own.erase({ dataset: root }, "retention period over");
  const refusal = await recorder.read(root).then(() => undefined, sentenceOf);
  if (refusal === undefined) throw new SteleError("unproven", "an erased dataset could be read");
  narrator.say(`Erased, and the erasure is on record. Reading it now: ${refusal}; that is on record too.`);
  outcomes.push(["an erased dataset", "cannot be read by anybody, the attempt is recorded as failed"]);
}

async function questions(
  stage: Stage,
  agencies: readonly Agency[],
  key: string,
  options: ChapterOptions,
  narrator: Narrator,
): Promise<readonly Asked[]> {
  narrator.step("The office asks its questions, and proves every line");
  await anchorAll(stage, agencies, options, narrator);
  const [agency] = agencies;
  const { root } = await datasetOf(agency!);
  const asked = await askAll(stage, agency!, root, key, options.workspace);
  for (const { question, lines, proven, text } of asked) {
    narrator.say(`${question}: ${counted(lines)}, ${proven} proved against the chain.`);
    narrator.show(text);
  }
  return asked;
}

function counted(lines: number): string {
  return lines === 1 ? "1 line" : `${lines} lines`;
}

function conclude(outcomes: readonly Outcome[], asked: readonly Asked[], narrator: Narrator): void {
  narrator.step("What stands now");
  const rows = [
    ...outcomes.map((row) => [...row]),
    ...asked.map(({ question, lines, proven }) => [question, `${counted(lines)}, ${proven} proved`]),
  ];
  narrator.show(table(["what happened", "what came of it"], rows));
}
