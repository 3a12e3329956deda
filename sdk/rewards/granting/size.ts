import { SteleError } from "../../common/errors.js";
import type { AwardPlan } from "./plan.js";
import type { GrantingChain } from "./work.js";

/** How nodes say, when they estimate a call, that it takes more gas than a block or a transaction may have. */
const tooMuchGas = /gas required exceeds|exceeds (the )?block gas limit|gas limit (is )?(too high|exceed)|out of gas/i;

/**
 * The refusal of a batch that takes more gas than the network gives to a transaction, told in terms of the batch. Where
 * nothing was sent before it, the import forgets its size: the next run may cut it smaller.
 * @param begun whether something was granted in batches of this size
 * @returns other errors as they are
 */
export function tooLarge(error: unknown, plan: AwardPlan, begun: boolean, count: number): unknown {
  if (!(error instanceof SteleError) || error.code !== "network" || !tooMuchGas.test(error.message)) return error;
  if (!begun) plan.unset("batch size");
  const sentence = `${count} in one transaction take more gas than this network gives it; say a smaller --batch`;
  return new SteleError("refused", sentence, { cause: error });
}

/** What was submitted, or the refusal of its size. */
export async function fitting<T>(sent: Promise<T>, plan: AwardPlan, begun: boolean, count: number): Promise<T> {
  return sent.catch((error: unknown) => {
    throw tooLarge(error, plan, begun, count);
  });
}

/**
 * A nonce stands for the number of a batch, not for its people: a run that cut the import otherwise granted to others.
 * @throws SteleError `refused`, with the size to go on with
 */
export async function requireSameCut(batch: bigint, count: number, { suite }: GrantingChain): Promise<void> {
  const granted = await suite.contract("Awards").batchOf(batch);
  if (granted.count === BigInt(count)) return;
  const sentence =
    `this import was begun in batches of ${granted.count}, which the chain shows as grant ${batch}; go on with ` +
    `--batch ${granted.count}`;
  throw new SteleError("refused", sentence);
}
