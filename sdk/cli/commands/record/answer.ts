import { z } from "zod";

import { noContent } from "../../codes.js";
import { defineCommand } from "../../command.js";
import { bytes32, count, positional, text, value } from "../../fields.js";

const outcomeNumbers = { uphold: 0, withdraw: 1 } as const;

export const recordAnswer = defineCommand({
  name: "record answer",
  summary: "Answer a dispute, or a complaint, as the record's owner",
  description:
    "Upholds the record or withdraws it. An unanswered dispute ends the record. With --complaint SUBJECT it answers that " +
    "subject's complaint instead.\n\n" +
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
    complaint: value(bytes32.optional(), "SUBJECT", "answer this subject's complaint"),
  },
  async run(input, context) {
    const { readBookConfig } = await import("../../../book/config.js");
    const { callOf } = await import("../../../chain/governance/call.js");
    const { logId } = await readBookConfig(context.path(input.folder));
    const session = await context.session();
    const desk = session.suite.contract("RecordDesk");
    const target = { contract: "RecordDesk", address: session.suite.address("RecordDesk"), abi: desk.interface };
    const { index, content, complaint } = input;
    const call =
      complaint === undefined
        ? callOf(
            target,
            "answer",
            [logId, index, outcomeNumbers[input.outcome], content],
            `answer dispute of record ${index}`,
          )
        : callOf(
            target,
            "answerComplaint",
            [logId, index, complaint, content],
            `answer complaint about record ${index}`,
          );
    const done = await session.submit(call);
    context.print({ logId, index, submitted: done }, () =>
      session.describe(done, `Answered; record ${index}: ${input.outcome}.`),
    );
  },
});
