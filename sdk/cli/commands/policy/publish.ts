import { readFile } from "node:fs/promises";

import { id } from "ethers";
import { z } from "zod";

import { SteleError, sentenceOf } from "../../../common/errors.js";
import { parseWith } from "../../../common/schema.js";
import { defineCommand } from "../../command.js";
import { positional, text } from "../../fields.js";
import { submitRestricted } from "../../governed.js";

const uint = (bits: number, least = 0) =>
  z
    .int()
    .min(least)
    .max(Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER));
const members = z.array(uint(32, 1)).max(8);

/** A policy as governance writes it down; see ILogPolicies for what each number means. Periods in seconds. */
export const policySchema = z.strictObject({
  kind: z.string().min(1),
  burst: uint(48, 1),
  rate: uint(32, 1),
  witnesses: uint(8),
  mirrors: uint(8),
  silence: uint(32, 1),
  anchoring: uint(32, 1),
  clockSkew: uint(32),
  noticeNeeded: z.boolean(),
  disputePeriod: uint(32),
  answerPeriod: uint(32, 1),
  appealPeriod: uint(32, 1),
  rulingPeriod: uint(32, 1),
  supervisor: uint(32),
  arbiter: uint(32),
  ombudsman: uint(32),
  eligibleWitnesses: members,
  eligibleMirrors: members,
  /** Seconds that a record of each class stays valid; 0 for ever. */
  retention: z.array(uint(32)).min(1).max(16),
});

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
