import { consentTypes, subjectsDomain } from "../../../chain/governance/consent.js";
import { defineCommand } from "../../command.js";
import { duration, flag, value } from "../../fields.js";
import { deadlineAfter } from "../../signing.js";
import { subjectField } from "./fields.js";

export const subjectConsent = defineCommand({
  name: "subject consent",
  summary: "Sign that the account of --key is to be bound to a subject; sends nothing",
  description:
    "Save the output of --json to a file for `roster import --consents`, `person claim`, `person recover propose`, or " +
    "the same of `subject`.\n\n" +
    "Example: stele subject consent 0xSUBJECT --key mine.key --json > consent.json",
  reach: "signs",
  fields: {
    subject: subjectField,
    lifetime: value(duration.default(7 * 86_400), "TIME", "how long it can be used (default: 7d)"),
    held: flag("consent to the member keeping the account's key, for `subject enrol --held`"),
  },
  async run({ subject, lifetime, held }, context) {
    const session = await context.session();
    const signer = await session.signer();
    const account = await signer.getAddress();
    const deadline = Number(await deadlineAfter(lifetime, session));
    const domain = subjectsDomain(session.manifest.chainId, session.suite.address("Subjects"));
    const signature = await signer.signTypedData(domain, consentTypes(held), { subject, account, deadline });
    const consent = { subject, account, deadline, signature, held };
    context.print(consent, () => JSON.stringify(consent, null, 2));
  },
});
