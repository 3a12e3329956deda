import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { table, thousands } from "../../../sdk/cli/output.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { seeded } from "../../samples/random.js";
import { anchorBook, openWitness } from "../books.js";
import { openStage, type Stage } from "../stage.js";
import type { Chapter, ChapterOptions, Narrator } from "../types.js";
import { filesOf, linesOf, record, type AgencyWork } from "./agency.js";
import { checkFromOutside, type OutsideCheck } from "./outsider.js";
import { tamperWithData, tamperWithStore, type Found } from "./tamper.js";

const sample = fileURLToPath(new URL("../../../samples/audit", import.meta.url));
const proofsEach = 100;

/** From a folder of data to a proof on chain: recorded by its owners, anchored, checked by others. */
export const foundation: Chapter = {
  async run(options, narrator) {
    const data = options.data ?? sample;
    await requireFolder(data);
    narrator.step("The suite on a chain of its own");
    const stage = await openStage(options.workspace);
    try {
      introduce(stage, narrator);
      const works = await recordAll(stage, data, options, narrator);
      await anchorAll(stage, works, options, narrator);
      const checks = await checkAll(stage, works, narrator);
      const found = await tamper(data, works, options, narrator);
      conclude(stage, works, checks, found, narrator);
      for (const { book } of works) await book.close();
    } finally {
      await stage.close();
    }
  },
};

async function requireFolder(folder: string): Promise<void> {
  const what = await stat(folder).catch((cause: unknown) => {
    throw new SteleError("missing", "there is no such folder", { place: { file: folder }, cause });
  });
  if (!what.isDirectory())
    throw new SteleError("usage", "is a file; --data takes a folder", { place: { file: folder } });
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  if (!all.some((entry) => entry.isFile() || entry.isSymbolicLink())) {
    throw new SteleError("input", "holds no file, so there is nothing to record", { place: { file: folder } });
  }
}

function introduce(stage: Stage, narrator: Narrator): void {
  const { governor } = stage.delays;
  narrator.say(
    `Deployed with ${thousands(stage.deploymentGas)} gas and handed to governance, which acts with a delay of ` +
      `${governor / 86_400} day; the deployer has no role left.`,
  );
  const names = (["office", "finance", "accounts", "north", "south", "court"] as const).map(stage.nameOf);
  narrator.say(`Enrolled: ${names.join(", ")}.`);
}

async function recordAll(
  stage: Stage,
  data: string,
  options: ChapterOptions,
  narrator: Narrator,
): Promise<AgencyWork[]> {
  narrator.step("Two agencies record, each into its own log");
  const files = filesOf(data, options.signal);
  const lines = await linesOf(data);
  const first = { name: "files", what: "files", drafts: files };
  const second =
    lines === undefined
      ? { name: "files", what: "files, counted again", drafts: filesOf(data, options.signal) }
      : { name: "lines", what: "lines of the books", drafts: lines };
  return [
    await record(stage, "finance", first, options, narrator),
    await record(stage, "accounts", second, options, narrator),
  ];
}

async function anchorAll(stage: Stage, works: readonly AgencyWork[], options: ChapterOptions, narrator: Narrator) {
  narrator.step("The heads go on chain, cosigned by two witnesses");
  const witnesses = await Promise.all(
    (["north", "south"] as const).map((actor) => openWitness(stage, actor, options.workspace)),
  );
  try {
    for (const work of works) {
      const { size, gas } = (work.anchored = await anchorBook(stage, work.actor, work.book, witnesses, options.signal));
      narrator.say(
        `${stage.nameOf(work.actor)}: ${thousands(size)} records under one head, ${thousands(gas)} gas, ` +
          `${(Number(gas) / Number(size)).toFixed(2)} gas a record.`,
      );
    }
  } finally {
    for (const witness of witnesses) await witness.close();
  }
}

async function checkAll(stage: Stage, works: readonly AgencyWork[], narrator: Narrator): Promise<OutsideCheck[]> {
  narrator.step("An outsider checks, with a web address and a node");
  const random = seeded(7);
  const checks: OutsideCheck[] = [];
  for (const work of works) {
    const bar = narrator.progress(`   ${stage.nameOf(work.actor)}`);
    const check = await checkFromOutside(stage.suite, work, proofsEach, random, (done, total) =>
      bar.update(done, total),
    );
    bar.finish(`${thousands(check.entries)} entries give the root on chain, ${check.proofs} proofs hold`);
    checks.push(check);
  }
  return checks;
}

async function tamper(
  data: string,
  [files, lines]: readonly AgencyWork[],
  { workspace }: ChapterOptions,
  narrator: Narrator,
): Promise<Found[]> {
  narrator.step("Somebody changes a copy");
  const random = seeded(11);
  if (files === undefined || lines === undefined) return [];
  const changed = await tamperWithData(data, join(workspace, "copy-of-data"), files.book, random);
  const found = [
    ...(changed === undefined ? [] : [changed]),
    ...(lines.records === 0 ? [] : [await tamperWithStore(lines.book, join(workspace, "copy-of-log"), random)]),
  ];
  for (const { change, found: how } of found) narrator.say(`Changed ${change}. Found: ${how}.`);
  return found;
}

function conclude(
  stage: Stage,
  works: readonly AgencyWork[],
  checks: readonly OutsideCheck[],
  found: readonly Found[],
  narrator: Narrator,
): void {
  narrator.step("What stands now");
  const each = (cell: (work: AgencyWork, i: number) => string): string[] => works.map(cell);
  const second = (seconds: number | undefined): string => `${(seconds ?? 0).toFixed(1)} s`;
  const rows = [
    ["log", ...each(({ book }) => `${book.config.kind}/${book.config.name}`)],
    ["records", ...each(({ records }) => thousands(records))],
    ["what", ...each(({ what }) => what)],
    ["recorded and sealed in", ...each(({ seconds }) => second(seconds))],
    ["gas to open the log", ...each(({ opened }) => thousands(opened.receipt.gasUsed))],
    ["gas to anchor all of it", ...each(({ anchored }) => thousands(anchored?.gas ?? 0n))],
    ["anchored, with two witnesses, in", ...each(({ anchored }) => second(anchored?.seconds))],
    ["downloaded by the outsider", ...each((_, i) => `${thousands(checks[i]?.bytes ?? 0)} bytes`)],
    ["proofs verified on chain", ...each((_, i) => thousands(checks[i]?.proofs ?? 0))],
  ];
  narrator.show(table(["", ...works.map(({ actor }) => stage.nameOf(actor))], rows));
  narrator.say(`Changes made to copies: ${found.length}; found: ${found.length}.`);
}
