import { readFile } from "node:fs/promises";

import { id } from "ethers";

import { toHex, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { isAbsent, whyUnread } from "../../../common/node/files.js";
import { sha256 } from "../../../common/sha256.js";
import { reading } from "../../../chain/reading.js";
import { isRevert } from "../../../chain/revert.js";
import type { Context } from "../../context.js";
import { bytes32, positional, text } from "../../fields.js";
import type { Session } from "../../session.js";

export const engagementField = positional(bytes32, "ID", "the engagement's id, 32 bytes");

/** What one call may hold. */
export const callLimits = { accounts: 64, lineages: 16 } as const;

/** The office's own reference: 32 bytes as they are, any other text by its keccak256. */
export const reference = text.transform((given): Hex => {
  return (/^0x[0-9a-fA-F]{64}$/.test(given) ? given.toLowerCase() : id(given)) as Hex;
});

/** What the chain keeps of an engagement. */
export async function readTerms(session: Session, engagementId: Hex) {
  const contract = session.suite.contract("Engagements");
  return reading(`the question for engagement ${engagementId}`, () => contract.engagementOf(engagementId));
}

/** Undefined where there is no such engagement. */
export async function findTerms(session: Session, engagementId: Hex) {
  return readTerms(session, engagementId).catch((error: unknown) => {
    if (isRevert(error, "EngagementsUnknown")) return undefined;
    throw error;
  });
}

/** @throws SteleError `missing` where there is no such engagement */
export async function requireTerms(session: Session, engagementId: Hex) {
  const terms = await findTerms(session, engagementId);
  if (terms !== undefined) return terms;
  throw new SteleError("missing", `there is no engagement ${engagementId} on network "${session.manifest.network}"`);
}

/** SHA-256 of a file's bytes. */
export async function hashOfFile(context: Context, file: string): Promise<Hex> {
  const bytes = await readFile(context.path(file)).catch((cause: unknown) => {
    const why = isAbsent(cause) ? "there is no such file" : `cannot be read: ${whyUnread(cause)}`;
    throw new SteleError("missing", why, { place: { file }, cause });
  });
  return toHex(sha256(bytes));
}

/**
 * Lineages of logs that are named by a lineage or by the id of any epoch, in the order in which the contract wants them.
 * @throws SteleError `missing` for what is neither
 */
export async function lineagesOf(session: Session, named: readonly Hex[]): Promise<readonly Hex[]> {
  const registry = session.suite.contract("LogRegistry");
  const found = new Set<Hex>();
  for (const one of named) {
    const lineage = await ifKnown(() => registry.lineageOf(one));
    if (lineage !== undefined) found.add(lineage as Hex);
    else if ((await ifKnown(() => registry.currentOf(one))) !== undefined) found.add(one);
    else throw new SteleError("missing", `${one} is no log of this suite, neither its id nor its lineage`);
  }
  if (found.size > callLimits.lineages) {
    throw new SteleError(
      "usage",
      `an engagement depends on ${callLimits.lineages} logs at most, ${found.size} are named`,
    );
  }
  return [...found].sort();
}

async function ifKnown(ask: () => Promise<string>): Promise<string | undefined> {
  return reading("the question for the log", ask).catch((error: unknown) => {
    if (isRevert(error, "LogRegistryUnknown")) return undefined;
    throw error;
  });
}
