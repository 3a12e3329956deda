import { join } from "node:path";

import { answerFrom } from "../../../sdk/audit/datasets/answer.js";
import { answerCall, challengeCall, confirmCall, drawCall, registerCall } from "../../../sdk/audit/datasets/calls.js";
import { challengeIn, readChallengeOf } from "../../../sdk/audit/datasets/challenged.js";
import type { Dataset } from "../../../sdk/audit/datasets/dataset.js";
import { mirrorDataset } from "../../../sdk/audit/datasets/mirror.js";
import { findRegistration } from "../../../sdk/audit/datasets/registered.js";
import { serveDatasets } from "../../../sdk/audit/datasets/serve.js";
import { openSource } from "../../../sdk/audit/datasets/source.js";
import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import { datasetIdFor } from "../../../sdk/audit/challenges.js";
import type { Call } from "../../../sdk/chain/governance/call.js";
import { Sender } from "../../../sdk/chain/sender.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import type { Actor, Stage } from "../stage.js";
import type { ChapterOptions } from "../types.js";
import type { Agency } from "./agency.js";
import { auditorWallet } from "./people.js";

async function send(stage: Stage, from: Actor | Sender, { address, data, label }: Call) {
  const sender = from instanceof Sender ? from : await stage.sender(from);
  return sender.send({ to: address, data, label });
}

/** The holder registers a dataset, with the promise of one mirror. @returns its id on chain */
export async function register(
  stage: Stage,
  { actor }: Agency,
  { description }: Dataset,
): Promise<{ datasetId: Hex; gas: bigint }> {
  const { receipt } = await send(stage, actor, registerCall(stage.suite, description, 1));
  const { root, size } = description;
  const suiteId = stage.suite.manifest.suiteId;
  return { datasetId: datasetIdFor(suiteId, stage.memberOf(actor), root, size), gas: receipt.gasUsed };
}

/** The archive fetches a dataset over HTTP, verifies it against the chain, and signs for having it. */
export async function mirror(
  stage: Stage,
  agency: Agency,
  datasetId: Hex,
  { workspace, signal }: ChapterOptions,
): Promise<{ store: DatasetStore; chunks: bigint; gas: bigint }> {
  const store = await DatasetStore.open(join(workspace, "archive", "datasets"));
  const served = await serveDatasets(agency.datasets);
  try {
    const registration = await findRegistration(stage.suite, eventsOf(stage), datasetId);
    const { possession, fetched } = await mirrorDataset({
      registration,
      suite: stage.suite,
      member: stage.memberOf("archive"),
      signer: stage.wallet("archive"),
      sources: [await openSource(served.url)],
      store,
      signal,
    });
    const { receipt } = await send(stage, "archive", confirmCall(stage.suite, datasetId, [possession]));
    return { store, chunks: fetched, gas: receipt.gasUsed };
  } finally {
    await served.close();
  }
}

/** The auditor challenges the holder, a later block draws, and the holder answers from the ciphertext file. */
export async function challengeHolder(
  stage: Stage,
  { actor, engagement }: Agency,
  dataset: Dataset,
  datasetId: Hex,
  workspace: string,
): Promise<{ chunk: bigint; gas: bigint }> {
  const { suite, connection } = stage;
  const signer = auditorWallet("onTeam").connect(connection.provider);
  const auditor = await Sender.open({ connection, signer, folder: join(workspace, "sender") });
  try {
    const asked = await send(stage, auditor, challengeCall(suite, datasetId, stage.memberOf(actor), engagement));
    const challengeId = await challengeIn(suite, asked.hash);
    await stage.mine();
    await stage.mine();
    await send(stage, auditor, drawCall(suite, challengeId));
    const { chunk = 0n } = await readChallengeOf(suite, challengeId);
    const { receipt } = await send(
      stage,
      actor,
      answerCall(suite, challengeId, await answerFrom(dataset, dataset.description, chunk)),
    );
    return { chunk, gas: receipt.gasUsed };
  } finally {
    await auditor.close();
  }
}

/** Where the chapter reads the chain's events. */
export function eventsOf({ suite, connection }: Stage) {
  return { provider: connection.provider, fromBlock: suite.manifest.deploymentBlock, range: 10_000 };
}
