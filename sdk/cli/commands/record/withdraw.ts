import { reasonCode } from "../../codes.js";
import { defineCommand } from "../../command.js";
import { count, positional, text, value } from "../../fields.js";
import { submitToDesk } from "./submit.js";

export const recordWithdraw = defineCommand({
  name: "record withdraw",
  summary: "Withdraw a record as its owner, for good",
  description:
    "With or without a dispute. The record stays in the log and reads as withdrawn; an award that rests on it is " +
    "unsupported from then on.\n\n" +
    "Example: stele record withdraw books/staff 41 --reason entered-by-mistake --account 5",
  reach: "writes",
  fields: {
    folder: positional(text, "FOLDER", "folder of the log"),
    index: positional(count, "INDEX", "number of the entry"),
    reason: value(reasonCode, "CODE", "published reason code; no text about a person"),
  },
  async run({ folder, index, reason }, context) {
    const { readBookConfig } = await import("../../../book/config.js");
    const { logId } = await readBookConfig(context.path(folder));
    await submitToDesk(
      context,
      "withdraw",
      [logId, index, reason],
      { logId, index },
      {
        label: `withdraw record ${index}`,
        done: `Record ${index} is withdrawn.`,
      },
    );
  },
});
