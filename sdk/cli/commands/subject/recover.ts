import { z } from "zod";

import { defineCommand, type Command } from "../../command.js";
import { address, text, value } from "../../fields.js";
import { submitOwn } from "../../governed.js";
import { memberNumber } from "../member/fields.js";
import { consentField, readConsent, subjectField } from "./fields.js";

export const subjectRecoverPropose = defineCommand({
  name: "subject recover propose",
  summary: "Propose a new account for a lost or stolen one, with its consent (officer)",
  description: "Example: stele subject recover propose 0xSUBJECT --consent consent.json --key officer.key",
  reach: "writes",
  fields: { subject: subjectField, consent: consentField },
  async run({ subject, consent }, context) {
    const { account, deadline, signature } = await readConsent(context, consent, subject);
    const label = `propose account ${account} for subject ${subject}`;
    const values = [subject, account, deadline, signature];
    await submitOwn(context, { contract: "Subjects", method: "proposeRecovery", values, label });
  },
});

export const subjectRecoverSecond = defineCommand({
  name: "subject recover second",
  summary: "Second a proposed account (officer of another member)",
  description: "Example: stele subject recover second 0xSUBJECT --proposer 8 --to 0x… --key officer.key",
  reach: "writes",
  fields: {
    subject: subjectField,
    proposer: value(memberNumber, "MEMBER", "the member that proposed it"),
    to: value(address, "ADDRESS", "the proposed account"),
  },
  run: ({ subject, proposer, to }, context) =>
    submitOwn(context, {
      contract: "Subjects",
      method: "secondRecovery",
      values: [subject, proposer, to],
      label: `second account ${to} for subject ${subject}`,
    }),
});

export const subjectRecoverDecide = defineCommand({
  name: "subject recover decide",
  summary: "Decide a recovery that the present account vetoed (arbiter of a third member)",
  description: "Example: stele subject recover decide 0xSUBJECT --decision grant --to 0x… --key arbiter.key",
  reach: "writes",
  fields: {
    subject: subjectField,
    decision: value(text.pipe(z.enum(["grant", "refuse"])), "grant|refuse", "what the arbiter decides"),
    to: value(address, "ADDRESS", "the new account of the recovery that is decided"),
  },
  run: ({ subject, decision, to }, context) =>
    submitOwn(context, {
      contract: "Subjects",
      method: "decideRecovery",
      values: [subject, to, decision === "grant"],
      label: `${decision} the recovery of subject ${subject} to account ${to}`,
    }),
});

/** Acts on a recovery that need nothing but the subject. */
function plain(verb: string, method: string, summary: string, key = "anybody.key"): Command {
  return defineCommand({
    name: `subject recover ${verb}`,
    summary,
    description: `Example: stele subject recover ${verb} 0xSUBJECT --key ${key}`,
    reach: "writes",
    fields: { subject: subjectField },
    run: ({ subject }, context) =>
      submitOwn(context, {
        contract: "Subjects",
        method,
        values: [subject],
        label: `${verb} the recovery of subject ${subject}`,
      }),
  });
}

export const subjectRecoverVeto = plain(
  "veto",
  "vetoRecovery",
  "Object with the present account; an arbiter decides",
  "mine.key",
);
export const subjectRecoverComplete = plain(
  "complete",
  "completeRecovery",
  "Bind the new account once the delay is over",
);
export const subjectRecoverClose = plain("close", "closeRecovery", "Close a recovery that nobody took further in time");
export const subjectRecoverWithdraw = plain(
  "withdraw",
  "withdrawRecovery",
  "Withdraw a proposal before it is seconded (officer of the proposer)",
  "officer.key",
);
