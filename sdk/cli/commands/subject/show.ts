import { ZeroAddress } from "ethers";

import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { timeText } from "../../governed.js";
import { subjectField } from "./fields.js";

const phases = ["none", "pending", "vetoed", "granted"];

export const subjectShow = defineCommand({
  name: "subject show",
  summary: "Show a subject's account and its recovery, if one is open",
  description: "Example: stele subject show 0xSUBJECT",
  reach: "reads",
  fields: { subject: subjectField },
  async run({ subject }, context) {
    const { suite } = await context.session();
    const subjects = suite.contract("Subjects");
    const { account, member, held } = await subjects.subjectInfo(subject);
    if (account === ZeroAddress) throw new SteleError("missing", `there is no subject ${subject}`);
    const acting = await subjects.actingAccountOf(subject);
    const { newAccount, since, phase, proposer } = await subjects.recoveryOf(subject);
    const recovery =
      phase === 0n ? null : { phase: phases[Number(phase)] ?? String(phase), newAccount, since, proposer };
    const contested = acting === ZeroAddress;
    context.print({ subject, account, member, held, contested, recovery }, () =>
      [
        `subject   ${subject}`,
        `account   ${account}${held ? ", its key held by the member" : ""}${contested ? ", contested" : ""}`,
        `member    ${member}`,
        recovery === null
          ? "no recovery is open"
          : `recovery  ${recovery.phase} since ${timeText(since)}: ${newAccount}, by member ${proposer}`,
      ].join("\n"),
    );
  },
});
