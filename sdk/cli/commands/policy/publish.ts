import { id } from "ethers";

import { readJson } from "../../../common/json.js";
import { readText } from "../../../common/node/files.js";
import { parseWith } from "../../../common/schema.js";
import { defineCommand } from "../../command.js";
import { positional, text } from "../../fields.js";
import { submitRestricted } from "../../governed.js";
import { policySchema } from "./schema.js";

export const policyPublish = defineCommand({
  name: "policy publish",
  summary: "Publish a policy for a kind of log (governance, with its delay)",
  description:
    "A policy is never edited: better rules are a new policy, and owners choose when they open a log.\n\n" +
    "Example: stele policy publish policy.json --key governance.key",
  reach: "writes",
  fields: { file: positional(text, "FILE", "the policy as JSON, with the fields of ILogPolicies") },
  async run({ file }, context) {
    const place = { file };
    const policy = parseWith(policySchema, readJson(await readText(context.path(file), file), place), place);
    const { eligibleWitnesses, eligibleMirrors, retention, ...rules } = policy;
    await submitRestricted(context, {
      contract: "LogPolicies",
      method: "publish",
      values: [{ ...rules, kind: id(rules.kind) }, eligibleWitnesses, eligibleMirrors, retention],
      label: `publish a policy for ${rules.kind}`,
    });
  },
});
