import { chmod } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { equal, fromHex, type Hex, toHex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { readText, writeAtomically } from "../../common/node/files.js";
import { makeFolder } from "../../common/node/folders.js";
import { hash32, parseWith, wholeNumber } from "../../common/schema.js";
import { type Log, openLog, openLogView } from "../../log/log.js";
import type { LogView } from "../../log/view.js";
import { leafHash } from "../../proof/merkle.js";
import { type AwardLeaf, type CampaignTerms, decodeLeaf, encodeLeaf, maxCampaignSize } from "./leaf.js";
import { campaignProof, type CampaignProof, verifyCampaignProof } from "./proof.js";

/** An award to be filed, and what opens its content commitment, which stays in the folder beside the leaf. */
export interface FiledAward extends AwardLeaf {
  readonly opening?: Uint8Array;
}

/** Long work under way. */
export interface CampaignWork {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((leaves: bigint) => void) | undefined;
}

const origin = "stele.campaign/v1";
const sealFile = "campaign.json";
const sealSchema = z.strictObject({ format: z.literal("stele-campaign/1"), size: wholeNumber, root: hash32 });

/** Leaves that become durable together: some 20 MB at the most with openings, and few waits for the disk. */
const groupSize = 8_192;

/**
 * Files the awards of a campaign: each leaf durable, in order, in a private folder. Memory stays flat. Killed or aborted
 * at any moment it can be called again with the same awards in the same order, salts included: what is there is compared,
 * not filed again.
 * @param folder made where it is not there; nobody but its owner reads it
 * @throws SteleError `refused` where the folder holds other awards, `busy` where somebody files into it now
 */
export async function createCampaign(
  folder: string,
  awards: AsyncIterable<FiledAward> | Iterable<FiledAward>,
  work: CampaignWork = {},
): Promise<CampaignFolder> {
  makeFolder(folder, 0o700);
  await chmod(folder, 0o700);
  const sealed = await readSeal(folder);
  const log = await openLog(folder, { origin });
  try {
    const size = await file(folder, log, awards, sealed === undefined, work);
    if (size === 0n) throw new SteleError("input", "a campaign has at least one award");
    if (sealed === undefined) await seal(folder, { size, root: toHex(log.head().root) });
  } finally {
    await log.close();
  }
  return openCampaign(folder);
}

/** Opens a campaign's folder for reading. @throws SteleError `missing` where there is none, or one that is not complete */
export async function openCampaign(folder: string): Promise<CampaignFolder> {
  const sealed = await readSeal(folder);
  if (sealed === undefined) {
    throw new SteleError("missing", "holds no complete campaign; what made it can be run again", {
      place: { file: folder },
    });
  }
  const view = await openLogView(folder, { origin });
  const head = await view.storedHead();
  if (head.size === sealed.size && toHex(head.root) === sealed.root) return new CampaignFolder(folder, view, sealed);
  await view.reader.close();
  throw new SteleError("corrupt", "does not hold the awards that it was sealed with", { place: { file: folder } });
}

interface Seal {
  readonly size: bigint;
  readonly root: Hex;
}

/** A complete campaign as its issuer keeps it: leaves with their salts, and what opens their contents. */
export class CampaignFolder {
  readonly folder: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly #view: LogView;

  constructor(folder: string, view: LogView, { size, root }: Seal) {
    this.folder = folder;
    this.#view = view;
    this.size = size;
    this.root = fromHex(root);
  }

  async leaf(index: bigint): Promise<AwardLeaf> {
    return decodeLeaf(await this.#view.entry(index));
  }

  /** All leaves in order. */
  async *leaves(): AsyncGenerator<AwardLeaf> {
    for await (const entry of this.#view.entries(0n, this.size)) yield decodeLeaf(entry);
  }

  /** Indices of a person's awards. Reads all leaves. @param signal to stop */
  async find(subject: Uint8Array, signal?: AbortSignal): Promise<bigint[]> {
    const found: bigint[] = [];
    let index = 0n;
    for await (const leaf of this.leaves()) {
      if (index % BigInt(groupSize) === 0n) signal?.throwIfAborted();
      if (equal(leaf.subject, subject)) found.push(index);
      index++;
    }
    return found;
  }

  /** What opens the content of an award, where it has one. */
  async opening(index: bigint): Promise<Uint8Array | undefined> {
    return this.#view.attachment(leafHash(await this.#view.entry(index)));
  }

  /**
   * Shows one award. The proof opens its leaf: give it to the person it is about, who shows it to others.
   * @param terms as the campaign was opened with
   * @throws SteleError `unproven` where the terms are another campaign's, or a byte of the folder changed
   */
  async prove(index: bigint, terms: CampaignTerms): Promise<CampaignProof> {
    const leaf = await this.leaf(index);
    const proof = campaignProof(terms, index, leaf, await this.#view.inclusionProof(index, this.size));
    verifyCampaignProof(proof, { ...terms, root: toHex(this.root), size: this.size });
    return proof;
  }

  async close(): Promise<void> {
    await this.#view.reader.close();
  }
}

/** @param growing whether awards may still be added @returns the number of awards */
async function file(
  folder: string,
  log: Log,
  awards: AsyncIterable<FiledAward> | Iterable<FiledAward>,
  growing: boolean,
  { signal, onProgress }: CampaignWork,
): Promise<bigint> {
  const there = log.size();
  const stored = log.entries(0n, there);
  let size = 0n;
  let group: FiledAward[] = [];
  const flush = async () => {
    signal?.throwIfAborted();
    await log.append(
      group.map((award) => encodeLeaf(award)),
      group.map(({ opening }) => opening),
    );
    group = [];
    onProgress?.(size);
  };
  for await (const award of awards) {
    if (size === maxCampaignSize) throw new SteleError("input", `a campaign has at most ${maxCampaignSize} awards`);
    if (size < there) {
      const { value } = await stored.next();
      if (value === undefined || !equal(value, encodeLeaf(award))) throw other(folder, size);
      if (size % BigInt(groupSize) === 0n) signal?.throwIfAborted();
    } else if (growing) group.push(award);
    else throw other(folder, size);
    size++;
    if (group.length === groupSize) await flush();
  }
  if (size < there) throw other(folder, size);
  if (group.length > 0) await flush();
  return size;
}

function other(folder: string, index: bigint): SteleError {
  const sentence = `holds another campaign, which differs at award ${index}; take another folder`;
  return new SteleError("refused", sentence, { place: { file: folder } });
}

async function seal(folder: string, { size, root }: Seal): Promise<void> {
  const content = { format: "stele-campaign/1", size: size.toString(), root };
  await writeAtomically(join(folder, sealFile), `${JSON.stringify(content)}\n`, 0o600);
}

async function readSeal(folder: string): Promise<Seal | undefined> {
  const file = join(folder, sealFile);
  const text = await readText(file).catch((error: unknown) => {
    if (error instanceof SteleError && error.code === "missing") return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseWith(sealSchema, readJson(text, { file }), { file });
}
