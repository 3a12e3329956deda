import { formatCapabilities } from "../../../chain/capabilities.js";
import { readMembers, type MemberView } from "../../../chain/governance/members.js";
import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { positional } from "../../fields.js";
import { logSource, timeText } from "../../governed.js";
import { table } from "../../output.js";
import { memberNumber } from "./fields.js";

export const memberShow = defineCommand({
  name: "member show",
  summary: "Show the members, or one with its delegates",
  description: "Example: stele member show 2",
  reach: "reads",
  fields: { member: positional(memberNumber.optional(), "MEMBER", "the member's number; left out: all") },
  async run({ member }, context) {
    const session = await context.session();
    const members = await readMembers(session.suite, logSource(session, context), member);
    if (member !== undefined && members.length === 0) throw new SteleError("missing", `there is no member ${member}`);
    context.print(members, () => (member === undefined ? list(members) : members.map(detail).join("\n")));
  },
});

function list(members: readonly MemberView[]): string {
  if (members.length === 0) return "no members";
  return table(
    ["member", "name", "status", "capabilities", "delegates"],
    members.map((one) => [
      String(one.member),
      one.name,
      one.status,
      formatCapabilities(one.capabilities),
      String(one.delegates.filter(({ current }) => current).length),
    ]),
  );
}

function detail(one: MemberView): string {
  const delegates = one.delegates.map(({ account, capabilities, expiry, current }) => [
    account,
    formatCapabilities(capabilities),
    timeText(expiry),
    current ? "" : "lapsed",
  ]);
  return [
    `member         ${one.member}, ${one.name}, ${one.status}`,
    `capabilities   ${formatCapabilities(one.capabilities)}`,
    `valid          ${timeText(one.validFrom)} to ${timeText(one.validUntil)}`,
    `administrator  ${one.administrator}`,
    `proposed       ${one.proposed}`,
    delegates.length === 0 ? "no delegates" : table(["delegate", "capabilities", "until", ""], delegates),
  ].join("\n");
}
