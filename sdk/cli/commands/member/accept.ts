import { defineCommand } from "../../command.js";
import { flag } from "../../fields.js";
import { submitOwn } from "../../governed.js";
import { memberField } from "./fields.js";

export const memberAccept = defineCommand({
  name: "member accept",
  summary: "Accept a member's administration, or a delegation, with the account itself",
  description: "Example: stele member accept 2 --delegation --key awarder.key",
  reach: "writes",
  fields: { member: memberField, delegation: flag("accept a delegation instead of the administration") },
  run: ({ member, delegation }, context) =>
    submitOwn(context, {
      contract: "Members",
      method: delegation ? "acceptDelegation" : "acceptAdministration",
      values: [member],
      label: `accept the ${delegation ? "delegation" : "administration"} of member ${member}`,
    }),
});
