import { join } from "node:path";

import { toHex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { openLogView } from "../log/log.js";
import type { LogView } from "../log/view.js";
import type { ProofBundle } from "../proof/bundle.js";
import { readUnverified, suiteOrigin } from "../proof/checkpoint.js";
import { readBookConfig, type BookConfig } from "./config.js";

/** A book's log beside its writer, for proofs, status and serving. */
export interface BookView {
  readonly config: BookConfig;
  readonly log: LogView;
}

/**
 * Opens a book's log for reading; its writer may go on.
 * @throws SteleError `missing` where there is no book
 */
export async function openBookView(folder: string): Promise<BookView> {
  const config = await readBookConfig(folder);
  return { config, log: await openLogView(join(folder, "log"), { origin: suiteOrigin(config.chainId, config.logId) }) };
}

/**
 * A proof bundle of one entry under the latest published checkpoint.
 * @throws SteleError `missing` where no checkpoint covers it yet
 */
export async function proveEntry(
  log: Pick<LogView, "origin" | "entry" | "inclusionProof" | "published">,
  config: BookConfig,
  index: bigint,
): Promise<ProofBundle> {
  const note = await log.published();
  const checkpoint = note === undefined ? undefined : readUnverified(note);
  if (note === undefined || checkpoint === undefined || index >= checkpoint.size) {
    const reach = checkpoint === undefined ? "none is published" : `the latest covers ${checkpoint.size} entries`;
    throw new SteleError("missing", `no checkpoint covers entry ${index} yet (${reach}); anchor the log first`);
  }
  const { chainId, registry, logId } = config;
  return {
    format: "stele-proof/1",
    log: { origin: log.origin, suite: { chainId, registry, logId } },
    index,
    entry: toHex(await log.entry(index)),
    inclusion: (await log.inclusionProof(index, checkpoint.size)).map((hash) => toHex(hash)),
    checkpoint: note,
  };
}
