import type { Result } from "ethers";

import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { number, positional } from "../../fields.js";
import { table } from "../../output.js";

export const policyShow = defineCommand({
  name: "policy show",
  summary: "Show a published policy, or how many there are",
  description: "Example: stele policy show 3",
  reach: "reads",
  fields: { policy: positional(number.optional(), "ID", "the policy's number; left out: how many there are") },
  async run({ policy }, context) {
    const { suite } = await context.session();
    const policies = suite.contract("LogPolicies");
    const count = Number(await policies.policyCount());
    if (policy === undefined) return context.print({ policies: count }, () => `${count} policies are published`);
    if (policy < 1 || policy > count)
      throw new SteleError("missing", `there is no policy ${policy}; there are ${count}`);
    const rules = ((await policies.policyOf(policy)) as unknown as Result).toObject();
    const [witnesses, mirrors] = [await policies.eligibleWitnesses(policy), await policies.eligibleMirrors(policy)];
    const retention: bigint[] = [];
    for (let known = true, at = 0; known && at < 16; at++) {
      const [found, period] = await policies.retentionOf(policy, at);
      known = found;
      if (found) retention.push(period);
    }
    const shown = { ...rules, eligibleWitnesses: [...witnesses], eligibleMirrors: [...mirrors], retention };
    context.print({ policy, ...shown }, () =>
      table(
        ["field", `policy ${policy}`],
        Object.entries(shown).map(([name, held]) => [
          name,
          Array.isArray(held) ? held.join(", ") || "any" : String(held),
        ]),
      ),
    );
  },
});
