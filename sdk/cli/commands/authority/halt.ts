import { z } from "zod";

import { haltable } from "../../../chain/governance/authority.js";
import type { ContractName } from "../../../chain/suite.js";
import { defineCommand } from "../../command.js";
import { positional } from "../../fields.js";
import { submitRestricted } from "../../governed.js";

const fields = {
  contract: positional(
    z.enum(haltable as [ContractName, ...ContractName[]], { error: `is none of ${haltable.join(", ")}` }),
    "CONTRACT",
    haltable.join(", "),
  ),
};

export const authorityHalt = defineCommand({
  name: "authority halt",
  summary: "Halt a contract at once (guardian)",
  description:
    "Stops every entry point that is neither a duty nor a remedy: disputes, answers and evidence go on.\n\n" +
    "Example: stele authority halt Campaigns --key guardian.key",
  reach: "writes",
  fields,
  run: ({ contract }, context) =>
    submitRestricted(context, { contract, method: "halt", values: [], label: `halt ${contract}` }),
});

export const authorityResume = defineCommand({
  name: "authority resume",
  summary: "Let a halted contract run again (governance, with its delay)",
  description: "Example: stele authority resume Campaigns --key governance.key",
  reach: "writes",
  fields,
  run: ({ contract }, context) =>
    submitRestricted(context, { contract, method: "resume", values: [], label: `resume ${contract}` }),
});
