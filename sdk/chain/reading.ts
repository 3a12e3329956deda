import type { Result } from "ethers";

import type { Hex } from "../common/bytes.js";
import { SteleError, sentenceOf } from "../common/errors.js";
import { reason, RevertError } from "./revert.js";

/**
 * Asks contracts. What they refuse comes back as their own error, read with the contract's own interface, so that a
 * page that only reads need not load the errors of all others.
 */
export async function reading<T>(doing: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SteleError) throw error;
    const { revert, data } = error as { revert?: { name: string; args: Result } | null; data?: unknown };
    if (revert === undefined || revert === null)
      throw new SteleError("network", `${doing} failed: ${sentenceOf(error)}`, { cause: error });
    const said = { name: revert.name, args: revert.args.toObject() as Record<string, unknown>, data: data as Hex };
    throw new RevertError(`the chain refused ${doing}: ${reason(said)}`, said, error);
  }
}
