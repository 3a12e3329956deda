import { fromHex, toHex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { decodeHeader } from "../../../records/header.js";
import { reasonCode, noContent } from "../../codes.js";
import { defineCommand } from "../../command.js";
import { bytes32, positional, text, value } from "../../fields.js";
import { readPresentation, shownFromFile } from "./desk.js";

export const recordDispute = defineCommand({
  name: "record dispute",
  summary: "Dispute a record about oneself",
  description:
    "The sending account is the record's one-time dispute address, or the subject's account and the file holds the " +
    "opening (stele record show --to-subject). The owner then has to answer in time, or the record lapses.\n\n" +
    "Example: stele record dispute mine.json --reason wrong-amount --account 7",
  reach: "writes",
  fields: {
    file: positional(text, "FILE", "presented record"),
    reason: value(reasonCode, "CODE", "published reason code; no text about a person"),
    evidence: value(bytes32.default(noContent), "HASH", "hash of the evidence, which stays off chain"),
  },
  async run(input, context) {
    const presentation = await readPresentation(input.file, context);
    const session = await context.session();
    const account = await (await session.signer()).getAddress();
    const shown = await shownFromFile(presentation.proof, input.file, session);
    const { disputeAddress } = decodeHeader(fromHex(presentation.proof.entry));
    const byAddress = toHex(disputeAddress) === account.toLowerCase();
    if (!byAddress && presentation.opening === undefined) {
      throw new SteleError(
        "refused",
        `account ${account} is not the record's dispute address, and the file has no opening`,
        {
          place: { file: input.file, field: "opening" },
        },
      );
    }
    const opening = byAddress ? undefined : presentation.opening;
    const standing = {
      subject: opening?.subject ?? noContent,
      salt: opening?.salt ?? noContent,
      deadline: 0,
      signature: "0x",
    };
    const { callOf } = await import("../../../chain/governance/call.js");
    const desk = session.suite.contract("RecordDesk");
    const target = { contract: "RecordDesk", address: session.suite.address("RecordDesk"), abi: desk.interface };
    const label = `dispute record ${shown.index} of log ${shown.logId}`;
    const done = await session.submit(
      callOf(target, "dispute", [shown, standing, input.reason, input.evidence], label),
    );
    context.print({ logId: shown.logId, index: shown.index, submitted: done }, () =>
      session.describe(done, `Record ${shown.index} is disputed; its owner has to answer.`),
    );
  },
});
