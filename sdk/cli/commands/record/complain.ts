import { SteleError } from "../../../common/errors.js";
import { reasonCode } from "../../codes.js";
import { defineCommand } from "../../command.js";
import { bytes32, count, positional, value } from "../../fields.js";
import { submitToDesk } from "./submit.js";

export const recordComplain = defineCommand({
  name: "record complain",
  summary: "Complain about a record whose opening is withheld",
  description:
    "For an enrolled subject that cannot show that a record is about it, because the owner keeps the opening back. It " +
    "starts the same clock as a dispute. With --appeal it goes against the owner's answer to the arbiter.\n\n" +
    "Examples: stele record complain 0x… 41 --reason opening-withheld --account 7\n" +
    "          stele record complain 0x… 41 --appeal 0x… --account 7",
  reach: "writes",
  fields: {
    log: positional(bytes32, "LOGID", "id of the log"),
    index: positional(count, "INDEX", "number of the entry"),
    reason: value(reasonCode.optional(), "CODE", "published reason code; no text about a person"),
    appeal: value(bytes32.optional(), "HASH", "appeal against the answer: hash of the appeal, which stays off chain"),
  },
  async run({ log: logId, index, reason, appeal }, context) {
    if ((reason === undefined) === (appeal === undefined)) {
      throw new SteleError("usage", "give --reason CODE to complain, or --appeal HASH to appeal against the answer");
    }
    const place = { logId, index };
    if (appeal !== undefined) {
      return submitToDesk(context, "appealComplaint", [logId, index, appeal], place, {
        label: `appeal in the complaint about record ${index}`,
        done: `The appeal in the complaint about record ${index} is made; the arbiter has to rule.`,
      });
    }
    await submitToDesk(context, "complain", [logId, index, reason], place, {
      label: `complain about record ${index}`,
      done: `The complaint about record ${index} is made; the log's owner has to answer.`,
    });
  },
});
