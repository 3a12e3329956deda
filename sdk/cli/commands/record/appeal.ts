import { noContent } from "../../codes.js";
import { defineCommand } from "../../command.js";
import { bytes32, value } from "../../fields.js";
import { actOn, subjectFields } from "./subject.js";
import { submitToDesk } from "./submit.js";

export const recordAppeal = defineCommand({
  name: "record appeal",
  summary: "Appeal against the owner's answer to one's dispute",
  description:
    "In the standing of the dispute: under the one-time address with --person, or with the subject's account. The " +
    "policy's arbiter then has to rule in time, or the record lapses.\n\n" +
    "Example: stele record appeal mine.json 41 --person keys.json --content 0x… --account 9",
  reach: "writes",
  fields: {
    ...subjectFields,
    content: value(bytes32.default(noContent), "HASH", "hash of the appeal, which stays off chain"),
  },
  async run(input, context) {
    const { content } = input;
    const { shown, standing } = await actOn(input, { act: "appeal", content }, context);
    await submitToDesk(context, "appeal", [shown, standing, content], shown, {
      label: `appeal about record ${shown.index} of log ${shown.logId}`,
      done: `The appeal about record ${shown.index} is made; the arbiter has to rule.`,
    });
  },
});
