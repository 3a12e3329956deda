import { encodeBytes32String } from "ethers";

import { defineCommand } from "../../command.js";
import { text, value } from "../../fields.js";
import { submitRestricted } from "../../governed.js";
import { memberField } from "./fields.js";

/** A code of at most 31 bytes; no text about a person belongs on chain. */
const reasonCode = text
  .regex(/^[\x21-\x7e]{1,31}$/, "is no code of 1 to 31 visible ASCII characters")
  .transform((code) => encodeBytes32String(code));

export const memberSuspend = defineCommand({
  name: "member suspend",
  summary: "Stop a member and all its delegates at once (registrar)",
  description:
    "What the member owes, an answer to a dispute say, it still can and must deliver.\n\n" +
    "Example: stele member suspend 2 --reason AUDIT-7 --key registrar.key",
  reach: "writes",
  fields: { member: memberField, reason: value(reasonCode, "CODE", "code of the published reason") },
  run: ({ member, reason }, context) =>
    submitRestricted(context, {
      contract: "Members",
      method: "suspend",
      values: [member, reason],
      label: `suspend member ${member}`,
    }),
});

export const memberReinstate = defineCommand({
  name: "member reinstate",
  summary: "Let a suspended member act again (governance, with its delay)",
  description: "Example: stele member reinstate 2 --key governance.key",
  reach: "writes",
  fields: { member: memberField },
  run: ({ member }, context) =>
    submitRestricted(context, {
      contract: "Members",
      method: "reinstate",
      values: [member],
      label: `reinstate member ${member}`,
    }),
});
