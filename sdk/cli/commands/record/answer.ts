import { z } from "zod";

import { noContent } from "../../codes.js";
import { defineCommand } from "../../command.js";
import { bytes32, count, positional, text, value } from "../../fields.js";

const outcomeNumbers = { uphold: 0, withdraw: 1 } as const;

export const recordAnswer = defineCommand({
  name: "record answer",
  summary: "Answer a dispute, or a complaint, as the record's owner",
  description:
    "Upholds the record or withdraws it. An unanswered dispute ends the record. The answer names its dispute by number, " +
    "the latest one unless --round says another, and is refused if a later dispute has taken over when it arrives. With " +
    "--complaint SUBJECT it answers that subject's complaint instead.\n\n" +
    "Example: stele record answer books/ledger 41 --outcome uphold --content 0x… --account 5",
  reach: "writes",
  fields: {
    folder: positional(text, "FOLDER", "folder of the log"),
    index: positional(count, "INDEX", "number of the entry"),
    outcome: value(
      z.enum(["uphold", "withdraw"], "is neither uphold nor withdraw").default("uphold"),
      "OUTCOME",
      "uphold or withdraw",
    ),
    content: value(bytes32.default(noContent), "HASH", "hash of the answer, which stays off chain"),
    round: value(count.optional(), "NUMBER", "the dispute that is answered, as in its event; the latest if left out"),
    complaint: value(bytes32.optional(), "SUBJECT", "answer this subject's complaint"),
  },
  async run(input, context) {
    const { readBookConfig } = await import("../../../book/config.js");
    const { recordIdOf } = await import("../../../records/acts.js");
    const { callOf } = await import("../../../chain/governance/call.js");
    const { logId } = await readBookConfig(context.path(input.folder));
    const session = await context.session();
    const desk = session.suite.contract("RecordDesk");
    const target = { contract: "RecordDesk", address: session.suite.address("RecordDesk"), abi: desk.interface };
    const { index, content, complaint } = input;
    const entry = await desk.entryOf(recordIdOf(logId, index));
    const round = input.round ?? entry.addressRounds + entry.openingRounds;
    const call =
      complaint === undefined
        ? callOf(
            target,
            "answer",
            [logId, index, round, outcomeNumbers[input.outcome], content],
            `answer dispute ${round} of record ${index}`,
          )
        : callOf(
            target,
            "answerComplaint",
            [logId, index, complaint, content],
            `answer complaint about record ${index}`,
          );
    const done = await session.submit(call);
    if (complaint === undefined) {
      context.print({ logId, index, round, submitted: done }, () =>
        session.describe(done, `Answered dispute ${round}; record ${index}: ${input.outcome}.`),
      );
    } else {
      context.print({ logId, index, complaint, submitted: done }, () =>
        session.describe(done, `Answered the complaint of subject ${complaint} about record ${index}.`),
      );
    }
  },
});
