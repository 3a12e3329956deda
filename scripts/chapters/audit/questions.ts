import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { readRecipient } from "../../../sdk/audit/monitor/recipient.js";
import type { Answer } from "../../../sdk/audit/questions/answer.js";
import { AuditIndex } from "../../../sdk/audit/questions/audit-index.js";
import { proveLine } from "../../../sdk/audit/questions/prove.js";
import { sameLine, verifyLine } from "../../../sdk/audit/questions/verify.js";
import { eventCsv } from "../../../sdk/audit/report/csv.js";
import { eventTimeline } from "../../../sdk/audit/report/timeline.js";
import { openBookReader } from "../../../sdk/book/reader.js";
import { readLogState } from "../../../sdk/chain/log-state.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { formatInstant } from "../../../sdk/common/time.js";
import type { Trust } from "../../../sdk/proof/bundle.js";
import { table } from "../../../sdk/cli/output.js";
import type { Stage } from "../stage.js";
import type { Agency } from "./agency.js";
import { auditorWallet } from "./people.js";

/** A question, and what became of it. */
export interface Asked {
  readonly question: string;
  readonly lines: number;
  readonly proven: number;
  readonly text: string;
}

/**
 * The office asks about one agency with its own key: an index is made from the agency's log, and every line of every
 * answer is proved against the head on chain. CSV and chart of the last answer go into the office's folder.
 */
export async function askAll(
  stage: Stage,
  { book, engagement }: Agency,
  root: Hex,
  key: string,
  workspace: string,
): Promise<Asked[]> {
  const source = await openBookReader(book.folder, await readRecipientOf(key));
  const index = AuditIndex.open(join(workspace, "office", "questions.sqlite"));
  try {
    const head = await readLogState(stage.suite, book.config.logId);
    await index.follow(source);
    const trust: Trust = { head: { origin: book.log.origin, size: head.size, root: head.root } };
    const now = BigInt(await stage.time());
    const week = { from: now - 7n * 86_400n, to: now + 86_400n };
    const auditor = auditorWallet("outside").address.toLowerCase() as Hex;
    const questions: readonly (readonly [string, () => Answer])[] = [
      ["everything that the auditor outside of the team touched", () => index.touchedBy({ auditor })],
      ["everything that happened to the dataset", () => index.history(root)],
      ["everything in the engagement this week", () => index.during({ engagement, ...week })],
    ];
    const asked: Asked[] = [];
    for (const [question, ask] of questions) asked.push(await proved(question, ask(), source, trust));
    const last = questions.at(-1)![1];
    const csv = await Array.fromAsync(eventCsv(last()));
    await writeFile(join(workspace, "office", "engagement.csv"), csv.join(""));
    await writeFile(
      join(workspace, "office", "engagement.svg"),
      await eventTimeline(last(), { title: "The engagement" }),
    );
    return asked;
  } finally {
    index.close();
    await source.close();
  }
}

async function readRecipientOf(key: string) {
  const { id, privateKey } = await readRecipient({ id: "office", key });
  return { recipient: id, privateKey };
}

type Source = Awaited<ReturnType<typeof openBookReader>>;

async function proved(question: string, answer: Answer, source: Source, trust: Trust): Promise<Asked> {
  const rows: string[][] = [];
  for await (const line of answer) {
    const shown = verifyLine(await proveLine(line, source), trust);
    if (!sameLine(line, shown)) throw new SteleError("unproven", `line ${line.index} is not what its proof shows`);
    rows.push([`${line.index}`, formatInstant(line.time), line.operation, line.outcome, line.auditor.slice(0, 10)]);
  }
  const text = table(["record", "time", "operation", "outcome", "auditor"], rows);
  return { question, lines: rows.length, proven: rows.length, text };
}
