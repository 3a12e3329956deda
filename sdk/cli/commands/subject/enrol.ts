import { subjectIdOf } from "../../../chain/governance/consent.js";
import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { bytes32, flag, value } from "../../fields.js";
import { submitOwn } from "../../governed.js";
import type { Session } from "../../session.js";
import { memberNumber } from "../member/fields.js";
import { consentField, readConsent, subjectField } from "./fields.js";

const identity = {
  domain: value(bytes32, "HASH", "what the pseudonym is for, 32 bytes; one person has another id in each domain"),
  commitment: value(bytes32, "HASH", "commitment that only the person and the member can open, 32 bytes"),
};

export const subjectId = defineCommand({
  name: "subject id",
  summary: "Compute the id that a commitment will have, for the person to consent to",
  description: "Example: stele subject id --member 2 --domain 0x… --commitment 0x…",
  reach: "reads",
  fields: { member: value(memberNumber, "MEMBER", "the enrolling member's number"), ...identity },
  async run({ member, domain, commitment }, context) {
    const { manifest } = await context.session();
    const subject = subjectIdOf(manifest.suiteId, member, domain, commitment);
    context.print({ subject }, () => subject);
  },
});

export const subjectEnrol = defineCommand({
  name: "subject enrol",
  summary: "Bind a person's pseudonym to an account, with that account's consent (officer)",
  description: "Example: stele subject enrol --domain 0x… --commitment 0x… --consent consent.json --key officer.key",
  reach: "writes",
  fields: {
    ...identity,
    consent: consentField,
    held: flag("the member keeps the account's key for a person without a wallet; the record says so"),
  },
  async run({ domain, commitment, consent, held }, context) {
    const session = await context.session();
    const subject = subjectIdOf(session.manifest.suiteId, await officersMember(session), domain, commitment);
    const { account, deadline, signature } = await readConsent(context, consent, subject, held);
    await submitOwn(context, {
      contract: "Subjects",
      method: held ? "enrolHeld" : "enrol",
      values: [domain, commitment, account, deadline, signature],
      label: `enrol subject ${subject}${held ? ", its key held" : ""}`,
    });
  },
});

async function officersMember(session: Session): Promise<number> {
  const account = await (await session.signer()).getAddress();
  const { member } = await session.suite.contract("Members").accountInfo(account);
  if (member === 0n) throw new SteleError("refused", `${account} acts for no member`);
  return Number(member);
}

export const subjectClaim = defineCommand({
  name: "subject claim",
  summary: "Hand a held account over to the person's own (the held account, or an officer)",
  description: "Example: stele subject claim 0xSUBJECT --consent consent.json --key officer.key",
  reach: "writes",
  fields: { subject: subjectField, consent: consentField },
  async run({ subject, consent }, context) {
    const { account, deadline, signature } = await readConsent(context, consent, subject);
    const values = [subject, account, deadline, signature];
    await submitOwn(context, { contract: "Subjects", method: "claim", values, label: `claim subject ${subject}` });
  },
});
