import { capabilityNames, parseCapabilities } from "../../../chain/capabilities.js";
import { latestTime, parseInstant } from "../../../common/time.js";
import { sentenceOf } from "../../../common/errors.js";
import { z } from "zod";

import { number, positional, text, value } from "../../fields.js";

const uint32 = 2 ** 32;

/** A member's number. */
export const memberNumber = number.refine((member) => member > 0 && member < uint32, "is no member's number");

export const memberField = positional(memberNumber, "MEMBER", "the member's number");

/** Names of capabilities, separated by commas. */
export const capabilitySet = text.transform((names, issue) => {
  try {
    return parseCapabilities(names);
  } catch (error) {
    issue.addIssue(`is not valid: ${sentenceOf(error)}`);
    return z.NEVER;
  }
});

export const capabilitiesField = value(capabilitySet, "NAMES", `of ${capabilityNames.join(", ")}, with commas`);

/** A moment with its zone, RFC 3339. */
export const moment = text.transform((instant, issue) => {
  try {
    return parseInstant(instant);
  } catch (error) {
    issue.addIssue(`is not valid: ${sentenceOf(error)}`);
    return z.NEVER;
  }
});

export const untilField = value(
  moment.optional().transform((instant) => instant ?? latestTime),
  "TIME",
  "first second in which it does not count any more, like 2030-01-01T00:00:00Z (default: no end)",
);
