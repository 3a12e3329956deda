import { z } from "zod";

import { logsInRanges, type LogSource } from "../../../chain/governance/logs.js";
import { reading } from "../../../chain/reading.js";
import type { Suite } from "../../../chain/suite.js";
import { equal, fromHex, fromUtf8, toHex, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { readJson } from "../../../common/json.js";
import { hash32, parseWith } from "../../../common/schema.js";
import { toJsonObject, type JsonObject } from "../../../records/canonical.js";
import { commitmentOf, fieldsOf } from "../../../records/fields.js";
import { readAward, tokenOf, type AwardState } from "../../awards/state.js";
import type { CampaignFolder } from "../../campaign/campaign.js";
import { readCampaignAward } from "../../campaign/chain.js";
import { campaignId, type CampaignTerms } from "../../campaign/leaf.js";
import { categories, type Category } from "../../standing.js";
import { contentLines } from "./lines.js";
import type { PageAward } from "./page.js";

/** Where a person's awards are looked for. */
export interface AwardSources {
  readonly suite: Suite;
  /** Where the chain's events are read. */
  readonly events: LogSource;
  /** Folders of campaigns, as their issuer keeps them. */
  readonly campaigns: readonly CampaignFolder[];
}

/** Every award to a person: tokens, and places in the campaigns whose folders are given; each once. */
export async function collectAwards(sources: AwardSources, subject: Hex): Promise<readonly PageAward[]> {
  const awards = new Map<string, PageAward>();
  for await (const id of tokensOf(sources, subject)) {
    const state = await readAward(sources.suite, id);
    if (state.subject.toLowerCase() !== subject.toLowerCase()) continue;
    awards.set(`token ${id}`, await tokenAward(sources.suite, state));
  }
  for (const folder of sources.campaigns) {
    for await (const award of leavesOf(folder, sources, subject)) {
      // A token of this place says the same; what its leaf opens is said here.
      if (award.token !== undefined) awards.delete(`token ${award.token}`);
      awards.set(`${award.campaign} ${award.index}`, award);
    }
  }
  return [...awards.values()].sort((a, b) => Number(b.issuedAt - a.issuedAt));
}

/** Tokens that any account of the person was ever given. */
async function* tokensOf({ suite, events }: AwardSources, subject: Hex): AsyncGenerator<bigint> {
  const [abi, address] = [suite.contract("Awards").interface, suite.address("Awards")];
  const holders = new Set<string>();
  const admitted = abi.getEvent("HolderAdmitted").topicHash;
  for await (const log of logsInRanges(events, [address], [admitted], [null, subject])) holders.add(log.topics[1]!);
  const seen = new Set<bigint>();
  for (const holder of holders) {
    const transfer = abi.getEvent("Transfer").topicHash;
    for await (const { topics } of logsInRanges(events, [address], [transfer], [null, holder])) {
      const id = BigInt(topics[3]!);
      if (!seen.has(id)) yield id;
      seen.add(id);
    }
  }
}

async function tokenAward(suite: Suite, state: AwardState): Promise<PageAward> {
  const { id, typeId, issuer, issuedAt, expires, standing, disputed, evidence, campaign } = state;
  const place = campaign === undefined ? {} : { campaign, index: id & 0xffff_ffffn };
  const facts = { issuer, issuedAt, expires, standing, disputed, token: id };
  return { ...(await typeOf(suite, typeId)), ...facts, ...place, ...(evidence === undefined ? {} : { evidence }) };
}

async function* leavesOf(folder: CampaignFolder, sources: AwardSources, subject: Hex): AsyncGenerator<PageAward> {
  const indices = await folder.find(fromHex(subject, 32), sources.events.signal);
  if (indices.length === 0) return;
  for (const terms of await termsOf(folder, sources)) {
    for (const index of indices) yield leafAward(folder, index, terms, sources.suite);
  }
}

async function leafAward(
  folder: CampaignFolder,
  index: bigint,
  terms: CampaignTerms,
  suite: Suite,
): Promise<PageAward> {
  const proof = await folder.prove(index, terms);
  const { standing, disputed } = await readCampaignAward(suite, proof);
  const [campaign, leaf] = [campaignId(suite.manifest.suiteId, terms), await folder.leaf(index)];
  const { openedAt } = await reading(`the question for campaign ${campaign}`, () =>
    suite.contract("Campaigns").openedOf(campaign),
  );
  const token = await materialised(suite, campaign, index);
  const opened = openedContent(await folder.opening(index), leaf.content);
  const { issuer, expires } = terms;
  return {
    ...(await typeOf(suite, terms.typeId)),
    issuer,
    issuedAt: openedAt,
    expires,
    standing,
    disputed,
    campaign,
    index,
    proof,
    ...(token === undefined ? {} : { token }),
    ...(leaf.evidence === undefined
      ? {}
      : { evidence: { logId: toHex(leaf.evidence.logId), index: leaf.evidence.index } }),
    ...(opened === undefined ? {} : { content: contentLines(opened.content), opening: opened }),
  };
}

/** Terms under which the awards of a folder were opened on this chain; one root may be opened for several types. */
async function termsOf(folder: CampaignFolder, { suite, events }: AwardSources): Promise<readonly CampaignTerms[]> {
  const abi = suite.contract("Campaigns").interface;
  const found: CampaignTerms[] = [];
  const topic = abi.getEvent("CampaignOpened").topicHash;
  for await (const log of logsInRanges(events, [suite.address("Campaigns")], [topic])) {
    const { root, size, typeId, issuer, expires } = abi.parseLog(log)!.args as unknown as CampaignTerms;
    if (size === folder.size && root === toHex(folder.root)) found.push({ root, size, typeId, issuer, expires });
  }
  return found;
}

async function materialised(suite: Suite, campaign: Hex, index: bigint): Promise<bigint | undefined> {
  const awards = suite.contract("Awards");
  return reading(`the question for tokens of campaign ${campaign}`, async () => {
    const batch = await awards.batchOfCampaign(campaign);
    if (batch === 0n) return undefined;
    const { owner } = await awards.awardOf(tokenOf(batch, index));
    return BigInt(owner) === 0n ? undefined : tokenOf(batch, index);
  });
}

async function typeOf(
  suite: Suite,
  typeId: bigint,
): Promise<Pick<PageAward, "title" | "authority" | "criteriaUri" | "category">> {
  const campaigns = suite.contract("Campaigns");
  return reading(`the question for award type ${typeId}`, async () => {
    const [{ title, authority, criteriaUri }, { category }] = await Promise.all([
      campaigns.textsOf(typeId),
      campaigns.awardTypeOf(typeId),
    ]);
    return { title, authority, criteriaUri, category: (categories[Number(category)] ?? "none") as Category };
  });
}

const openingSchema = z.looseObject({ content: z.record(z.string(), z.unknown()), secret: hash32 });

/** What opens the content of an award, held against its leaf. @throws SteleError `unproven` where it is another's */
function openedContent(
  bytes: Uint8Array | undefined,
  commitment: Uint8Array | undefined,
): { readonly content: JsonObject; readonly secret: Hex } | undefined {
  if (bytes === undefined || commitment === undefined) return undefined;
  const { content, secret } = parseWith(openingSchema, readJson(fromUtf8(bytes)));
  const json = toJsonObject(content);
  if (equal(commitmentOf(fieldsOf(json), fromHex(secret, 32)), commitment)) return { content: json, secret };
  throw new SteleError("unproven", "the content kept beside an award is not what the award commits to");
}
