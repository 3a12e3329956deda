import { decodeBytes32String, encodeBytes32String } from "ethers";

import type { Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";

/**
 * Why an award, its points, a batch or a campaign is revoked or reinstated: the published list. The chain gets the code
 * alone; what is to be said about a person belongs into the revocation record, which the person opens.
 */
export const reasons = {
  "granted-in-error": "a mistake of the office, whose fault it is not the person's",
  duplicate: "the same award was granted twice",
  "import-undone": "a whole import was a mistake",
  "criteria-not-met": "the published criteria were not met after all",
  "evidence-withdrawn": "the record that it rests on was corrected or withdrawn",
  "at-holders-wish": "the person asked for it",
  superseded: "another award takes its place",
  decision: "a decision of the competent body, told to the person in a record",
  "appeal-upheld": "an appeal was upheld",
  "revoked-in-error": "the revocation was a mistake",
} as const;

export type Reason = keyof typeof reasons;

/** The codes, in the order of the list. */
export const reasonNames = Object.keys(reasons) as readonly Reason[];

/**
 * A code of the list as the chain has it.
 * @throws SteleError `input` for anything else: a text about a person must not reach the chain
 */
export function encodeReason(name: string): Hex {
  if (Object.hasOwn(reasons, name)) return encodeBytes32String(name) as Hex;
  throw new SteleError("input", `"${name}" is no code of the list; there are ${reasonNames.join(", ")}`);
}

/** The name of a code; its hex where the list has none. */
export function decodeReason(code: string): string {
  try {
    return decodeBytes32String(code);
  } catch {
    return code;
  }
}
