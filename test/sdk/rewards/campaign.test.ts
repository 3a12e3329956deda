import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { toHex, utf8 } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { sha256 } from "../../../sdk/common/sha256.js";
import { leafHash } from "../../../sdk/proof/merkle.js";
import { createCampaign, type FiledAward, openCampaign } from "../../../sdk/rewards/campaign/campaign.js";
import { type CampaignTerms, decodeLeaf, encodeLeaf, leafLength } from "../../../sdk/rewards/campaign/leaf.js";
import {
  type CampaignProof,
  formatCampaignProof,
  parseCampaignProof,
  verifyCampaignProof,
} from "../../../sdk/rewards/campaign/proof.js";
import { ReferenceTree } from "../../support/referenceTree.js";

const hashOf = (text: string) => sha256(utf8(text));

/** Award number `i`: every third rests on a record, every second says something. */
function award(i: number): FiledAward {
  return {
    subject: hashOf(`person ${i % 7}`),
    ...(i % 3 === 0 ? { evidence: { logId: hashOf("log"), index: BigInt(i) } } : {}),
    ...(i % 2 === 0 ? { content: hashOf(`content ${i}`), opening: utf8(`opening ${i}`) } : {}),
    salt: hashOf(`salt ${i}`),
  };
}

function* awards(count: number, from = 0): Generator<FiledAward> {
  for (let i = from; i < from + count; i++) yield award(i);
}

async function refusal(attempt: Promise<unknown>, code: string, says: string): Promise<void> {
  const error = await attempt.then(
    () => expect.fail("was not refused"),
    (thrown: unknown) => thrown as SteleError,
  );
  expect(error).to.be.instanceOf(SteleError);
  expect(error.code).to.equal(code);
  expect(error.message).to.include(says);
}

