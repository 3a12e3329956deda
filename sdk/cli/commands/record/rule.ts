import { z } from "zod";

import { recordIdOf } from "../../../records/acts.js";
import { noContent } from "../../codes.js";
import { defineCommand } from "../../command.js";
import { bytes32, count, positional, value } from "../../fields.js";
import { submitToDesk } from "./submit.js";

const outcomeNumbers = { uphold: 0, withdraw: 1 } as const;

/** Which record of which log somebody speaks about who has no copy of the log. */
const place = {
  log: positional(bytes32, "LOGID", "id of the log"),
  index: positional(count, "INDEX", "number of the entry"),
};

export const recordRule = defineCommand({
  name: "record rule",
  summary: "Rule on an appeal as the policy's arbiter",
  description:
    "Upholds the record or ends it as withdrawn. The ruling names its dispute by number, the latest one unless --round " +
    "says another. With --complaint SUBJECT it rules on that subject's complaint instead.\n\n" +
    "Example: stele record rule 0x… 41 --outcome withdraw --content 0x… --account 9",
  reach: "writes",
  fields: {
    ...place,
    outcome: value(z.enum(["uphold", "withdraw"], "is neither uphold nor withdraw"), "OUTCOME", "uphold or withdraw"),
    content: value(bytes32.default(noContent), "HASH", "hash of the ruling, which stays off chain"),
    round: value(count.optional(), "NUMBER", "the dispute that is ruled on, as in its event; the latest if left out"),
    complaint: value(bytes32.optional(), "SUBJECT", "rule on this subject's complaint"),
  },
  async run({ log: logId, index, outcome, content, complaint, round: given }, context) {
    const number = outcomeNumbers[outcome];
    if (complaint !== undefined) {
      const values = [logId, index, complaint, number, content];
      return submitToDesk(
        context,
        "ruleComplaint",
        values,
        { logId, index },
        {
          label: `rule on a complaint about record ${index}`,
          done: `Ruled on the complaint about record ${index}: ${outcome}.`,
          more: { complaint },
        },
      );
    }
    const desk = (await context.session()).suite.contract("RecordDesk");
    const entry = await desk.entryOf(recordIdOf(logId, index));
    const round = given ?? entry.addressRounds + entry.openingRounds;
    await submitToDesk(
      context,
      "rule",
      [logId, index, round, number, content],
      { logId, index },
      {
        label: `rule on dispute ${round} of record ${index}`,
        done: `Ruled on dispute ${round} of record ${index}: ${outcome}.`,
        more: { round },
      },
    );
  },
});

export const recordAttest = defineCommand({
  name: "record attest",
  summary: "Attest, as the policy's ombudsman, that its subject was told of a record",
  description:
    "For a person who does not acknowledge a record. It counts from then on, and the time to dispute it begins.\n\n" +
    "Example: stele record attest 0x… 41 --content 0x… --account 4",
  reach: "writes",
  fields: { ...place, content: value(bytes32, "HASH", "hash of the attestation, which stays off chain") },
  async run({ log: logId, index, content }, context) {
    await submitToDesk(
      context,
      "attestService",
      [logId, index, content],
      { logId, index },
      {
        label: `attest notice of record ${index}`,
        done: `Notice of record ${index} is attested.`,
      },
    );
  },
});

export const recordLapse = defineCommand({
  name: "record lapse",
  summary: "Write down that a complaint stayed without an answer or ruling in time",
  description: "Anybody may. The record has lapsed then.\n\nExample: stele record lapse 0x… 41 0x… --account 9",
  reach: "writes",
  fields: { ...place, subject: positional(bytes32, "SUBJECT", "who complained") },
  async run({ log: logId, index, subject }, context) {
    await submitToDesk(
      context,
      "lapseComplaint",
      [logId, index, subject],
      { logId, index },
      {
        label: `lapse record ${index}`,
        done: `Record ${index} has lapsed: the complaint was not answered in time.`,
        more: { subject },
      },
    );
  },
});
