import { join } from "node:path";

import type { JWK } from "jose";

import { openBookView } from "../../book/prove.js";
import { openBookReader } from "../../book/reader.js";
import { openRemoteBook } from "../../book/remote.js";
import type { Hex } from "../../common/bytes.js";
import { SteleError, sentenceOf } from "../../common/errors.js";
import { openLogView } from "../../log/log.js";
import { LogView } from "../../log/view.js";
import { HttpWitness } from "../../log/witness-http.js";
import { suiteOrigin } from "../../proof/checkpoint.js";
import type { LogConfig, SourceConfig } from "./config.js";
import { finding, type Finding } from "./finding.js";
import type { EntrySource } from "./follow.js";
import { HttpLogReader } from "./http-log.js";
import { readStatement, type LogKeys, type Statement } from "./statements.js";

/** The office's key for payloads. */
export interface Recipient {
  readonly id: string;
  readonly privateKey: JWK;
}

/** An open source of a log. */
export interface OpenSource extends EntrySource {
  readonly kind: SourceConfig["kind"];
  /** The log that the source says it has. */
  readonly view: LogView;
  /** Why it gives no payloads although it should. */
  readonly closed?: unknown;
  close(): Promise<void>;
}

/** Sources that could be opened, and a finding for each that could not. */
export interface Opened {
  readonly sources: readonly OpenSource[];
  readonly findings: readonly Finding[];
}

/** Opens the sources of a log. One that is down is a finding and no failure. */
export async function openSources(
  log: LogConfig,
  chainId: bigint,
  recipient: Recipient | undefined,
  signal?: AbortSignal,
): Promise<Opened> {
  const sources: OpenSource[] = [];
  const findings: Finding[] = [];
  for (const config of log.sources) {
    try {
      const source = await openSource(config, log.log, chainId, recipient, signal);
      sources.push(source);
      // Its checkpoint is heard all the same: who serves no payloads can still contradict the chain.
      if (source.closed !== undefined) findings.push(down(log.log, `${config.at} (payloads)`, source.closed));
    } catch (error) {
      signal?.throwIfAborted();
      findings.push(down(log.log, config.at, error));
    }
  }
  return { sources, findings };
}

/** A source that does not answer, or not as it should. */
export function down(logId: Hex, name: string, error: unknown): Finding {
  const sentence = `source ${name} of log ${logId} cannot be read: ${sentenceOf(error)}`;
  return finding("source", "warning", [logId, name], sentence, { subject: { log: logId, source: name } });
}

async function openSource(
  { kind, at }: SourceConfig,
  logId: Hex,
  chainId: bigint,
  recipient: Recipient | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenSource> {
  const origin = suiteOrigin(chainId, logId);
  if (kind === "url") return openUrl(at, logId, origin, recipient, signal);
  if (kind === "mirror") {
    return sourceOf(kind, at, await openLogView(join(at, logId.slice(2).toLowerCase()), { origin }));
  }
  return recipient === undefined ? openView(at, logId) : openRecords(at, logId, recipient);
}

/** What is served is heard as it is, be it true or not; payloads come over the reader that holds all against the log. */
async function openUrl(
  at: string,
  logId: Hex,
  origin: string,
  recipient: Recipient | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenSource> {
  const view = new LogView(origin, new HttpLogReader(at, signal));
  if (recipient === undefined) return sourceOf("url", at, view);
  const { id, privateKey } = recipient;
  try {
    const payloads = await openRemoteBook(at, { recipient: id, privateKey, logId, signal });
    return sourceOf("url", at, view, { payloads, close: () => payloads.close() });
  } catch (error) {
    signal?.throwIfAborted();
    // Whoever serves the log alone serves no book, and need not.
    if (error instanceof SteleError && error.code === "missing") return sourceOf("url", at, view);
    return sourceOf("url", at, view, { closed: error });
  }
}

async function openView(at: string, logId: Hex): Promise<OpenSource> {
  const { config, log } = await openBookView(at);
  if (config.logId === logId) return sourceOf("book", at, log);
  await log.reader.close();
  throw anotherBook(config.logId);
}

async function openRecords(at: string, logId: Hex, { id, privateKey }: Recipient): Promise<OpenSource> {
  const records = await openBookReader(at, { recipient: id, privateKey });
  if (records.config.logId === logId) {
    return sourceOf("book", at, records.log, { payloads: records, close: () => records.close() });
  }
  await records.close();
  throw anotherBook(records.config.logId);
}

function anotherBook(logId: Hex): SteleError {
  return new SteleError("input", `the book there is log ${logId}`);
}

function sourceOf(
  kind: SourceConfig["kind"],
  name: string,
  view: LogView,
  more: Partial<Pick<OpenSource, "payloads" | "close" | "closed">> = {},
): OpenSource {
  return {
    kind,
    name,
    view,
    rootAt: (size) => view.rootAt(size),
    consistencyProof: (oldSize, newSize) => view.consistencyProof(oldSize, newSize),
    entries: (from, to) => view.entries(from, to),
    close: () => view.reader.close(),
    ...more,
  };
}

/** What the sources and witnesses of a log say of its head now. */
export async function gatherStatements(
  log: LogConfig,
  sources: readonly OpenSource[],
  keys: LogKeys,
  signal?: AbortSignal,
): Promise<{ readonly statements: readonly Statement[]; readonly findings: readonly Finding[] }> {
  const statements: Statement[] = [];
  const findings: Finding[] = [];
  const gather = async (name: string, ask: () => Promise<Statement | undefined>): Promise<void> => {
    try {
      const statement = await ask();
      if (statement !== undefined) statements.push(statement);
    } catch (error) {
      signal?.throwIfAborted();
      findings.push(down(log.log, name, error));
    }
  };
  for (const source of sources) await gather(source.name, () => saidBy(source, keys));
  for (const url of log.witnesses) await gather(url, () => rememberedBy(url, keys.logId));
  return { statements, findings };
}

async function saidBy(source: OpenSource, keys: LogKeys): Promise<Statement | undefined> {
  if (source.kind === "mirror") return { source: source.name, as: "mirrored", ...(await source.view.storedHead()) };
  const note = await source.view.published();
  return note === undefined ? undefined : readStatement(source.name, note, keys);
}

async function rememberedBy(url: string, logId: Hex): Promise<Statement | undefined> {
  const head = await (await HttpWitness.open(url)).headOf(logId);
  return head.size === 0n ? undefined : { source: url, as: "witnessed", ...head };
}
