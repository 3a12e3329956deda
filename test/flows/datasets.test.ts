import { expect } from "chai";
import { network } from "hardhat";
import { createReadStream, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { answerFrom } from "../../sdk/audit/datasets/answer.js";
import { answerCall, confirmCall } from "../../sdk/audit/datasets/calls.js";
import { readChallengeOf } from "../../sdk/audit/datasets/challenged.js";
import { encryptDataset } from "../../sdk/audit/datasets/encrypt.js";
import { serveDatasets } from "../../sdk/audit/datasets/serve.js";
import { DatasetStore } from "../../sdk/audit/datasets/store.js";
import { signPossession } from "../../sdk/audit/possession.js";
import { auditEventSchema } from "../../sdk/audit/event.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { Book } from "../../sdk/book/book.js";
import type { Command } from "../../sdk/cli/command.js";
import { datasetAnswer } from "../../sdk/cli/commands/dataset/answer.js";
import { datasetChallenge } from "../../sdk/cli/commands/dataset/challenge.js";
import { datasetMirror } from "../../sdk/cli/commands/dataset/mirror.js";
import { datasetRegister } from "../../sdk/cli/commands/dataset/register.js";
import { datasetRestore } from "../../sdk/cli/commands/dataset/restore.js";
import { datasetShow } from "../../sdk/cli/commands/dataset/show.js";
import { auditKind, day, deployAudit, type ActorLabel } from "../support/audit.js";
import { commandRunner } from "../support/commands.js";
import { flip, made, plainOf } from "../support/datasets.js";
import { temporaryFolders } from "../support/folders.js";
import { refusal } from "../support/refusal.js";

const { provider, networkHelpers } = await network.create();
const samples = "samples/audit";
const mediaType = "text/csv";

/** What commands print with `--json`, as far as it is looked at here. */
interface Printed {
  readonly [name: string]: unknown;
  readonly challengeId: string;
  readonly chunk: string;
  readonly reading: string;
  readonly standings: readonly Record<string, unknown>[];
}

/** The sample books of a year, one file after the other. */
async function* books(): AsyncGenerator<Uint8Array> {
  for (const file of readdirSync(samples).filter((name) => name.endsWith(".csv"))) {
    yield* createReadStream(join(samples, file)) as AsyncIterable<Uint8Array>;
  }
}

async function chain() {
  const audit = await deployAudit(provider);
  return { audit, engagement: await audit.openEngagement() };
}

describe("flow: datasets, mirrors and challenges", () => {
  const folder = temporaryFolders();

  /** An agency with the sample books in its store, and a mirror's store that could copy them. */
  const agency = async () => {
    const { audit, engagement } = await networkHelpers.loadFixture(chain);
    const run = commandRunner(provider, audit.deployed);
    const as = async (label: ActorLabel, command: Command, raw: Record<string, unknown>): Promise<Printed> => {
      const { output } = await run(command, audit.actor(label).signer, { json: true, ...raw });
      return JSON.parse(output) as Printed;
    };
    const store = await DatasetStore.open(folder());
    const staged = store.stage();
    await encryptDataset(books(), staged, { mediaType });
    const dataset = await store.adopt(staged);
    const { root } = dataset.description;
    const copy = await DatasetStore.open(folder());
    return {
      audit,
      engagement,
      run,
      as,
      store,
      dataset,
      root,
      copy,
      register: () => as("agency", datasetRegister, { root, store: store.folder, mirrors: "2" }),
      mirror: (label: ActorLabel = "mirrorOne", from = store.folder, to = copy.folder) =>
        as(label, datasetMirror, { dataset: root, from: [from], store: to }),
      challenge: (raw: Record<string, unknown> = {}) =>
        as("officeAuditor", datasetChallenge, { dataset: root, engagement, ...raw }),
      answer: (label: ActorLabel = "agency", from = store.folder) => as(label, datasetAnswer, { store: from }),
      restore: () => as("agency", datasetRestore, { dataset: root, from: [copy.folder], into: store.folder }),
      show: (raw: Record<string, unknown> = {}) => as("outsider", datasetShow, { dataset: root, ...raw }),
    };
  };

  it("registers, is mirrored by two over HTTP, challenged, and answers from the files", async () => {
    const { register, mirror, challenge, answer, show, dataset, store, root } = await agency();
    const { datasetId } = await register();
    expect((await register())["submitted"], "registering again sends nothing").to.equal(null);
    const second = folder();
    const served = await serveDatasets(store);
    try {
      await mirror("mirrorOne", served.url);
      await mirror("mirrorTwo", served.url, second);
    } finally {
      await served.close();
    }
    const renewed = await mirror("mirrorTwo", second, second);
    expect(renewed["fetched"], "a renewed statement verifies the copy and fetches nothing").to.equal("0");

    expect((await challenge()).reading).to.equal("running");
    await challenge({ member: "6", dataset: datasetId });
    expect(await answer()).to.have.length(1);
    expect(await answer("mirrorTwo", second)).to.have.length(1);
    expect(await answer()).to.have.length(0);
    const shown = await show({ store: store.folder });
    const { size } = dataset.description;
    expect(shown).to.deep.include({ datasetId, root, mirrors: "2", size: `${size}`, mediaType, copy: "whole" });
    expect(shown.standings.map(({ part, answered, missed }) => `${part} ${answered} ${missed}`)).to.deep.equal([
      "holder 1 0",
      "mirror 0 0",
      "mirror 1 0",
    ]);
  });

  it("DS6: does not answer from a file whose chunk changed, and does once the chunk is restored", async () => {
    const { register, mirror, challenge, answer, restore, dataset, audit } = await agency();
    await register();
    await mirror();
    const { challengeId, chunk } = await challenge();
    flip(dataset.file, Number(chunk) * 1024);
    await refusal(answer(), `of 1 challenges 1 could not be answered: ${challengeId}`);
    const wrong = { chunk: await dataset.chunk(BigInt(chunk)), proof: await dataset.inclusionProof(BigInt(chunk)) };
    const { to, data } = toCall(answerCall(audit.suite, BigInt(challengeId), wrong));
    const datasets = audit.as("agency", "Datasets");
    await expect(audit.actor("agency").wallet.sendTransaction({ to, data }))
      .to.be.revertedWithCustomError(datasets, "DatasetsWrongChunk")
      .withArgs(challengeId, chunk);
    expect((await restore())["fetched"]).to.equal("1");
    expect(await answer()).to.have.length(1);
  });

  it("marks a lost file as missed; restored from a mirror, it answers the next challenge", async () => {
    const { register, mirror, challenge, answer, restore, show, store, root } = await agency();
    await register();
    await mirror();
    rmSync(store.pathOf(root), { recursive: true });
    const { challengeId } = await challenge();
    await refusal(answer(), "could not be answered");
    await networkHelpers.time.increase(day + 1);
    expect(await answer(), "too late to answer").to.have.length(0);
    expect((await challenge({ challenge: challengeId })).reading).to.equal("missed");
    expect((await restore())["kept"]).to.equal("0");
    const next = await challenge();
    expect(await answer()).to.have.length(1);
    expect((await challenge({ challenge: next.challengeId })).reading).to.equal("answered");
    expect((await show()).standings[0]).to.deep.include({ part: "holder", answered: "1", missed: "1" });
  });

  it("cannot tell a holder that keeps nothing and fetches the drawn chunk from a mirror: a known limit", async () => {
    const { register, mirror, challenge, audit, store, copy, root, dataset } = await agency();
    await register();
    await mirror();
    await store.remove(root);
    const { challengeId, chunk } = await challenge();
    const borrowed = await answerFrom(await copy.get(root), dataset.description, BigInt(chunk));
    const call = toCall(answerCall(audit.suite, BigInt(challengeId), borrowed));
    await (await audit.actor("agency").wallet.sendTransaction(call)).wait();
    expect((await readChallengeOf(audit.suite, BigInt(challengeId))).reading).to.equal("answered");
  });

  it("takes no answer from another dataset, from another member, or too late", async () => {
    const { register, challenge, audit, store, dataset } = await agency();
    await register();
    const { challengeId, chunk } = await challenge();
    const { dataset: other } = await made(store, plainOf(Number(dataset.description.size)));
    await refusal(answerFrom(other, dataset.description, BigInt(chunk)), /has \d+ bytes|is not what was registered/);
    const datasets = audit.as("agency", "Datasets");
    const right = toCall(
      answerCall(audit.suite, BigInt(challengeId), await answerFrom(dataset, dataset.description, BigInt(chunk))),
    );
    const wrong = { chunk: await other.chunk(BigInt(chunk)), proof: await other.inclusionProof(BigInt(chunk)) };
    const send = (label: ActorLabel, call: { to: string; data: string }) =>
      audit.actor(label).wallet.sendTransaction(call);
    const another = toCall(answerCall(audit.suite, BigInt(challengeId), wrong));
    await expect(send("agency", another)).to.be.revertedWithCustomError(datasets, "DatasetsWrongChunk");
    await expect(send("otherAgency", right)).to.be.revertedWithCustomError(datasets, "DatasetsNotRespondent");
    await networkHelpers.time.increase(day + 1);
    await expect(send("agency", right)).to.be.revertedWithCustomError(datasets, "DatasetsLate");
  });

  it("draws where the node estimates gas as of its latest block, as geth does", async () => {
    const { register, audit, engagement, root } = await agency();
    await register();
    const asGeth: Eip1193 = {
      request: ({ method, params = [] }) =>
        provider.request({
          method,
          params: method === "eth_estimateGas" ? [(params as readonly unknown[])[0], "latest"] : params,
        }),
    };
    const raw = { json: true, dataset: root, engagement };
    const run = commandRunner(asGeth, audit.deployed);
    const { output } = await run(datasetChallenge, audit.actor("officeAuditor").signer, raw);
    expect((JSON.parse(output) as Printed).reading).to.equal("running");
  });

  it("watches a challenge until it was answered", async () => {
    const { register, challenge, answer, audit } = await agency();
    await register();
    const watched = challenge({ watch: true });
    const isDrawn = async () =>
      (await audit.suite.contract("Datasets").challengeCount()) === 1n &&
      (await readChallengeOf(audit.suite, 1n)).reading === "running";
    while (!(await isDrawn())) await new Promise(setImmediate);
    await answer();
    expect((await watched).reading).to.equal("answered");
  });

  it("DS5: signs for nothing that its disk does not have", async () => {
    const { register, mirror, copy, root, audit, store, dataset } = await agency();
    await register();
    await mirror();
    flip((await copy.get(root)).file, 2000);
    await refusal(mirror("mirrorOne", copy.folder), `no source gave chunk 1 of dataset ${root}`);
    const liar = await DatasetStore.open(folder());
    await mirror("mirrorTwo", store.folder, liar.folder);
    flip(join(liar.pathOf(root), "ciphertext"), 1500);
    await refusal(mirror("mirrorOne", liar.folder), /chunk 1 from .* is not the dataset's/);
    const { vouchedAt } = await audit.suite.contract("Datasets").standingOf(await idOf(), 5n);
    await mirror();
    const later = await audit.suite.contract("Datasets").standingOf(await idOf(), 5n);
    expect(later.vouchedAt > vouchedAt, "mended, it vouches again").to.equal(true);
    async function idOf() {
      return audit.suite.contract("Datasets").datasetFor(3n, root, dataset.description.size);
    }
  });

  it("vouches again at once, also after a statement of a clock that was ahead", async () => {
    const { register, mirror, audit } = await agency();
    const { datasetId } = await register();
    const { suite } = audit;
    const registry = { chainId: suite.manifest.chainId, address: suite.address("Datasets") };
    const ahead = { datasetId: datasetId as Hex, time: BigInt(await networkHelpers.time.latest()) + 500n };
    const possession = await signPossession(audit.actor("mirrorOne").wallet, registry, ahead);
    await audit.actor("agency").wallet.sendTransaction(toCall(confirmCall(suite, ahead.datasetId, [possession])));
    await mirror();
    await mirror();
    const { vouchedAt } = await suite.contract("Datasets").standingOf(ahead.datasetId, 5n);
    expect(vouchedAt).to.equal(ahead.time + 2n);
  });

  it("records restorations and transfers in a log, where one is named", async () => {
    const { register, as, audit, store, root, copy } = await agency();
    await register();
    const book = join(folder(), "events");
    const { logId } = audit.logs.agency;
    await Book.prepare(book, {
      format: 1,
      kind: auditKind,
      name: "events",
      chainId: audit.suite.manifest.chainId,
      registry: audit.suite.address("LogRegistry"),
      logId,
      keyEpoch: 0,
      source: `urn:stele:log:${logId}`,
      schema: auditEventSchema,
      retentionClass: 0,
      recipients: [],
    });
    const mirrored = await as("mirrorOne", datasetMirror, {
      dataset: root,
      from: [store.folder],
      store: copy.folder,
      book,
    });
    expect(mirrored["record"]).to.deep.include({ index: "0" });
    rmSync(store.pathOf(root), { recursive: true });
    const raw = { dataset: root, from: [copy.folder], into: store.folder, book };
    expect((await as("agency", datasetRestore, raw))["record"]).to.deep.include({ index: "1" });
    await refusal(as("agency", datasetRestore, { ...raw, book: undefined, source: "urn:x" }), /go with --book/);
    await (await store.get(root)).verify();
    flip(join(store.pathOf(root), "ciphertext"), 3000);
    await refusal(as("agency", datasetRestore, { ...raw, from: [] }), /no source gave chunk 2 of dataset/);
    expect((await (await store.get(root)).chunk(0n)).length, "a damaged one stays where it is").to.equal(1024);
    const reader = await Book.open(book);
    const events = [await reader.openRecord(0n), await reader.openRecord(1n)].map(({ payload }) => payload);
    await reader.close();
    expect(events.map(({ type, subject }) => [type, subject])).to.deep.equal([
      ["stele.audit.transfer", root],
      ["stele.audit.restore", root],
    ]);
  });

  it("says in one sentence what it refuses", async () => {
    const { register, mirror, as, run, root, store, engagement, audit, dataset } = await agency();
    const outsider = audit.actor("outsider").signer;
    const unknown = `0x${"77".repeat(32)}`;
    await refusal(mirror(), /no dataset with root or id 0x[0-9a-f]{64} is registered/);
    await refusal(
      run(datasetRegister, outsider, { root, store: store.folder }),
      /acts for no member with DATASET_HOLDER/,
    );
    await refusal(run(datasetRegister, outsider, { root: unknown, store: store.folder }), /there is no dataset 0x7777/);
    await refusal(run(datasetRegister, outsider, { root: "0x1", store: store.folder }), /ROOT "0x1" is not hex/);
    await register();
    await refusal(mirror("otherAgency"), /acts for no member with MIRROR/);
    await refusal(mirror("mirrorOne", join(folder(), "none")), /none: there is no such file/);
    await refusal(as("outsider", datasetChallenge, { dataset: root, engagement }), /Engagements/);
    await refusal(as("officeAuditor", datasetChallenge, { dataset: root }), /--engagement is missing/);
    await refusal(
      as("officeAuditor", datasetChallenge, { dataset: root, engagement, member: "5" }),
      /DatasetsNotMirror/,
    );
    await refusal(as("outsider", datasetAnswer, { store: store.folder }), /belongs to no member/);
    flip(dataset.file, 1);
    await refusal(register(), /ciphertext: differs from what the root says in 1 of its chunks, the first is 0/);
    await refusal(as("outsider", datasetShow, { dataset: root, store: store.folder }), /the first is 0/);
  });

  it("sends nothing with --dry-run, and proposes calls to a multisig", async () => {
    const { run, register, mirror, audit, root, store, copy, engagement, challenge } = await agency();
    const { signer } = audit.actor("agency");
    const dry = await run(datasetRegister, signer, { root, store: store.folder, dryRun: true });
    expect(dry.output).to.include("Nothing was sent");
    const { proposal } = await run(datasetRegister, signer, { root, store: store.folder, propose: "safe.json" });
    expect(proposal?.transactions).to.have.length(1);
    await register();
    const mirrorSigner = audit.actor("mirrorOne").signer;
    const raw = { dataset: root, from: [store.folder], store: copy.folder };
    expect((await run(datasetMirror, mirrorSigner, { ...raw, dryRun: true })).output).to.include("Nothing was fetched");
    expect(await copy.list()).to.deep.equal([]);
    await mirror();
    const auditor = audit.actor("officeAuditor").signer;
    const asked = await run(datasetChallenge, auditor, { dataset: root, engagement, dryRun: true });
    expect(asked.output).to.include("Nothing was sent");
    await challenge();
    const answered = await run(datasetAnswer, signer, { store: store.folder, propose: "safe.json" });
    expect(answered.proposal?.transactions).to.have.length(1);
    expect((await run(datasetShow, undefined)).output).to.include("1 of 2");
  });
});

function toCall({ address, data }: { readonly address: string; readonly data: string }) {
  return { to: address, data };
}
