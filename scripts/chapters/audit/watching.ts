import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Finding } from "../../../sdk/audit/monitor/finding.js";
import { thousands } from "../../../sdk/cli/output.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { anchorBook, openWitness } from "../books.js";
import type { Stage } from "../stage.js";
import type { ChapterOptions, Narrator } from "../types.js";
import { datasetOf, type Agency, type Outcome } from "./agency.js";
import { keepSecondBooks, showSecondBooks } from "./fork.js";
import { look, type Watched } from "./monitor.js";
import { auditorWallet } from "./people.js";

export async function outsider(
  stage: Stage,
  agency: Agency,
  watched: Watched,
  options: ChapterOptions,
  narrator: Narrator,
  outcomes: Outcome[],
): Promise<void> {
  narrator.step("Two auditors read; one of them is not on the team");
  const { root } = await datasetOf(agency);
  const out = join(options.workspace, "auditors");
  await mkdir(out);
  await agency.recorder.readInto(root, join(out, "on-team.tar"));
  const other = await agency.recorder.as({ auditor: auditorWallet("outside") });
  await other.readInto(root, join(out, "outside.tar"));
  await anchorAll(stage, watched.agencies, options, narrator);
  narrator.say("A quarter of an hour later, so that no difference of clocks accuses anybody, the monitor looks.");
  await stage.pass(900);
  const findings = await look(stage, watched, {}, options.signal);
  outcomes.push(["a read outside of the engagement", tell(findings, "conduct", narrator)]);
}

export async function forked(
  stage: Stage,
  agency: Agency,
  watched: Watched,
  options: ChapterOptions,
  narrator: Narrator,
  outcomes: Outcome[],
): Promise<void> {
  narrator.step("An agency keeps second books, signed with the same key");
  const copy = join(options.workspace, "second-books");
  await keepSecondBooks(agency.book.folder, copy);
  const fork = await showSecondBooks(copy, stage.now());
  try {
    await agency.recorder.identity({ change: "added", account: auditorWallet("onTeam").address, role: "reader" });
    await anchorAll(stage, [agency], options, narrator);
    const findings = await look(stage, watched, { [agency.book.config.logId]: fork.url }, options.signal);
    const outcome = tell(findings, "split-view", narrator);
    const [head] = await stage.suite.contract("LogRegistry").headOf(agency.book.config.logId);
    if (head.status !== 2n) throw new SteleError("unproven", "the forked log was not frozen");
    narrator.say("The log is frozen: the office, its supervisor, may open a successor; nothing in it can change.");
    outcomes.push(["second books under one key", `${outcome}; the log is frozen`]);
  } finally {
    await fork.close();
  }
}

export async function anchorAll(
  stage: Stage,
  agencies: readonly Agency[],
  { workspace, signal }: ChapterOptions,
  narrator: Narrator,
): Promise<void> {
  const witnesses = [await openWitness(stage, "north", workspace), await openWitness(stage, "south", workspace)];
  try {
    for (const { actor, book } of agencies) {
      const { size, gas } = await anchorBook(stage, actor, book, witnesses, signal);
      narrator.say(`${stage.nameOf(actor)} anchored its log at ${size} records, ${thousands(gas)} gas.`);
    }
  } finally {
    for (const witness of witnesses) await witness.close();
  }
}

/** Says what the monitor found of one kind, and what it did. */
function tell(findings: readonly Finding[], check: Finding["check"], narrator: Narrator): string {
  const found = findings.filter((one) => one.check === check);
  if (found.length === 0) throw new SteleError("unproven", `the monitor found nothing of the kind "${check}"`);
  for (const { severity, sentence, action } of found) {
    const done = action === undefined ? "" : ` It did: ${action.kind}, ${action.state}.`;
    narrator.say(`The monitor (${severity}): ${sentence}.${done}`);
  }
  return `found by the monitor, ${found[0]!.severity}`;
}
