import { reasonCode } from "../../codes.js";
import { defineCommand } from "../../command.js";
import { bytes32, count, positional, value } from "../../fields.js";

export const recordComplain = defineCommand({
  name: "record complain",
  summary: "Complain about a record whose opening is withheld",
  description:
    "For an enrolled subject that cannot show that a record is about it, because the owner keeps the opening back. It " +
    "starts the same clock as a dispute.\n\n" +
    "Example: stele record complain 0x… 41 --reason opening-withheld --account 7",
  reach: "writes",
  fields: {
    log: positional(bytes32, "LOGID", "id of the log"),
    index: positional(count, "INDEX", "number of the entry"),
    reason: value(reasonCode, "CODE", "published reason code; no text about a person"),
  },
  async run({ log, index, reason }, context) {
    const { callOf } = await import("../../../chain/governance/call.js");
    const session = await context.session();
    const desk = session.suite.contract("RecordDesk");
    const target = { contract: "RecordDesk", address: session.suite.address("RecordDesk"), abi: desk.interface };
    const done = await session.submit(
      callOf(target, "complain", [log, index, reason], `complain about record ${index}`),
    );
    context.print({ logId: log, index, submitted: done }, () =>
      session.describe(done, `The complaint about record ${index} is made; the log's owner has to answer.`),
    );
  },
});
