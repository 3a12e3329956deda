import { formatCapabilities, roleName } from "../../../chain/capabilities.js";
import { abiOf } from "../../../chain/governance/abi.js";
import { readAuthority, type Authority } from "../../../chain/governance/authority.js";
import { restrictions } from "../../../chain/governance/roles.js";
import { contractNames, type Suite } from "../../../chain/suite.js";
import { defineCommand } from "../../command.js";
import { logSource, timeText } from "../../governed.js";
import { table } from "../../output.js";

export const authorityShow = defineCommand({
  name: "authority show",
  summary: "Show every role, member, capability, delay, halted contract and waiting operation",
  description:
    "Read from the chain's events and confirmed one by one, not from files of the deployment.\n\n" +
    "Example: stele authority show",
  reach: "reads",
  fields: {},
  async run(_input, context) {
    const session = await context.session();
    const authority = await readAuthority(session.suite, logSource(session, context));
    const functions = functionRows(session.suite, authority);
    context.print({ ...authority, functions }, () => text(authority, functions));
  },
});

/** Each restricted function with the role that the chain gives it. */
function functionRows(suite: Suite, { access }: Authority): readonly (readonly string[])[] {
  const rows = restrictions
    .filter(({ contract }) => contractNames.some((name) => name === contract && suite.has(name)))
    .map(({ contract, method }) => {
      const name = contractNames.find((known) => known === contract) ?? "Directory";
      const selector = abiOf(name).getFunction(method)?.selector;
      const target = suite.address(name).toLowerCase();
      const held = access.mappings.find((row) => row.target.toLowerCase() === target && row.selector === selector);
      return [contract, method, roleName(held?.role ?? 0n)];
    });
  return rows;
}

function text(authority: Authority, functions: readonly (readonly string[])[]): string {
  const { access, members, halted, pending } = authority;
  const holders = access.holdings.map(({ role, account, delay }) => [roleName(role), account, `${delay} s`]);
  const people = members.flatMap((member) => [
    [
      String(member.member),
      member.name,
      member.status,
      member.administrator,
      formatCapabilities(member.capabilities),
      `${timeText(member.validFrom)} to ${timeText(member.validUntil)}`,
    ],
    ...member.delegates.map((delegate) => [
      "",
      "",
      delegate.current ? "delegate" : "lapsed",
      delegate.account,
      formatCapabilities(delegate.capabilities),
      `to ${timeText(delegate.expiry)}`,
    ]),
  ]);
  const waiting = pending.map(({ id, text, caller, due, expires }) => [
    `${id.slice(0, 10)}…`,
    text,
    caller,
    timeText(due),
    timeText(expires),
  ]);
  return [
    table(["role", "account", "delay"], holders),
    table(["contract", "function", "role"], functions),
    people.length === 0
      ? "no members"
      : table(["member", "name", "status", "account", "capabilities", "validity"], people),
    halted.length === 0 ? "nothing is halted" : `halted: ${halted.join(", ")}`,
    waiting.length === 0 ? "no operation is waiting" : table(["operation", "call", "by", "due", "expires"], waiting),
  ].join("\n\n");
}
