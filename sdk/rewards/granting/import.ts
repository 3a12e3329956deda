import { createHash } from "node:crypto";
import { join } from "node:path";

import { SteleError } from "../../common/errors.js";
import type { Hex } from "../../common/bytes.js";
import { writeCanonical, toJson } from "../../records/canonical.js";
import { openImport, type ImportRun } from "../imports/run.js";
import { tokenOf } from "../awards/state.js";
import type { CampaignTerms } from "../campaign/leaf.js";
import type { Roster } from "../roster/roster.js";
import { categories } from "../standing.js";
import { checkTable, readTable, requireSound } from "../table/check.js";
import type { Encoding } from "../table/spec.js";
import { grantByCampaign } from "./by-campaign.js";
import { grantByToken, requireBatchSize } from "./by-token.js";
import { EvidenceBook } from "./evidence.js";
import { campaignOf, numberOf } from "./facts.js";
import { AwardPlan, batchesOf } from "./plan.js";
import { givePoints } from "./points.js";
import { resolveRows } from "./resolve.js";
import { awardTable, type AwardRow } from "./row.js";
import { ImportSecret } from "./secrets.js";
import type { GrantingChain, SharedTerms, Step } from "./work.js";

/** How awards are granted: by the root of a tree, or as a token each. */
export type Way = "campaign" | "token";

/** What an import of awards is. */
export interface AwardImport {
  readonly file: string;
  /** What messages call the file; its path where left out. */
  readonly shown?: string | undefined;
  readonly encoding?: Encoding | undefined;
  /** Where imports are kept: journals, plans, folders of campaigns. */
  readonly folder: string;
  readonly roster: Roster;
  /** Of the roster; the import's secrets derive from it. */
  readonly key: Uint8Array;
  readonly typeId: bigint;
  /** Member that grants. */
  readonly issuer: bigint;
  readonly way: Way;
  /** 0 for what the type says. */
  readonly expires: bigint;
  /** Give the type's points along. */
  readonly points: boolean;
  /** Awards, or accounts for points, in one transaction. */
  readonly batch: bigint;
  /** Folder of the log whose records the awards rest on. */
  readonly evidence?: string | undefined;
  /** Begin anew what was undone. */
  readonly again?: boolean | undefined;
}

/** What an import came to. */
export interface AwardsImported {
  readonly id: Hex;
  readonly awards: bigint;
  readonly resumed: boolean;
  /** Whether nothing is left to do. */
  readonly complete: boolean;
  readonly campaign?: CampaignTerms | undefined;
  /** Where the campaign's leaves and openings are. */
  readonly campaignFolder?: string | undefined;
  readonly batches: readonly bigint[];
  /** The tokens of each batch, from the first to the last. */
  readonly tokens: readonly { readonly first: bigint; readonly last: bigint }[];
  readonly steps: readonly Step[];
}

/** Where an import keeps what it is going to grant, beside its journal. */
export function planFile(folder: string, id: Hex): string {
  return join(folder, id.slice(2), "plan.sqlite");
}

/** Where an import keeps its campaign. */
export function campaignFolder(folder: string, id: Hex): string {
  return join(folder, id.slice(2), "campaign");
}

/**
 * Grants awards from a file: checks all of it, fixes who gets what in a plan, and grants the plan. Killed at any moment
 * it is called again with the same file and goes on; nobody is awarded twice. README.md has what that rests on.
 * @throws SteleError `input` with the problems of the file; `refused` where the file was imported already
 */
export async function importAwards(options: AwardImport, chain: GrantingChain): Promise<AwardsImported> {
  const { folder, typeId, issuer, way, expires, key } = options;
  const evidence = options.evidence === undefined ? undefined : await EvidenceBook.open(options.evidence, chain.suite);
  try {
    const type = await requireType(options, chain);
    // One grant of tokens rests on records of a log, or on none.
    const needsEvidence = type.needsEvidence || (way === "token" && evidence !== undefined);
    const { rows, digest, fileDigest } = await checked(options, needsEvidence, chain);
    const log = evidence?.logId ?? "";
    const parameters = { type: `${typeId}`, issuer: `${issuer}`, way, expires: `${expires}`, log };
    const run = await openImport(folder, { kind: "awards", digest, parameters }, { again: options.again === true });
    const plan = AwardPlan.open(planFile(folder, run.id));
    try {
      if (plan.size === undefined) await fill(plan, options, fileDigest, rows, evidence, chain);
      const shared = { typeId, issuer, expires, ...(evidence === undefined ? {} : { evidenceLog: evidence.logId }) };
      const done = await grant(options, run, plan, shared, new ImportSecret(key, run.id), chain);
      if (done.complete) run.finish();
      return { id: run.id, awards: plan.size ?? 0n, resumed: run.resumed, ...done };
    } finally {
      plan.close();
      run.close();
    }
  } finally {
    await evidence?.close();
  }
}