describe("a campaign's folder", () => {
  let base: string;
  let folder: string;
  let count = 0;

  before(async () => (base = await mkdtemp(join(tmpdir(), "stele-campaign-"))));
  after(() => rm(base, { recursive: true }));
  beforeEach(() => (folder = join(base, String(count++))));

  const termsOf = (root: Uint8Array, size: bigint): CampaignTerms => ({
    root: toHex(root),
    size,
    typeId: 3n,
    issuer: 1n,
    expires: 2_000_000_000n,
  });

  it("1: has the root of RFC 9162 over its leaves, and proves each of them", async () => {
    for (const size of [1, 2, 3, 300]) {
      const campaign = await createCampaign(join(folder, String(size)), awards(size));
      const leaves = [...awards(size)].map((one) => leafHash(encodeLeaf(one)));
      expect(toHex(campaign.root)).to.equal(toHex(new ReferenceTree(leaves).root()));
      const terms = termsOf(campaign.root, campaign.size);
      for (const index of [0n, BigInt(size) / 2n, BigInt(size) - 1n]) {
        const proof = await campaign.prove(index, terms);
        verifyCampaignProof(parseCampaignProof(formatCampaignProof(proof)), terms);
        expect(await campaign.opening(index)).to.deep.equal(award(Number(index)).opening);
      }
      expect(await campaign.find(hashOf("person 1"))).to.deep.equal(
        [...awards(size)].flatMap((_, i) => (i % 7 === 1 ? [BigInt(i)] : [])),
      );
      await campaign.close();
    }
  });

  it("1: goes on where it was interrupted, and is the same campaign", async () => {
    const whole = await createCampaign(join(base, "whole"), awards(20_000));
    const stop = new AbortController();
    const seen: bigint[] = [];
    const onProgress = (leaves: bigint) => {
      seen.push(leaves);
      if (seen.length === 2) stop.abort();
    };
    const interrupted = await createCampaign(folder, awards(20_000), { signal: stop.signal, onProgress }).catch(
      (error: unknown) => error,
    );
    expect((interrupted as Error).name).to.equal("AbortError");
    await refusal(openCampaign(folder), "missing", "no complete campaign");
    let filed = 0n;
    const campaign = await createCampaign(folder, awards(20_000), { onProgress: (leaves) => (filed ||= leaves) });
    expect(filed > seen[1]!, "what was there was not filed again").to.equal(true);
    expect(toHex(campaign.root)).to.equal(toHex(whole.root));
    await Promise.all([campaign.close(), whole.close()]);
  });

  it("1: refuses other awards than it holds: changed, fewer or more", async () => {
    await (await createCampaign(folder, awards(5))).close();
    await (await createCampaign(folder, awards(5))).close();
    await refusal(createCampaign(folder, awards(5, 1)), "refused", "differs at award 0");
    await refusal(createCampaign(folder, awards(4)), "refused", "differs at award 4");
    await refusal(createCampaign(folder, awards(6)), "refused", "differs at award 5");
    await refusal(createCampaign(join(folder, "none"), []), "input", "at least one award");
  });

  it("3: is its owner's alone", async () => {
    await (await createCampaign(folder, awards(2))).close();
    expect((await stat(folder)).mode & 0o777).to.equal(0o700);
  });

  it("4: hands out no proof under terms of another campaign", async () => {
    const campaign = await createCampaign(folder, awards(4));
    const terms = termsOf(campaign.root, campaign.size);
    await refusal(campaign.prove(0n, { ...terms, root: toHex(hashOf("other")) }), "unproven", "terms.root");
    await refusal(campaign.prove(0n, { ...terms, size: 5n }), "unproven", "terms.size");
    await refusal(campaign.prove(4n, terms), "usage", "there are none from 4");
    await campaign.close();
  });

  it("refuses a proof in which anything was changed", async () => {
    const campaign = await createCampaign(folder, awards(9));
    const terms = termsOf(campaign.root, campaign.size);
    const proof = await campaign.prove(6n, terms);
    await campaign.close();
    const other = toHex(hashOf("other"));
    const changed: CampaignProof[] = [
      { ...proof, index: 5n },
      { ...proof, inclusion: proof.inclusion.slice(1) },
      { ...proof, inclusion: [...proof.inclusion, other] },
      { ...proof, leaf: { ...proof.leaf, subject: other } },
      { ...proof, leaf: { ...proof.leaf, salt: other } },
      { ...proof, leaf: { ...proof.leaf, content: other } },
      { ...proof, leaf: { ...proof.leaf, evidence: { logId: other, index: 6n } } },
      { ...proof, leaf: { ...proof.leaf, evidence: { ...proof.leaf.evidence!, index: 7n } } },
      ...(["size", "typeId", "issuer", "expires"] as const).map((field) => ({
        ...proof,
        terms: { ...terms, [field]: terms[field] + 1n },
      })),
    ];
    for (const one of changed) expect(() => verifyCampaignProof(one, terms)).to.throw(SteleError);
    verifyCampaignProof(proof, terms);
  });

  it("reads proofs strictly, naming the field", async () => {
    const campaign = await createCampaign(folder, awards(2));
    const proof = JSON.parse(
      formatCampaignProof(await campaign.prove(0n, termsOf(campaign.root, 2n))),
    ) as CampaignProof;
    await campaign.close();
    const zero = `0x${"00".repeat(32)}`;
    const cases: readonly (readonly [string, unknown])[] = [
      ["format", { ...proof, format: "other" }],
      ["terms.size", { ...proof, terms: { ...proof.terms, size: "0" } }],
      ["terms.expires", { ...proof, terms: { ...proof.terms, expires: String(2n ** 40n) } }],
      ["leaf.content", { ...proof, leaf: { ...proof.leaf, content: zero } }],
      ["leaf.evidence.logId", { ...proof, leaf: { ...proof.leaf, evidence: { logId: zero, index: "0" } } }],
      ["inclusion", { ...proof, inclusion: Array.from({ length: 33 }, () => zero) }],
      ["unknown field", { ...proof, more: 1 }],
    ];
    for (const [says, document] of cases) expect(() => parseCampaignProof(document)).to.throw(SteleError, says);
    expect(() => parseCampaignProof("{")).to.throw(SteleError, "is not JSON");
  });

  it("writes leaves that read back, and refuses what is none", () => {
    for (const one of awards(6)) {
      const { opening: _, ...leaf } = one;
      expect(decodeLeaf(encodeLeaf(leaf))).to.deep.equal(leaf);
    }
    const leaf = award(1);
    const zeros = new Uint8Array(32);
    expect(() => encodeLeaf({ ...leaf, salt: zeros.subarray(1) })).to.throw(
      SteleError,
      "salt of an award has 31 bytes",
    );
    expect(() => encodeLeaf({ ...leaf, evidence: { logId: zeros, index: 0n } })).to.throw(SteleError, "leave it out");
    expect(() => encodeLeaf({ ...leaf, evidence: { logId: leaf.salt, index: 1n << 64n } })).to.throw(SteleError);
    expect(() => decodeLeaf(new Uint8Array(leafLength))).to.throw(SteleError, "no award of a campaign");
    const indexed = encodeLeaf(leaf);
    indexed[14 + 64 + 7] = 1;
    expect(() => decodeLeaf(indexed)).to.throw(SteleError, "an index of no log");
  });
});
