import { reasonCode, noContent } from "../../codes.js";
import { defineCommand } from "../../command.js";
import { bytes32, value } from "../../fields.js";
import { actOn, subjectFields } from "./subject.js";
import { submitToDesk } from "./submit.js";

export const recordDispute = defineCommand({
  name: "record dispute",
  summary: "Dispute a record about oneself",
  description:
    "With --person the record's one-time key signs, any other account sends it, and nobody learns who disputes. Without, " +
    "the sending account is the one-time address itself, or the subject's account, which then shows everybody whose record " +
    "it is. The owner has to answer in time, or the record lapses.\n\n" +
    "Examples: stele record dispute mine.json 41 --person keys.json --reason wrong-amount --account 9\n" +
    "          stele record dispute mine.json --reason wrong-amount --account 7",
  reach: "writes",
  fields: {
    ...subjectFields,
    reason: value(reasonCode, "CODE", "published reason code; no text about a person"),
    evidence: value(bytes32.default(noContent), "HASH", "hash of the evidence, which stays off chain"),
  },
  async run(input, context) {
    const { reason, evidence } = input;
    const act = await actOn(input, { act: "dispute", reason, evidence }, context);
    const { shown, standing } = act;
    await submitToDesk(context, "dispute", [shown, standing, reason, evidence], shown, {
      label: `dispute record ${shown.index} of log ${shown.logId}`,
      done: `Record ${shown.index} is disputed; its owner has to answer.`,
    });
  },
});
