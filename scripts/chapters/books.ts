import { join } from "node:path";

import { id } from "ethers";

import { Book } from "../../sdk/book/book.js";
import type { BookConfig } from "../../sdk/book/config.js";
import { anchor } from "../../sdk/chain/anchor.js";
import type { Outcome } from "../../sdk/chain/intent.js";
import { checkpointKeysOf } from "../../sdk/chain/log-state.js";
import { LocalWitness } from "../../sdk/log/witness.js";
import { logKind, type Actor, type Kind, type Stage } from "./stage.js";

/** A log that is to be opened, and where its folder goes. */
export interface NewBook {
  readonly name: string;
  readonly workspace: string;
  readonly kind?: Kind;
  readonly schema?: string;
  /** Who may open its records besides the owner. */
  readonly recipients?: BookConfig["recipients"];
}

/** What anchoring a log took. */
export interface Anchored {
  readonly size: bigint;
  readonly gas: bigint;
  readonly seconds: number;
}

/** Opens a log of an actor on chain, with its folder. */
export async function openBook(
  stage: Stage,
  actor: Actor,
  { name, workspace, kind = logKind, schema = "urn:stele:schema:json:1", recipients = [] }: NewBook,
): Promise<{ book: Book; opened: Outcome }> {
  const registry = stage.suite.contract("LogRegistry");
  const lineage = await registry.lineageFor(stage.memberOf(actor), id(kind), name);
  const logId = (await registry.logIdFor(lineage, 0)) as `0x${string}`;
  const folder = join(workspace, actor);
  const config: BookConfig = {
    format: 1,
    kind,
    name,
    chainId: stage.suite.manifest.chainId,
    registry: stage.suite.address("LogRegistry"),
    logId,
    keyEpoch: 0,
    source: `urn:stele:log:${logId}`,
    schema,
    retentionClass: 1,
    recipients,
  };
  const key = await Book.prepare(folder, config);
  const data = registry.interface.encodeFunctionData("open", [id(kind), name, stage.policyOf(kind), key]);
  const sender = await stage.sender(actor);
  const opened = await sender.send({ to: config.registry, data, label: `open log ${name}`, key: `open ${logId}` });
  return { book: await Book.open(folder), opened };
}

/** Anchors an actor's log, cosigned by the witnesses. */
export async function anchorBook(
  stage: Stage,
  actor: Actor,
  book: Book,
  witnesses: readonly LocalWitness[],
  signal: AbortSignal,
): Promise<Anchored> {
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
  return { size: to, gas, seconds: (performance.now() - started) / 1000 };
}

/** A witness with a memory of its own, who believes the chain about the keys of logs. */
export async function openWitness(stage: Stage, actor: Actor, workspace: string): Promise<LocalWitness> {
  const { suite } = stage;
  const registry = { chainId: suite.manifest.chainId, address: suite.address("LogRegistry") };
  return LocalWitness.open(join(workspace, actor), {
    signer: stage.wallet(actor),
    registry,
    keysOf: (logId) => checkpointKeysOf(suite, logId),
    clock: () => stage.now(),
  });
}
