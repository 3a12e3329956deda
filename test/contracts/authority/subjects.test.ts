import { expect } from "chai";
import { AbiCoder, id, keccak256, ZeroAddress, ZeroHash, type Contract } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../../sdk/chain/capabilities.js";
import { deployAuthority, FOREVER, PERIODS, SUITE_ID } from "../../support/authority.js";
import { testContract } from "../../support/compile.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const { LOG_OWNER, SUBJECT_OFFICER } = capabilities;
const DOMAIN = id("employment");
const COMMITMENT = id("commitment");

async function deployed() {
  const authority = await deployAuthority(ethers);
  const office = await authority.enrolMember("Office", SUBJECT_OFFICER);
  const other = await authority.enrolMember("Other", SUBJECT_OFFICER);
  const officer = await authority.nameDelegate(office, "officer", SUBJECT_OFFICER);
  const person = await authority.account("person");
  const subject = await authority.subjects.subjectId(office.id, DOMAIN, COMMITMENT);
  return { ...authority, office, other, officer, person, subject };
}

describe("Subjects, enrolment", () => {
  it("derives the id from suite, member, domain and commitment", async () => {
    const { subjects, office, subject } = await networkHelpers.loadFixture(deployed);
    const encoded = AbiCoder.defaultAbiCoder().encode(
      ["bytes32", "uint32", "bytes32", "bytes32"],
      [SUITE_ID, office.id, DOMAIN, COMMITMENT],
    );
    expect(subject).to.equal(keccak256(encoded));
    expect(await subjects.subjectId(office.id + 1n, DOMAIN, COMMITMENT)).not.to.equal(subject);
  });

  it("binds the account that consents, as the person's own", async () => {
    const { subjects, office, officer, person, subject, consent } = await networkHelpers.loadFixture(deployed);
    const signature = await consent(person, subject, FOREVER);
    await expect(subjects.connect(officer).enrol(DOMAIN, COMMITMENT, person.address, FOREVER, signature))
      .to.emit(subjects, "SubjectEnrolled")
      .withArgs(subject, person.address, office.id, false);
    expect(await subjects.accountOf(subject)).to.equal(person.address);
    expect(await subjects.actingAccountOf(subject)).to.equal(person.address);
    expect(await subjects.subjectOf(person.address)).to.equal(subject);
    expect(await subjects.subjectInfo(subject)).to.deep.equal([person.address, office.id, false]);
  });

  it("takes the consent of a contract account by ERC-1271", async () => {
    const { subjects, signers, officer, person, subject, chainId } = await networkHelpers.loadFixture(withChainId);
    const wallet = (await (await testContract("ContractAccount", signers.admin)).deploy(person.address)) as Contract;
    const account = await wallet.getAddress();
    const signature = await person.signTypedData(
      { name: "Stele Subjects", version: "1", chainId, verifyingContract: await subjects.getAddress() },
      { Bind: bindFields },
      { subject, account, deadline: FOREVER },
    );
    await subjects.connect(officer).enrol(DOMAIN, COMMITMENT, account, FOREVER, signature);
    expect(await subjects.subjectOf(account)).to.equal(subject);
  });

  it("refuses a caller that is no officer", async () => {
    const { subjects, members, person, subject, consent, enrolMember } = await networkHelpers.loadFixture(deployed);
    const agency = await enrolMember("Agency", LOG_OWNER);
    const signature = await consent(person, subject, FOREVER);
    for (const caller of [person, agency.administrator]) {
      await expect(subjects.connect(caller).enrol(DOMAIN, COMMITMENT, person.address, FOREVER, signature))
        .to.be.revertedWithCustomError(members, "MembersMissingCapability")
        .withArgs(caller.address, SUBJECT_OFFICER);
    }
  });

  it("refuses a consent to another subject, account, deadline, contract or chain, or to be held", async () => {
    const { subjects, officer, other, person, subject, consent, chainId } =
      await networkHelpers.loadFixture(withChainId);
    const verifyingContract = await subjects.getAddress();
    const sign = (changes: { chainId?: bigint; verifyingContract?: string; name?: string; version?: string }) =>
      person.signTypedData(
        { name: "Stele Subjects", version: "1", chainId, verifyingContract, ...changes },
        { Bind: bindFields },
        { subject, account: person.address, deadline: FOREVER },
      );
    const bad = [
      await consent(person, await subjects.subjectId(other.id, DOMAIN, COMMITMENT), FOREVER),
      await consent(officer, subject, FOREVER),
      await consent(person, subject, FOREVER - 1n),
      await consent(person, subject, FOREVER, "Hold"),
      await sign({ chainId: chainId + 1n }),
      await sign({ verifyingContract: officer.address }),
      await sign({ name: "Stele" }),
      await sign({ version: "2" }),
      "0x",
      (await sign({})) + "00",
    ];
    const enrol = subjects.connect(officer).enrol;
    for (const signature of bad) {
      await expect(enrol(DOMAIN, COMMITMENT, person.address, FOREVER, signature))
        .to.be.revertedWithCustomError(subjects, "SubjectsInvalidConsent")
        .withArgs(person.address);
    }
    await enrol(DOMAIN, COMMITMENT, person.address, FOREVER, await sign({}));
  });

  it("counts a consent up to its deadline", async () => {
    const { subjects, officer, person, subject, consent } = await networkHelpers.loadFixture(deployed);
    const deadline = BigInt(await time.latest()) + 10n;
    const signature = await consent(person, subject, deadline);
    const enrol = () => subjects.connect(officer).enrol(DOMAIN, COMMITMENT, person.address, deadline, signature);
    const before = await networkHelpers.takeSnapshot();
    await time.setNextBlockTimestamp(deadline);
    await enrol();
    await before.restore();
    await time.increaseTo(deadline);
    await expect(enrol()).to.be.revertedWithCustomError(subjects, "SubjectsExpired").withArgs(deadline);
  });

  it("refuses a taken subject, a taken account, no account and the manager", async () => {
    const { subjects, manager, officer, office, enrolSubject, person, account, consent } =
      await networkHelpers.loadFixture(deployed);
    const first = await enrolSubject(office, "person");
    const enrol = subjects.connect(officer).enrol;
    const second = await account("second");
    await expect(
      enrol(first.domain, first.commitment, second.address, FOREVER, await consent(second, first.id, FOREVER)),
    )
      .to.be.revertedWithCustomError(subjects, "SubjectsTaken")
      .withArgs(first.id);
    const next = await subjects.subjectId(office.id, DOMAIN, ZeroHash);
    await expect(enrol(DOMAIN, ZeroHash, person.address, FOREVER, await consent(person, next, FOREVER)))
      .to.be.revertedWithCustomError(subjects, "SubjectsAccountTaken")
      .withArgs(person.address, first.id);
    for (const nobody of [ZeroAddress, await manager.getAddress()]) {
      await expect(enrol(DOMAIN, ZeroHash, nobody, FOREVER, "0x"))
        .to.be.revertedWithCustomError(subjects, "SubjectsInvalidAccount")
        .withArgs(nobody);
    }
  });

  it("answers zero for what is unknown", async () => {
    const { subjects, person, subject } = await networkHelpers.loadFixture(deployed);
    expect(await subjects.accountOf(subject)).to.equal(ZeroAddress);
    expect(await subjects.actingAccountOf(subject)).to.equal(ZeroAddress);
    expect(await subjects.subjectOf(person.address)).to.equal(ZeroHash);
    expect(await subjects.subjectOf(ZeroAddress)).to.equal(ZeroHash);
    expect(await subjects.successorOf(person.address)).to.equal(ZeroAddress);
  });
});

