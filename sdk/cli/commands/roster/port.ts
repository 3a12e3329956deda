import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { keccak256, ZeroAddress } from "ethers";

import { consentSchema, consentTypes, subjectsDomain, type Consent } from "../../../chain/governance/consent.js";
import type { Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { readJson } from "../../../common/json.js";
import { isAbsent } from "../../../common/node/files.js";
import { parseWith } from "../../../common/schema.js";
import { noDeadline, type EnrolmentPort } from "../../../rewards/enrolment/enrol.js";
import { personCommitment, type Person } from "../../../rewards/roster/person.js";
import type { Roster } from "../../../rewards/roster/roster.js";
import type { Context } from "../../context.js";
import { wantedCall } from "../../governed.js";
import type { Session } from "../../session.js";

type Given = Pick<Consent, "deadline" | "signature">;

/** Reads the account of a subject. */
export function accountsOf(session: Session): Pick<EnrolmentPort, "accountOf"> {
  const subjects = session.suite.contract("Subjects");
  return {
    async accountOf(subject) {
      const account = await subjects.accountOf(subject);
      return account === ZeroAddress ? undefined : (account.toLowerCase() as Hex);
    },
  };
}

/** Enrolment through the chain of a session. @param consents folder of consents that people sent */
export function enrolmentPort(
  { consents }: { readonly consents?: string | undefined },
  context: Context,
  session: Session,
  roster: Roster,
): EnrolmentPort {
  return {
    accountOf: accountsOf(session).accountOf,
    consentOf: (person) =>
      person.held ? heldConsent(session, roster, person) : givenConsent(consents, context, person),
    async send(person, { deadline, signature }) {
      const commitment = personCommitment(person.staffNumber, person.opening);
      const call = wantedCall(session, {
        contract: "Subjects",
        method: person.held ? "enrolHeld" : "enrol",
        values: [person.domain, commitment, person.account, deadline, signature],
        label: `enrol subject ${person.subject}${person.held ? ", its key held" : ""}`,
      });
      return (await session.submit(call, `enrol ${keccak256(call.data)}`)).kind === "sent";
    },
  };
}

/** The department's own consent: that it keeps the key. */
async function heldConsent(session: Session, roster: Roster, person: Person): Promise<Given> {
  const deadline = noDeadline;
  const { subject, account } = person;
  const domain = subjectsDomain(session.manifest.chainId, session.suite.address("Subjects"));
  const signer = roster.custody.signer(account);
  const signature = await signer.signTypedData(domain, consentTypes(true), { subject, account, deadline });
  return { deadline, signature: signature as Hex };
}

/** The consent that a person sent; undefined where it is not there. */
async function givenConsent(
  consents: string | undefined,
  context: Context,
  person: Person,
): Promise<Given | undefined> {
  if (consents === undefined) return undefined;
  const shown = join(consents, `${person.subject}.json`);
  const content = await readFile(context.path(shown), "utf8").catch((cause: unknown) => {
    if (isAbsent(cause)) return undefined;
    throw new SteleError("input", "cannot be read", { place: { file: shown }, cause });
  });
  if (content === undefined) return undefined;
  const place = { file: shown };
  const consent = parseWith(consentSchema, readJson(content, place), place);
  if (consent.subject === person.subject && consent.account.toLowerCase() === person.account && !consent.held)
    return consent;
  throw new SteleError("refused", "is the consent of another account, to another subject or to a held key", { place });
}
