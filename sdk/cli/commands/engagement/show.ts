import type { EngagementState } from "../../../audit/engagement-state.js";
import { defineCommand } from "../../command.js";
import { logSource, timeText } from "../../governed.js";
import { table } from "../../output.js";
import type { Session } from "../../session.js";
import { engagementField, requireTerms } from "./fields.js";

export const engagementShow = defineCommand({
  name: "engagement show",
  summary: "Show an engagement: its window, its team, what its logs are for it",
  description:
    "A log is sound, overdue (silent now for longer than its policy allows), frozen (until it has a successor) or " +
    "defaulted (marked overdue since the engagement was opened, for good). The team's history comes from events.\n\n" +
    "Example: stele engagement show 0xID",
  reach: "reads",
  fields: { engagement: engagementField },
  async run({ engagement }, context) {
    const { readEngagement } = await import("../../../audit/engagement-state.js");
    const session = await context.session();
    await requireTerms(session, engagement);
    const state = await readEngagement(session.suite, engagement, logSource(session, context));
    const names = await namesOf(session, [state.office, state.auditee, ...state.team.map(({ member }) => member)]);
    context.print(state, () => describe(state, names));
  },
});

function describe(state: EngagementState, names: ReadonlyMap<bigint, string>): string {
  const { engagementId, ref, office, auditee, scope, from, until, openedAt, closedAt, logs, team } = state;
  const who = (member: bigint) => `${member}, ${names.get(member) ?? "?"}`;
  const lines = [
    `engagement  ${engagementId}, ${state.active ? "active" : "not active"}`,
    `reference   ${ref}`,
    `office      ${who(office)}`,
    `auditee     ${who(auditee)}`,
    `scope       ${scope}`,
    `window      ${timeText(from)} to ${timeText(until)}`,
    `opened      ${timeText(openedAt)}`,
    `closed      ${timeText(closedAt)}`,
    `supported   ${state.supported ? "yes" : "NO"}`,
  ];
  const rows = team.map((one) => [one.auditor, who(one.member), timeText(one.from), timeText(one.until ?? 0n)]);
  return [
    ...lines,
    logs.length === 0
      ? "depends on no log"
      : table(
          ["log (lineage)", "is"],
          logs.map(({ lineage, support }) => [lineage, support]),
        ),
    team.length === 0 ? "nobody was ever on the team" : table(["auditor", "for member", "from", "until"], rows),
  ].join("\n");
}

async function namesOf(session: Session, members: readonly bigint[]): Promise<ReadonlyMap<bigint, string>> {
  const contract = session.suite.contract("Members");
  const names = new Map<bigint, string>();
  for (const member of new Set(members)) names.set(member, await contract.nameOf(member));
  return names;
}