describe("Subjects, held accounts", () => {
  async function held() {
    const authority = await deployed();
    return { ...authority, employee: await authority.enrolSubject(authority.office, "keyless", { held: true }) };
  }

  it("are marked, and claimed by themselves or by an officer for the person's own account", async () => {
    const { subjects, office, officer, employee, person, consent } = await networkHelpers.loadFixture(held);
    expect(await subjects.subjectInfo(employee.id)).to.deep.equal([employee.account.address, office.id, true]);
    const signature = await consent(person, employee.id, FOREVER);
    const before = await networkHelpers.takeSnapshot();
    for (const caller of [employee.account, officer]) {
      await expect(subjects.connect(caller).claim(employee.id, person.address, FOREVER, signature))
        .to.emit(subjects, "SubjectClaimed")
        .withArgs(employee.id, employee.account.address, person.address)
        .and.to.emit(subjects, "AccountChanged")
        .withArgs(employee.id, employee.account.address, person.address);
      expect(await subjects.subjectInfo(employee.id)).to.deep.equal([person.address, office.id, false]);
      expect(await subjects.successorOf(employee.account.address)).to.equal(person.address);
      expect(await subjects.subjectOf(employee.account.address)).to.equal(ZeroHash);
      await expect(subjects.connect(caller).claim(employee.id, person.address, FOREVER, signature))
        .to.be.revertedWithCustomError(subjects, "SubjectsNotHeld")
        .withArgs(employee.id);
      await before.restore();
    }
  });

  it("need the account's consent to be held, not to be bound", async () => {
    const { subjects, officer, person, subject, consent } = await networkHelpers.loadFixture(deployed);
    const signature = await consent(person, subject, FOREVER);
    await expect(subjects.connect(officer).enrolHeld(DOMAIN, COMMITMENT, person.address, FOREVER, signature))
      .to.be.revertedWithCustomError(subjects, "SubjectsInvalidConsent")
      .withArgs(person.address);
  });

  it("are not claimed by another member's officer, without consent, or into a taken account", async () => {
    const { subjects, office, officer, other, employee, person, consent, enrolSubject } =
      await networkHelpers.loadFixture(held);
    const signature = await consent(person, employee.id, FOREVER);
    for (const caller of [other.administrator, person]) {
      await expect(subjects.connect(caller).claim(employee.id, person.address, FOREVER, signature))
        .to.be.revertedWithCustomError(subjects, "SubjectsNotOfficer")
        .withArgs(caller.address, office.id);
    }
    await expect(subjects.connect(officer).claim(employee.id, officer.address, FOREVER, signature))
      .to.be.revertedWithCustomError(subjects, "SubjectsInvalidConsent")
      .withArgs(officer.address);
    await expect(subjects.connect(officer).claim(id("?"), person.address, FOREVER, signature))
      .to.be.revertedWithCustomError(subjects, "SubjectsUnknown")
      .withArgs(id("?"));
    const taken = await enrolSubject(office, "person");
    await expect(subjects.connect(officer).claim(employee.id, person.address, FOREVER, signature))
      .to.be.revertedWithCustomError(subjects, "SubjectsAccountTaken")
      .withArgs(person.address, taken.id);
    // A person's own account is never handed over.
    await expect(subjects.connect(officer).claim(taken.id, officer.address, FOREVER, "0x"))
      .to.be.revertedWithCustomError(subjects, "SubjectsNotHeld")
      .withArgs(taken.id);
  });
});

