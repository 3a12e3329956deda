import { basename } from "node:path";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import type { Work } from "../../log/audit.js";
import type { Dataset } from "../datasets/dataset.js";
import { encryptDataset, type EncryptedDataset } from "../datasets/encrypt.js";
import type { DatasetStore } from "../datasets/store.js";
import { archiveOf, archiveType, hashed, listingDigest, type ListedFile } from "./archive.js";
import { listSource, type Source, type SourceFile } from "./files.js";
import type { Actor, Done, Operations, Recorded, Step } from "./operations.js";

/** A file of an export, to be read as often as its reader likes. */
export interface ExportFile {
  /** Path inside what is collected. */
  readonly path: string;
  readonly size: number;
  read(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** What of an export is worth telling in the record: its rows, its sums. No personal data. */
export type ExportFacts = Readonly<Record<string, string | number>>;

/** Validates an export of one format before it is collected. */
export interface ExportReader {
  /** Name of the format, for the record. */
  readonly format: string;
  /** @throws SteleError `input` naming file, line and field */
  validate(files: readonly ExportFile[], work: Pick<Work, "signal">): Promise<ExportFacts>;
}

export interface CollectOptions extends Work {
  /** RFC 6838 type of a single file; by its ending unless given. A folder is an archive. */
  readonly mediaType?: string;
  /** What the record says of where it was taken from: a label, no path and no name of a person. */
  readonly label?: string;
  /** Validates what is collected; a refusal is recorded as a failure. */
  readonly reader?: ExportReader;
}

/** A dataset that was collected. */
export interface Collected {
  readonly dataset: Dataset;
  readonly listing: readonly ListedFile[];
  readonly facts?: ExportFacts;
}

const types: Partial<Record<string, string>> = {
  csv: "text/csv",
  json: "application/json",
  ndjson: "application/x-ndjson",
  pdf: "application/pdf",
  tar: archiveType,
  txt: "text/plain",
  xml: "application/xml",
  zip: "application/zip",
};

/** Collects a file, or a folder as an archive, into an encrypted dataset. */
export function collect(
  operations: Operations,
  datasets: DatasetStore,
  actor: Actor,
  path: string,
  options: CollectOptions,
): Promise<Recorded<Collected>> {
  const request = { operation: "collect", store: datasets.folder, signal: options.signal } as const;
  return operations.perform(actor, request, async (step) => {
    const source = await listSource(path, options.signal);
    if (source.files.length === 0) throw new SteleError("refused", "there is no file in this folder");
    const validated = await validate(source.files, options);
    const listing: ListedFile[] = [];
    const plain = plaintextOf(source, (file) => listing.push(file), options.signal);
    const mediaType = source.kind === "folder" ? archiveType : (options.mediaType ?? typeOf(path));
    const made = await stage(step, datasets, plain, mediaType, options);
    requireSame(validated?.listing ?? [], listing);
    const bytes = listing.reduce((sum, { size }) => sum + size, 0);
    const facts = validated === undefined ? {} : { format: options.reader?.format, facts: validated.facts };
    return {
      ...made,
      data: {
        ...made.data,
        ...(options.label === undefined ? {} : { label: options.label }),
        files: { count: listing.length, bytes, listing: listingDigest(listing) },
        ...facts,
      },
      handOut: async () => ({ dataset: await made.handOut(), listing, ...facts }),
    };
  });
}

/**
 * Encrypts a plaintext into the staging of an operation and keeps its key.
 * @returns work that ends by taking the dataset into the store
 */
export async function stage(
  step: Step,
  datasets: DatasetStore,
  plain: AsyncIterable<Uint8Array>,
  mediaType: string,
  work: Work,
): Promise<Done<Dataset> & { readonly subject: Hex }> {
  const folder = datasets.stage(step.id);
  const { description, key }: EncryptedDataset = await encryptDataset(plain, folder, { ...work, mediaType });
  const { root } = description;
  try {
    await step.keep(root, key);
  } finally {
    key.fill(0);
  }
  return {
    subject: root,
    data: { mediaType, size: Number(description.size) },
    handOut: () => datasets.adopt(folder),
  };
}

/** A folder as an archive; a file as it is. */
function plaintextOf(
  { kind, files }: Source,
  listed: (file: ListedFile) => void,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  return kind === "folder" ? archiveOf(files, listed, signal) : hashed(files[0]!, listed, signal);
}

/** Lets the reader see the files, and remembers what it saw. */
async function validate(
  files: readonly SourceFile[],
  { reader, signal }: CollectOptions,
): Promise<{ facts: ExportFacts; listing: ListedFile[] } | undefined> {
  if (reader === undefined) return undefined;
  const listing: ListedFile[] = [];
  const seen = files.map((file) => ({
    path: file.path,
    size: file.size,
    read: () => hashed(file, (one) => listing.push(one), signal),
  }));
  const facts = await reader.validate(seen, signal === undefined ? {} : { signal });
  return { facts, listing };
}

/** What was validated must be what was collected. */
function requireSame(validated: readonly ListedFile[], collected: readonly ListedFile[]): void {
  const digests = new Map(collected.map(({ path, sha256 }) => [path, sha256]));
  for (const { path, sha256 } of validated) {
    if (digests.get(path) === sha256) continue;
    throw new SteleError("refused", "changed while it was being collected; collect it again", {
      place: { file: path },
    });
  }
}

function typeOf(path: string): string {
  const name = basename(path).toLowerCase();
  return types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}
