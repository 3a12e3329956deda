import { z } from "zod";

import { SteleError } from "../../common/errors.js";
import { hash32, parseWith, wholeNumber } from "../../common/schema.js";
import type { CampaignTerms } from "../campaign/leaf.js";
import type { ImportRun } from "../imports/run.js";
import type { Settled } from "./settled.js";

/** What became of the steps of an import, as its journal has it; the chain has the same and is asked where this is lost. */

const campaign = z.strictObject({
  value: z.strictObject({
    root: hash32,
    size: wholeNumber,
    typeId: wholeNumber,
    issuer: wholeNumber,
    expires: wholeNumber,
  }),
  block: z.int().nonnegative(),
});
const number = z.strictObject({ value: wholeNumber, block: z.int().nonnegative() });

/** The step that opens the campaign. */
export const campaignStep = "campaign";

/** Name of the step that a batch of the plan is: digits enough to sort by. */
export function stepOf(kind: "tokens" | "points", batch: bigint): string {
  return `${kind} ${`${batch}`.padStart(8, "0")}`;
}

/** The campaign that an import opened. */
export function campaignOf(run: ImportRun): Settled<CampaignTerms> | undefined {
  return read(run, campaignStep, campaign);
}

export function setCampaign(run: ImportRun, settled: Settled<CampaignTerms>): void {
  run.mark(campaignStep, { ...settled });
}

/** The batch of tokens, or the grant of points, that a batch of the plan became. */
export function numberOf(run: ImportRun, kind: "tokens" | "points", batch: bigint): Settled<bigint> | undefined {
  return read(run, stepOf(kind, batch), number);
}

export function setNumber(run: ImportRun, kind: "tokens" | "points", batch: bigint, settled: Settled<bigint>): void {
  run.mark(stepOf(kind, batch), { ...settled });
}

function read<T>(run: ImportRun, step: string, schema: z.ZodType<T>): T | undefined {
  const facts = run.done(step);
  if (facts === undefined) return undefined;
  try {
    return parseWith(schema, facts);
  } catch (cause) {
    throw new SteleError(
      "corrupt",
      `the journal of import ${run.id} holds something else than the outcome of ${step}`,
      {
        cause,
      },
    );
  }
}
