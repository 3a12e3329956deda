import { SteleError } from "../../../../common/errors.js";
import { defineCommand } from "../../../command.js";
import { submitOwn } from "../../../governed.js";
import { requireType, typeField } from "./fields.js";

export const awardTypeRetire = defineCommand({
  name: "award type retire",
  summary: "Retire an award type: nothing is granted under it any more (its publisher)",
  description:
    "What was granted under it stays as it is. A type that another supersedes needs no retirement.\n\n" +
    "Example: stele award type retire 3 --account 4",
  reach: "writes",
  fields: { type: typeField },
  async run({ type }, context) {
    const { endedAt } = await requireType(await context.session(), type);
    if (endedAt !== 0n) throw new SteleError("refused", `award type ${type} has ended already`);
    const label = `retire award type ${type}`;
    await submitOwn(context, { contract: "Campaigns", method: "retire", values: [type], label });
  },
});
