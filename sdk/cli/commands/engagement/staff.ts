import type { Submission } from "../../../chain/governance/call.js";
import type { Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { address, list } from "../../fields.js";
import { wantedCall } from "../../governed.js";
import type { Session } from "../../session.js";
import { callLimits, engagementField, requireTerms } from "./fields.js";

export const engagementStaff = defineCommand({
  name: "engagement staff",
  summary: "Add accounts to an engagement's team, or release them (audit office)",
  description:
    "Each account added acts for a member with AUDITOR that is not the auditee. Who is on the team already, or off it, " +
    "is left as it is, so the command can be repeated.\n\n" +
    "Example: stele engagement staff 0xID --add 0xACCOUNT --release 0xACCOUNT --account 4",
  reach: "writes",
  fields: {
    engagement: engagementField,
    add: list(address, "ADDRESS", "account to take onto the team"),
    release: list(address, "ADDRESS", "account to take off the team"),
  },
  async run({ engagement, add, release }, context) {
    const [added, released] = [unique(add), unique(release)];
    if (added.length + released.length === 0) throw new SteleError("usage", "say whom: --add or --release ADDRESS");
    const both = added.find((account) => released.includes(account));
    if (both !== undefined) throw new SteleError("usage", `${both} is both in --add and in --release`);
    const session = await context.session();
    await requireTerms(session, engagement);
    const staffed = await onTeam(session, engagement, [...added, ...released]);
    const changes = [
      ...batches(
        "release",
        released.filter((account) => staffed.has(account)),
      ),
      ...batches(
        "staff",
        added.filter((account) => !staffed.has(account)),
      ),
    ];
    const done: (Change & { readonly submitted: Submission })[] = [];
    for (const change of changes) {
      const { method, accounts } = change;
      const label = `${method} ${accounts.length} of engagement ${engagement}`;
      const call = wantedCall(session, { contract: "Engagements", method, values: [engagement, accounts], label });
      done.push({ ...change, submitted: await session.submit(call) });
    }
    context.print({ engagement, changes: done }, () =>
      done.length === 0
        ? "The team is as you want it already. Nothing was sent."
        : done
            .map(({ method, accounts, submitted }) => session.describe(submitted, sentence(method, accounts)))
            .join("\n"),
    );
  },
});

interface Change {
  readonly method: "staff" | "release";
  readonly accounts: readonly Hex[];
}

function sentence(method: Change["method"], accounts: readonly Hex[]): string {
  const act = method === "staff" ? "Onto the team" : "Off the team";
  return `${act}: ${accounts.join(", ")}.`;
}

/** As many calls as the contract's limit needs. */
function batches(method: Change["method"], accounts: readonly Hex[]): Change[] {
  const changes: Change[] = [];
  for (let at = 0; at < accounts.length; at += callLimits.accounts) {
    changes.push({ method, accounts: accounts.slice(at, at + callLimits.accounts) });
  }
  return changes;
}

async function onTeam(session: Session, engagement: Hex, accounts: readonly Hex[]): Promise<ReadonlySet<Hex>> {
  const contract = session.suite.contract("Engagements");
  const staffed = new Set<Hex>();
  for (const account of accounts) {
    const { from, until } = await contract.staffingOf(engagement, account);
    if (from !== 0n && until === 0n) staffed.add(account);
  }
  return staffed;
}

function unique(accounts: readonly Hex[]): readonly Hex[] {
  return [...new Set(accounts.map((account) => account.toLowerCase() as Hex))];
}
