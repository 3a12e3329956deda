import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import { SteleError } from "../../common/errors.js";
import { formatInstant } from "../../common/time.js";
import type { Draft } from "./draft.js";

/** Schema of the record that a file of a folder gives. */
export const FILE_SCHEMA = "urn:stele:schema:file:1";

/** What a folder's record says about one file. */
export interface FileData extends Record<string, unknown> {
  /** Path below the folder, with forward slashes. */
  readonly path: string;
  /** Bytes; absent for a link. */
  readonly size?: number;
  /** SHA-256 of the content, hex; absent for a link. */
  readonly sha256?: string;
  /** Last change, RFC 3339. */
  readonly modified: string;
  /** Where a link inside the folder points. */
  readonly link?: string;
}

/**
 * One draft a file of a folder, in the order of their paths, however deep. A link is recorded as a link, not followed.
 * @throws SteleError `missing` (no such folder), `input` (unreadable, changed while it was read, a link out of the
 * folder, neither file, folder nor link, a name that is not UTF-8)
 */
export async function* readFolder(folder: string, signal?: AbortSignal): AsyncGenerator<Draft> {
  const root = await realpath(folder).catch((cause: unknown) => {
    throw new SteleError("missing", "there is no such folder", { place: { file: folder }, cause });
  });
  for await (const path of walk(root)) {
    signal?.throwIfAborted();
    const data = await describe(root, path);
    yield { data, schema: FILE_SCHEMA, place: { file: path } };
  }
}

async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: "buffer" }).catch((cause: unknown) => {
    throw new SteleError("input", "cannot be read", { place: { file: folder }, cause });
  });
  const named = entries.map((entry) => ({ entry, name: nameOf(entry.name, folder) }));
  for (const { entry, name } of named.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile() || entry.isSymbolicLink()) yield path;
    else throw new SteleError("input", "is neither a file, a folder nor a link", { place: { file: path } });
  }
}

function nameOf(bytes: Buffer, folder: string): string {
  const name = bytes.toString("utf8");
  if (!Buffer.from(name, "utf8").equals(bytes)) {
    throw new SteleError("input", `holds a file whose name is not UTF-8: ${JSON.stringify(name)}`, {
      place: { file: folder },
    });
  }
  return name;
}

async function describe(root: string, path: string): Promise<FileData> {
  const before = await lstat(path, { bigint: true });
  const shared = {
    path: relative(root, path).split(sep).join("/"),
    modified: formatInstant(before.mtimeMs / 1000n),
  };
  if (before.isSymbolicLink()) return { ...shared, link: await insideLink(root, path) };
  const sha256 = await digestOf(path);
  const after = await lstat(path, { bigint: true });
  if (after.mtimeNs !== before.mtimeNs || after.size !== before.size) {
    throw new SteleError("input", "changed while it was read; record it when it is at rest", { place: { file: path } });
  }
  return { ...shared, size: Number(before.size), sha256 };
}

async function insideLink(root: string, path: string): Promise<string> {
  const target = await realpath(path).catch((cause: unknown) => {
    throw new SteleError("input", "is a link that leads nowhere", { place: { file: path }, cause });
  });
  if (target !== root && !target.startsWith(root + sep)) {
    throw new SteleError("input", "is a link out of the folder", { place: { file: path } });
  }
  return readlink(path);
}

/**
 * SHA-256 of a file, read in pieces.
 * @returns hex without 0x, as `sha256sum` prints it
 * @throws SteleError `input` where it cannot be read
 */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Uint8Array);
  } catch (cause) {
    throw new SteleError("input", "cannot be read", { place: { file: path }, cause });
  }
  return hash.digest("hex");
}
