import { join } from "node:path";

import type { JWK } from "jose";
import { z } from "zod";

import type { Place } from "../common/errors.js";
import { readJson } from "../common/json.js";
import { addressText, hash32, parseWith, wholeNumber } from "../common/schema.js";
import { readText, writeAtomically } from "../common/node/files.js";

const uri = z.string().regex(/^[a-z][a-z0-9+.-]*:[^\s]+$/i, "is not a URI");

const schema = z.strictObject({
  format: z.literal(1, { error: "is not 1, the only format that this version reads" }),
  kind: z.string().min(1).max(64),
  name: z.string().min(1).max(128),
  chainId: wholeNumber,
  registry: addressText,
  logId: hash32,
  keyEpoch: z.int().min(0).max(65_535),
  source: uri,
  schema: uri,
  retentionClass: z.int().min(0).max(15),
  recipients: z.array(z.strictObject({ id: z.string().min(1).max(64), publicKey: z.looseObject({ kty: z.string() }) })),
});

/** What a book's folder says of itself, in book.json. */
export interface BookConfig {
  readonly format: 1;
  /** Kind of the log, for instance `audit.events`. */
  readonly kind: string;
  /** Public name of the log. */
  readonly name: string;
  readonly chainId: bigint;
  /** The LogRegistry. */
  readonly registry: `0x${string}`;
  readonly logId: `0x${string}`;
  /** Of the checkpoint key in the folder. */
  readonly keyEpoch: number;
  /** URI of the one source that writes this book. */
  readonly source: string;
  /** URI of the schema of records that do not name one. */
  readonly schema: string;
  /** Retention class of records that do not name one. */
  readonly retentionClass: number;
  /** Who may open records, besides the owner. */
  readonly recipients: readonly { readonly id: string; readonly publicKey: JWK }[];
}

/** @throws SteleError `missing` where the folder holds no book, `input` where book.json is wrong */
export async function readBookConfig(folder: string): Promise<BookConfig> {
  const file = join(folder, "book.json");
  const text = await readText(file, file, "there is no log in this folder; open one with stele log open");
  return parseBookConfig(text, { file });
}

/** @throws SteleError `input`, naming the field */
export function parseBookConfig(text: string, place: Place): BookConfig {
  return parseWith(schema, readJson(text, place), place) as BookConfig;
}

/** The text of book.json. */
export function formatBookConfig(config: BookConfig): string {
  return `${JSON.stringify({ ...config, chainId: config.chainId.toString() }, null, 2)}\n`;
}

/** Writes book.json, whole or not at all. */
export async function writeBookConfig(folder: string, config: BookConfig): Promise<void> {
  const file = join(folder, "book.json");
  const text = formatBookConfig(config);
  parseBookConfig(text, { file });
  await writeAtomically(file, text);
}
