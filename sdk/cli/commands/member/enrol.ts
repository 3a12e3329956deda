import { defineCommand } from "../../command.js";
import { address, text, value } from "../../fields.js";
import { submitRestricted } from "../../governed.js";
import { formatCapabilities } from "../../../chain/capabilities.js";
import { emittedIn } from "../../../chain/emitted.js";
import type { Session } from "../../session.js";
import { capabilitiesField, moment, untilField } from "./fields.js";

export const memberEnrol = defineCommand({
  name: "member enrol",
  summary: "Enrol an organisation and propose its administrator (registrar)",
  description:
    "The administrator counts only once that account accepts with `stele member accept`.\n\n" +
    "Example: stele member enrol --name 'Audit Office' --administrator 0x… --capabilities LOG_OWNER,WITNESS --account 3",
  reach: "writes",
  fields: {
    name: value(text, "NAME", "public name, 1 to 64 bytes"),
    administrator: value(address, "ADDRESS", "account of the administrator, in practice a multisig"),
    capabilities: capabilitiesField,
    from: value(
      moment.optional().transform((instant) => instant ?? 0n),
      "TIME",
      "first second in which it may act (default: at once)",
    ),
    until: untilField,
  },
  run: (input, context) =>
    submitRestricted(
      context,
      {
        contract: "Members",
        method: "enrol",
        values: [input.name, input.administrator, input.capabilities, input.from, input.until],
        label: `enrol ${input.name} with ${formatCapabilities(input.capabilities)}`,
      },
      numberOf,
    ),
});

/** The number that the new member got. */
async function numberOf({ suite }: Session, hash: string): Promise<{ value: object; text: string }> {
  const enrolled = await emittedIn(suite, "Members", "MemberEnrolled", hash);
  // It was sent all the same: a node that is slow with events makes no failure of it.
  if (enrolled === undefined) return { value: {}, text: "`stele member show` tells the number of the member" };
  const member = enrolled["member"] as bigint;
  return { value: { member }, text: `enrolled as member ${member}; \`stele member accept ${member}\` is next` };
}
