import { formatInstant } from "../../../common/time.js";
import { defineCommand } from "../../command.js";
import { wantedCall } from "../../governed.js";
import { engagementField, requireTerms } from "./fields.js";

export const engagementClose = defineCommand({
  name: "engagement close",
  summary: "End an engagement for good (audit office)",
  description:
    "From then on nobody acts in it. Challenges that were opened in it go on.\n\n" +
    "Example: stele engagement close 0xID --account 4",
  reach: "writes",
  fields: { engagement: engagementField },
  async run({ engagement }, context) {
    const session = await context.session();
    const { closedAt } = await requireTerms(session, engagement);
    if (closedAt !== 0n) {
      const sentence = `The engagement is closed already, since ${formatInstant(closedAt)}. Nothing was sent.`;
      return context.print({ engagement, closedAt, submitted: null }, () => sentence);
    }
    const label = `close engagement ${engagement}`;
    const call = wantedCall(session, { contract: "Engagements", method: "close", values: [engagement], label });
    const submitted = await session.submit(call, label);
    context.print({ engagement, submitted }, () => session.describe(submitted, "The engagement is closed."));
  },
});
