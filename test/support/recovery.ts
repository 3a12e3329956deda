import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";

import { capabilities } from "../../sdk/chain/capabilities.js";
import { type Account, deployAuthority, FOREVER, type TestMember } from "./authority.js";

const { ARBITER, SUBJECT_OFFICER } = capabilities;

/** A person enrolled by `office`, four members whose administrators are officers and arbiters, and a fresh account. */
export async function deployRecovery(ethers: HardhatEthers) {
  const authority = await deployAuthority(ethers);
  const { subjects, enrolMember, account, consent } = authority;
  const both = SUBJECT_OFFICER | ARBITER;
  const office = await enrolMember("Office", both);
  const other = await enrolMember("Other", both);
  const third = await enrolMember("Third", both);
  const fourth = await enrolMember("Fourth", both);
  const person = await authority.enrolSubject(office, "person");
  const fresh = await account("fresh");

  const acts = {
    propose: async (member: TestMember, target: Account = fresh, subject = person.id) =>
      subjects
        .connect(member.administrator)
        .proposeRecovery(subject, target.address, FOREVER, await consent(target, subject, FOREVER)),
    second: async (member: TestMember, proposer: TestMember, target: Account = fresh, subject = person.id) =>
      subjects.connect(member.administrator).secondRecovery(subject, proposer.id, target.address),
    veto: async (account: Account = person.account) => subjects.connect(account).vetoRecovery(person.id),
    decide: async (member: TestMember, grant: boolean, subject = person.id, target: Account = fresh) =>
      subjects.connect(member.administrator).decideRecovery(subject, target.address, grant),
  };
  return { ...authority, ...acts, office, other, third, fourth, person, fresh };
}
