import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { isAbsent, whyUnread, writeAtomically } from "../../common/node/files.js";
import { parseCriteria, type Criteria } from "./criteria.js";

/**
 * Reads published criteria from a file.
 * @param shown what messages call it
 * @throws SteleError `missing`, `input`
 */
export async function readCriteria(file: string, shown = file): Promise<Criteria> {
  const place = { file: shown };
  const bytes = await readFile(file).catch((cause: unknown) => {
    const why = isAbsent(cause) ? "there is no such file" : `cannot be read: ${whyUnread(cause)}`;
    throw new SteleError("missing", why, { place, cause });
  });
  return parseCriteria(bytes, place);
}

/** Keeps the criteria that records name beside their log, so that they can be read as long as the records. */
export async function keepCriteria(folder: string, criteria: Criteria): Promise<void> {
  await writeAtomically(fileOf(folder, criteria.hash), criteria.text);
}

/**
 * The criteria that were kept, by their hash.
 * @throws SteleError `missing`; `corrupt` where the file was changed
 */
export async function keptCriteria(folder: string, hash: Hex): Promise<Criteria> {
  const file = fileOf(folder, hash);
  const criteria = await readCriteria(file);
  if (criteria.hash === hash) return criteria;
  throw new SteleError("corrupt", "does not have the hash that it is named after", { place: { file } });
}

function fileOf(folder: string, hash: Hex): string {
  return join(folder, "feedback", "criteria", `${hash.slice(2)}.json`);
}
