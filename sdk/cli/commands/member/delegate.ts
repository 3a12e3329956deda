import { formatCapabilities } from "../../../chain/capabilities.js";
import { defineCommand } from "../../command.js";
import { address, flag, positional, value } from "../../fields.js";
import { submitOwn } from "../../governed.js";
import { SteleError } from "../../../common/errors.js";
import { capabilitySet, untilField } from "./fields.js";

export const memberDelegate = defineCommand({
  name: "member delegate",
  summary: "Name a delegate of the sending administrator's member, or remove one",
  description:
    "The delegate counts only once that account accepts with `stele member accept MEMBER --delegation`.\n\n" +
    "Example: stele member delegate 0x… --capabilities AWARDER --key administrator.key",
  reach: "writes",
  fields: {
    delegate: positional(address, "ADDRESS", "account of the delegate"),
    capabilities: value(capabilitySet.optional(), "NAMES", "what it may do, with commas; not more than the member"),
    until: untilField,
    remove: flag("remove the delegate, or withdraw an open proposal"),
  },
  run({ delegate, capabilities, until, remove }, context) {
    if (remove) {
      const label = `remove delegate ${delegate}`;
      return submitOwn(context, { contract: "Members", method: "removeDelegate", values: [delegate], label });
    }
    if (capabilities === undefined) throw new SteleError("usage", "--capabilities is missing");
    return submitOwn(context, {
      contract: "Members",
      method: "nameDelegate",
      values: [delegate, capabilities, until],
      label: `name ${delegate} as delegate for ${formatCapabilities(capabilities)}`,
    });
  },
});
