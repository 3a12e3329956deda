import { readFile } from "node:fs/promises";

import { id } from "ethers";

import { SteleError, sentenceOf } from "../../../common/errors.js";
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
    const path = context.path(file);
    const { eligibleWitnesses, eligibleMirrors, retention, ...rules } = parseWith(policySchema, await readJson(path), {
      file,
    });
    await submitRestricted(context, {
      contract: "LogPolicies",
      method: "publish",
      values: [{ ...rules, kind: id(rules.kind) }, eligibleWitnesses, eligibleMirrors, retention],
      label: `publish a policy for ${rules.kind}`,
    });
  },
});

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new SteleError("missing", `cannot be read: ${sentenceOf(cause)}`, { place: { file }, cause });
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SteleError("input", `is not JSON: ${sentenceOf(cause)}`, { place: { file }, cause });
  }
}