async function grant(
  { folder, way, points, batch }: AwardImport,
  run: ImportRun,
  plan: AwardPlan,
  shared: SharedTerms,
  secret: ImportSecret,
  chain: GrantingChain,
): Promise<Omit<AwardsImported, "id" | "awards" | "resumed">> {
  const size = requireBatchSize(plan, batch, chain);
  const granted = await grantAll(folder, way, run, plan, size, shared, secret, chain);
  const batches = batchesOf(plan.size ?? 0n, size).flatMap(({ number, from, to }) => {
    const settled = numberOf(run, "tokens", number);
    return settled === undefined ? [] : [{ ...settled, size: to - from }];
  });
  const campaign = campaignOf(run);
  const result = {
    campaign: campaign?.value,
    campaignFolder: way === "campaign" ? campaignFolder(folder, run.id) : undefined,
    batches: batches.map(({ value }) => value),
    tokens: batches.map(({ value, size: count }) => ({ first: tokenOf(value, 0n), last: tokenOf(value, count - 1n) })),
  };
  if (!points || !granted.complete) return { ...result, ...granted };
  const since = campaign?.block ?? Math.min(...batches.map(({ block }) => block));
  const given = await givePoints(run, plan, size, shared, secret, since, chain);
  return { ...result, complete: given.complete, steps: [...granted.steps, ...given.steps] };
}

async function grantAll(
  folder: string,
  way: Way,
  run: ImportRun,
  plan: AwardPlan,
  size: bigint,
  shared: SharedTerms,
  secret: ImportSecret,
  chain: GrantingChain,
): Promise<{ readonly complete: boolean; readonly steps: readonly Step[] }> {
  if (way === "token") return grantByToken(run, plan, size, shared, secret, chain);
  const { settled, steps } = await grantByCampaign(campaignFolder(folder, run.id), run, plan, shared, secret, chain);
  return { complete: settled !== undefined, steps };
}

async function requireType({ typeId, issuer, points, evidence }: AwardImport, { suite }: GrantingChain) {
  const type = await suite.contract("Campaigns").awardTypeOf(typeId);
  if (type.publisher === 0n) throw new SteleError("missing", `there is no award type ${typeId} on this network`);
  if (type.endedAt !== 0n) throw new SteleError("refused", `award type ${typeId} has ended; grant its successor`);
  if (points && type.points === 0n) throw new SteleError("usage", `award type ${typeId} gives no points`);
  if (points) await requirePoints(issuer, type.category, suite);
  if (type.needsEvidence && evidence === undefined) {
    throw new SteleError(
      "usage",
      `award type ${typeId} needs a record with every award; name their log with --evidence`,
    );
  }
  return type;
}

/** Before anything is granted: awards of which the points can never follow would be an import without end. */
async function requirePoints(issuer: bigint, category: bigint, suite: GrantingChain["suite"]): Promise<void> {
  const merit = suite.contract("MeritPoints");
  const { since } = await merit.scaleOf(await merit.idFor(issuer, category));
  if (since !== 0n) return;
  const name = categories[Number(category)];
  const sentence =
    `member ${issuer} has not opened its points of ${name}; open them with \`stele award points open ${name}\`, or ` +
    "grant without points (--points no)";
  throw new SteleError("refused", sentence);
}

/** The whole file, checked. The digest is that of its rows: another encoding or line end of them is the same import. */
async function checked(options: AwardImport, needsEvidence: boolean, { signal, onProgress }: GrantingChain) {
  const { file, shown = file, encoding, roster } = options;
  const hash = createHash("sha256");
  const spec = awardTable(
    { needsEvidence, hasLog: options.evidence !== undefined },
    (staffNumber) => objectionTo(roster, staffNumber),
    (row) => void hash.update(`${writeCanonical(rowJson(row))}\n`),
  );
  const check = await checkTable(file, spec, {
    shown,
    encoding,
    signal,
    onProgress: (done, total) => onProgress?.("check", BigInt(done), BigInt(total)),
  });
  requireSound(check, shown);
  return { rows: check.rows, digest: `0x${hash.digest("hex")}` as Hex, fileDigest: check.digest };
}

function objectionTo(roster: Roster, staffNumber: string): string | undefined {
  const person = roster.person(staffNumber);
  if (person === undefined) return "is not in the roster; add the person with `stele roster import` first";
  if (person.pending) return "is not enrolled on the chain yet; complete `stele roster import` first";
  return undefined;
}

function rowJson({ staffNumber, evidence, content }: AwardRow) {
  return toJson({ staffNumber, evidence: evidence === undefined ? null : `${evidence}`, content });
}

async function fill(
  plan: AwardPlan,
  options: AwardImport,
  digest: Hex,
  total: bigint,
  evidence: EvidenceBook | undefined,
  { signal, onProgress }: GrantingChain,
): Promise<void> {
  const { file, shown = file, encoding, roster } = options;
  const spec = awardTable({ needsEvidence: false, hasLog: true }, () => undefined);
  const rows = readTable(file, spec, { shown, encoding, digest, signal });
  const person = (staffNumber: string) => roster.person(staffNumber);
  await plan.fill(resolveRows(rows, { file, shown, person, evidence, signal }), (done) =>
    onProgress?.("plan", done, total),
  );
}
