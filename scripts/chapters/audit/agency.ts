import { join } from "node:path";

import type { Book } from "../../../sdk/book/book.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import { detectFormat } from "../../../sdk/audit/intake/detect.js";
import type { ExportFormat } from "../../../sdk/audit/intake/formats.js";
import { exportReader } from "../../../sdk/audit/intake/reader.js";
import { Recorder } from "../../../sdk/audit/recorder.js";
import { listSource } from "../../../sdk/audit/recorder/files.js";
import type { Collected } from "../../../sdk/audit/recorder/collect.js";
import { thousands } from "../../../sdk/cli/output.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { openBook } from "../books.js";
import type { Actor, Stage } from "../stage.js";
import type { ChapterOptions, Narrator } from "../types.js";
import { auditorWallet, openEngagement, type officeRecipient } from "./people.js";

/** An agency under audit: its log, its datasets, and the recorder that stands between the data and everybody. */
export interface Agency {
  readonly actor: Actor;
  readonly book: Book;
  readonly datasets: DatasetStore;
  readonly recorder: Recorder;
  readonly engagement: Hex;
  readonly engagementGas: bigint;
}

/** Opens an agency's log, the office's engagement with it, and a recorder for the auditor on the team. */
export async function openAgency(
  stage: Stage,
  actor: Actor,
  office: Awaited<ReturnType<typeof officeRecipient>>,
  { workspace }: ChapterOptions,
): Promise<Agency> {
  const recipients = [{ id: office.id, publicKey: office.publicKey }];
  const { book } = await openBook(stage, actor, { name: "data-events", workspace, recipients });
  const lineage = (await stage.suite.contract("LogRegistry").lineageOf(book.config.logId)) as Hex;
  const { id: engagement, gas } = await openEngagement(stage, actor, lineage);
  const datasets = await DatasetStore.open(join(workspace, actor, "datasets"));
  const recorder = await Recorder.open(book, datasets, {
    source: `urn:stele:example:${actor}:data-room`,
    auditor: auditorWallet("onTeam"),
    engagement,
    now: () => stage.now(),
  });
  return { actor, book, datasets, recorder, engagement, engagementGas: gas };
}

/** Collects an agency's books: validated where they are an export of a known format, encrypted, recorded. */
export async function collectBooks(
  stage: Stage,
  { actor, recorder }: Agency,
  folder: string,
  { signal }: ChapterOptions,
  narrator: Narrator,
): Promise<Collected> {
  const format = await formatOf(folder, signal);
  const bar = narrator.progress(`   ${stage.nameOf(actor)}`);
  const { result } = await recorder.collect(folder, {
    label: "books of the year",
    signal,
    progress: (done, all) => bar.update(done, all),
    ...(format === undefined ? {} : { reader: exportReader(format) }),
  });
  const { size, chunks } = result.dataset.description;
  bar.finish(`${result.listing.length} files in a dataset of ${thousands(size)} bytes, ${thousands(chunks)} chunks`);
  const facts = Object.entries(result.facts ?? {}).map(([name, value]) => `${name} ${value}`);
  if (format !== undefined) narrator.say(`It is a valid ${format} export: ${facts.join(", ")}.`);
  return result;
}

async function formatOf(folder: string, signal: AbortSignal): Promise<ExportFormat | undefined> {
  const { files } = await listSource(folder, signal);
  return detectFormat(files.map((file) => ({ name: file.path, content: file.read(signal) })));
}

/** The agency's one dataset. */
export async function datasetOf({ datasets }: Pick<Agency, "datasets">): Promise<{ readonly root: Hex }> {
  const [root] = await datasets.list();
  if (root === undefined) throw new SteleError("missing", "the agency has no dataset");
  return { root };
}

/** A row of the closing table: what was tried, and what came of it. */
export type Outcome = readonly [what: string, outcome: string];
