import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join, relative } from "node:path";

import { id } from "ethers";

import { Book } from "../../../sdk/book/book.js";
import type { BookConfig } from "../../../sdk/book/config.js";
import { anchor } from "../../../sdk/chain/anchor.js";
import { checkpointKeysOf } from "../../../sdk/chain/log-state.js";
import type { Outcome } from "../../../sdk/chain/intent.js";
import { LocalWitness } from "../../../sdk/log/witness.js";
import { readCsv } from "../../../sdk/records/intake/csv.js";
import type { Draft } from "../../../sdk/records/intake/draft.js";
import { readFolder } from "../../../sdk/records/intake/folder.js";
import { readNdjson } from "../../../sdk/records/intake/ndjson.js";
import { logKind, type Actor, type Stage } from "../stage.js";
import type { ChapterOptions, Narrator } from "../types.js";

/** What one agency recorded. */
export interface AgencyWork {
  readonly actor: Actor;
  readonly what: string;
  readonly book: Book;
  readonly records: number;
  /** Seconds from reading the first byte to the last durable record. */
  readonly seconds: number;
  readonly opened: Outcome;
  anchored?: { readonly gas: bigint; readonly seconds: number };
}

/** Opens a log of an agency on chain, with its folder. */
export async function openBook(stage: Stage, actor: Actor, name: string, workspace: string) {
  const registry = stage.suite.contract("LogRegistry");
  const lineage = await registry.lineageFor(stage.memberOf(actor), id(logKind), name);
  const logId = (await registry.logIdFor(lineage, 0)) as `0x${string}`;
  const folder = join(workspace, actor);
  const config: BookConfig = {
    format: 1,
    kind: logKind,
    name,
    chainId: stage.suite.manifest.chainId,
    registry: stage.suite.address("LogRegistry"),
    logId,
    keyEpoch: 0,
    source: `urn:stele:log:${logId}`,
    schema: "urn:stele:schema:json:1",
    retentionClass: 1,
    recipients: [],
  };
  const key = await Book.prepare(folder, config);
  const data = registry.interface.encodeFunctionData("open", [id(logKind), name, stage.policyOf(logKind), key]);
  const sender = await stage.sender(actor);
  const opened = await sender.send({ to: config.registry, data, label: `open log ${name}`, key: `open ${logId}` });
  return { book: await Book.open(folder), opened };
}

/** Records drafts with a progress bar. */
export async function record(
  stage: Stage,
  actor: Actor,
  { name, what, drafts }: { name: string; what: string; drafts: AsyncIterable<Draft> },
  { workspace, signal }: ChapterOptions,
  narrator: Narrator,
): Promise<AgencyWork> {
  const { book, opened } = await openBook(stage, actor, name, workspace);
  const bar = narrator.progress(`   ${stage.nameOf(actor)}`);
  const started = performance.now();
  const { count } = await book.import(drafts, {
    signal,
    onProgress: ({ done, total }) => (total === undefined ? bar.update(done) : bar.update(done, total)),
  });
  const seconds = (performance.now() - started) / 1000;
  bar.finish(`${count.toLocaleString("en-US")} records of ${what}, sealed and durable`);
  return { actor, what, book, records: count, seconds, opened };
}

/** Every line of the folder's CSV and NDJSON files; undefined where it has no such file. */
export async function linesOf(folder: string): Promise<AsyncIterable<Draft> | undefined> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = all
    .filter((entry) => entry.isFile() && [".csv", ".ndjson"].includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) return undefined;
  return (async function* () {
    for (const file of files) {
      const shown = relative(folder, file);
      const read = extname(file) === ".csv" ? readCsv : readNdjson;
      yield* read(createReadStream(file), shown);
    }
  })();
}

/** Every file of the folder. */
export function filesOf(folder: string, signal: AbortSignal): AsyncIterable<Draft> {
  return readFolder(folder, signal);
}

/** Anchors an agency's log, cosigned by both witnesses. */
export async function anchorBook(
  stage: Stage,
  work: AgencyWork,
  witnesses: readonly LocalWitness[],
  signal: AbortSignal,
) {
  const { book, actor } = work;
  const started = performance.now();
  const { txs, to } = await anchor({
    log: book.log,
    logId: book.config.logId,
    suite: stage.suite,
    sender: await stage.sender(actor),
    signers: await book.signers(),
    witnesses,
    signal,
    wait: true,
  });
  const gas = txs.reduce((sum, { receipt }) => sum + receipt.gasUsed, 0n);
  work.anchored = { gas, seconds: (performance.now() - started) / 1000 };
  return { size: to, gas };
}

/** A witness with a memory of its own, who believes the chain about the keys of logs. */
export async function openWitness(stage: Stage, actor: Actor, workspace: string): Promise<LocalWitness> {
  const { suite } = stage;
  const registry = { chainId: suite.manifest.chainId, address: suite.address("LogRegistry") };
  return LocalWitness.open(join(workspace, actor), {
    signer: stage.wallet(actor),
    registry,
    keysOf: (logId) => checkpointKeysOf(suite, logId),
  });
}