describe("Subjects, deployment", () => {
  it("publishes its periods and refuses ones that make no sense", async () => {
    const { subjects, manager, members, clock } = await networkHelpers.loadFixture(deployed);
    expect(await subjects.decisionPeriod()).to.equal(PERIODS.decision);
    expect(await subjects.recoveryDelay()).to.equal(PERIODS.recovery);
    expect(await subjects.arbitratedDelay()).to.equal(PERIODS.arbitrated);
    const addresses = await Promise.all([manager, members, clock].map((contract) => contract.getAddress()));
    const year = 365 * 86_400;
    for (const periods of [
      [0, 1, 2],
      [1, 0, 2],
      [1, 2, 2],
      [1, 3, 2],
      [year + 1, 1, 2],
      [1, 1, year + 1],
    ]) {
      await expect(ethers.deployContract("Subjects", [...addresses, SUITE_ID, ...periods]))
        .to.be.revertedWithCustomError(subjects, "SubjectsInvalidPeriods")
        .withArgs(...periods);
    }
    await ethers.deployContract("Subjects", [...addresses, SUITE_ID, year, 1, year]);
  });
});

const bindFields = [
  { name: "subject", type: "bytes32" },
  { name: "account", type: "address" },
  { name: "deadline", type: "uint40" },
];

async function withChainId() {
  return { ...(await deployed()), chainId: (await ethers.provider.getNetwork()).chainId };
}
