import { keccak256 } from "ethers";

import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { text, value } from "../../fields.js";
import { wantedCall } from "../../governed.js";
import { rosterFields, staffField, withRoster } from "../../roster.js";
import { accountsOf } from "../roster/port.js";
import { readConsent } from "../subject/fields.js";

export const personClaim = defineCommand({
  name: "person claim",
  summary: "Hand the account that the department holds for a person over to the person's own (officer)",
  description:
    "The person makes a key and signs with `stele subject consent SUBJECT --key FILE --json`; SUBJECT is what `roster show " +
    "STAFF` prints. Once the chain has the new account, the roster follows and the key that was held is destroyed; what " +
    "tokens tell follows with `stele award migrate --subject SUBJECT`, which anyone may call.\n\n" +
    "Example: stele person claim S-1001 --consent consent.json --key officer.key",
  reach: "writes",
  fields: {
    staff: staffField,
    ...rosterFields,
    consent: value(text, "FILE", "consent of the person's own account, made by `stele subject consent --json`"),
  },
  async run({ staff, consent: file, ...place }, context) {
    const { refreshPerson } = await import("../../../rewards/enrolment/enrol.js");
    const session = await context.session();
    await withRoster(context, place, async (roster) => {
      const person = roster.require(staff);
      const { account, deadline, signature } = await readConsent(context, file, person.subject);
      const to = account.toLowerCase();
      const bound = await accountsOf(session).accountOf(person.subject);
      // Killed after the chain took it, the command has only the roster left to do.
      if (bound === undefined) throw new SteleError("refused", `${staff} is not enrolled yet`);
      if (bound !== to && !person.held)
        throw new SteleError("refused", `the account of ${staff} is the person's own already`);
      const call = wantedCall(session, {
        contract: "Subjects",
        method: "claim",
        values: [person.subject, account, deadline, signature],
        label: `claim subject ${person.subject}`,
      });
      const submitted = bound === to ? undefined : await session.submit(call, `claim ${keccak256(call.data)}`);
      const done = `${account} is the account of ${staff} now, and the key that was held is destroyed.`;
      if (submitted === undefined || submitted.kind === "sent")
        await refreshPerson(roster, person, accountsOf(session));
      context.print({ subject: person.subject, from: person.account, to: account, submitted }, () =>
        submitted === undefined ? done : session.describe(submitted, done),
      );
    });
  },
});
