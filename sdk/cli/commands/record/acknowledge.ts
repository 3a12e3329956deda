import { defineCommand } from "../../command.js";
import { actOn, subjectFields } from "./subject.js";
import { submitToDesk } from "./submit.js";

export const recordAcknowledge = defineCommand({
  name: "record acknowledge",
  summary: "Say that one knows of a record about oneself",
  description:
    "Where the log's policy asks for notice, a record does not count before this, and the time to dispute it begins " +
    "with it. It says nothing about whether the record is right.\n\n" +
    "Example: stele record acknowledge mine.json 41 --person keys.json --account 9",
  reach: "writes",
  fields: subjectFields,
  async run(input, context) {
    const { shown, standing } = await actOn(input, { act: "acknowledge" }, context);
    await submitToDesk(context, "acknowledge", [shown, standing], shown, {
      label: `acknowledge record ${shown.index} of log ${shown.logId}`,
      done: `Record ${shown.index} is acknowledged.`,
    });
  },
});
