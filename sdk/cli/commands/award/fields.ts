import { z } from "zod";

import type { Hex } from "../../../common/bytes.js";
import { encodeReason, reasonNames } from "../../../rewards/reasons.js";
import { sentenceOf } from "../../../common/errors.js";
import { count, list, text, value } from "../../fields.js";

/** A token's number. */
export const tokenNumber = count.refine((id) => id < 1n << 72n, "is no award's number");

/** The number of an award type. */
export const typeNumber = count.refine((id) => id > 0n && id < 1n << 32n, "is no award type's number");

const reasonCode = text.transform((name, issue): { readonly name: string; readonly code: Hex } => {
  try {
    return { name, code: encodeReason(name) };
  } catch (error) {
    issue.addIssue(`: ${sentenceOf(error)}`);
    return z.NEVER;
  }
});

/** Why; a code of the published list, for the chain gets it. */
export const reasonField = value(reasonCode, "CODE", `one of ${reasonNames.join(", ")}`);

const evidence = text
  .regex(/^0x[0-9a-fA-F]{64}:\d{1,14}$/, "is not LOG:INDEX, a log's id and the number of a record")
  .transform((place) => {
    const [logId = "", index = ""] = place.toLowerCase().split(":");
    return { logId: logId as Hex, index: BigInt(index) };
  });

/** Records that awards rest on. */
export const evidenceField = list(evidence, "LOG:INDEX", "record that the award of the account before it rests on");
