import { expect } from "chai";
import { ZeroHash } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../sdk/chain/capabilities.js";
import { memberAccept } from "../../sdk/cli/commands/member/accept.js";
import { memberDelegate } from "../../sdk/cli/commands/member/delegate.js";
import { personClaim } from "../../sdk/cli/commands/person/claim.js";
import {
  personRecoverClose,
  personRecoverComplete,
  personRecoverDecide,
  personRecoverPropose,
  personRecoverSecond,
  personRecoverVeto,
  personRecoverWithdraw,
} from "../../sdk/cli/commands/person/recover.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { deployRewards } from "../support/rewards.js";
import { rosterWorld, type RosterWorld } from "../support/roster.js";
import { refused } from "../sdk/rewards/table/fixtures.js";

const { provider, networkHelpers } = await network.create();
const { time } = networkHelpers;

async function chain() {
  return deployRewards(provider);
}

interface Scene extends RosterWorld {
  /** Pseudonym of S1, whose own account is the one of `fresh`; `fresher` is to replace it. */
  readonly person: Hex;
  account(): Promise<string>;
  /** The department proposes `fresher`, the union seconds it. */
  contest(): Promise<void>;
  pass(period: "decisionPeriod" | "recoveryDelay" | "arbitratedDelay"): Promise<void>;
}

/** A person with a wallet of their own, and one whose account the department holds (S2). */
async function scene(): Promise<Scene> {
  const world = rosterWorld(provider, await networkHelpers.loadFixture(chain));
  const file = `staffNumber,unit,account\nS1,North,${world.actor("fresh").address}\nS2,North,\n`;
  await world.importRoster(file);
  const person = await world.withRoster((roster) => roster.require("S1").subject);
  await world.consentFile("fresh", person);
  await world.importRoster(file, { consents: `${world.folder}/consents` });
  const subjects = world.suite.contract("Subjects");
  const to = world.actor("fresher").address;
  return {
    ...world,
    person,
    account: () => subjects.accountOf(person),
    async contest() {
      await world.propose("department", "S1", "fresher", person);
      // The union has no roster of the department's: it is told the pseudonym.
      await world.run(personRecoverSecond, "union", { person, proposer: "1", to });
    },
    pass: async (period) => void (await time.increase((await subjects[period]()) + 1n)),
  };
}

describe("a person who lost the wallet", () => {
  it("has another account after two members and the delay, and the department's roster follows", async () => {
    const { run, place, person, account, contest, pass, actor, withRoster } = await scene();
    await contest();
    expect((await refused(run(personRecoverComplete, "outsider", { person, ...place }))).message).to.match(
      /SubjectsTooEarly/,
    );
    await pass("recoveryDelay");
    await run(personRecoverComplete, "department", { person: "S1", ...place });
    expect(await account()).to.equal(actor("fresher").address);
    await withRoster((roster) => expect(roster.require("S1").account).to.equal(actor("fresher").address.toLowerCase()));
  });

  it("is completed by anyone, without a roster", async () => {
    const { run, person, account, contest, pass, actor, folder } = await scene();
    await contest();
    await pass("recoveryDelay");
    await run(personRecoverComplete, "outsider", { person, roster: `${folder}/nowhere` });
    expect(await account()).to.equal(actor("fresher").address);
  });

  it("sees nothing happen where the proposal is withdrawn, and only looks with --dry-run", async () => {
    const { run, place, person, propose, actor, account } = await scene();
    await propose("department", "S1", "fresher", person);
    await run(personRecoverWithdraw, "department", { person: "S1", ...place });
    const second = { person, ...place, proposer: "1", to: actor("fresher").address };
    expect((await refused(run(personRecoverSecond, "union", second))).message).to.match(/SubjectsNotProposed/);
    await propose("department", "S1", "fresher", person);
    await run(personRecoverSecond, "union", { ...second, dryRun: true });
    await run(personRecoverSecond, "union", second);
    expect(await account()).to.equal(actor("fresh").address);
  });
});

describe("a person whose wallet was stolen", () => {
  /** Whoever has the stolen key speaks with the account of `fresh`. */
  const veto = (of: Scene) => of.run(personRecoverVeto, "fresh", { person: of.person, ...of.place });
  const decide = (of: Scene, by: "arbiter" | "department", decision: string) =>
    of.run(personRecoverDecide, by, { person: of.person, ...of.place, decision, to: of.actor("fresher").address });

  it("keeps the account while the thief vetoes: nobody completes it, and only an arbiter in time decides", async () => {
    const here = await scene();
    await here.contest();
    await veto(here);
    await here.pass("recoveryDelay");
    const complete = () => here.run(personRecoverComplete, "outsider", { person: here.person, ...here.place });
    expect((await refused(complete())).message).to.match(/SubjectsWrongPhase/);
    expect((await refused(decide(here, "department", "grant"))).message).to.match(/MembersMissingCapability/);
    expect((await refused(decide(here, "arbiter", "grant"))).message).to.match(/SubjectsTooLate/);
    expect(await here.account()).to.equal(here.actor("fresh").address);
  });

  it("is granted in time: the thief's second veto stops nothing, and the longer delay counts", async () => {
    const here = await scene();
    await here.contest();
    await veto(here);
    await decide(here, "arbiter", "grant");
    expect((await refused(veto(here))).message).to.match(/SubjectsWrongPhase/);
    await here.pass("recoveryDelay");
    const complete = () => here.run(personRecoverComplete, "department", { person: "S1", ...here.place });
    expect((await refused(complete())).message).to.match(/SubjectsTooEarly/);
    await here.pass("arbitratedDelay");
    await complete();
    expect(await here.account()).to.equal(here.actor("fresher").address);
  });

  it("keeps the account where the arbiter refuses, and a later recovery is another one", async () => {
    const here = await scene();
    await here.contest();
    await veto(here);
    await decide(here, "arbiter", "refuse");
    expect(await here.account()).to.equal(here.actor("fresh").address);
    await here.contest();
    expect((await here.suite.contract("Subjects").recoveryOf(here.person)).phase).to.equal(1n);
  });

  it("keeps the account where no arbiter decides in time, and anyone closes the case", async () => {
    const here = await scene();
    await here.contest();
    await veto(here);
    const close = () => here.run(personRecoverClose, "outsider", { person: here.person, ...here.place });
    expect((await refused(close())).message).to.match(/SubjectsTooEarly/);
    await here.pass("decisionPeriod");
    await close();
    expect(await here.account()).to.equal(here.actor("fresh").address);
  });

  it("cannot have the thief's account put in place by the thief: the consent is bound to the person", async () => {
    const here = await scene();
    const other = await here.withRoster((roster) => roster.require("S2").subject);
    const consent = await here.consentFile("thief", other);
    const attempt = here.run(personRecoverPropose, "department", { person: "S1", ...here.place, consent });
    expect((await refused(attempt)).message).to.include(`not for ${here.person}`);
    expect((await refused(here.propose("stranger", "S1", "thief", here.person))).message).to.match(
      /MembersMissingCapability/,
    );
  });
});

describe("officers of one administrator", () => {
  it("are one member: the second one's seconding is refused", async () => {
    const { run, place, person, propose, actor } = await scene();
    const delegate = { delegate: actor("stranger").address, capabilities: "SUBJECT_OFFICER" };
    await run(memberDelegate, "department", delegate);
    await run(memberAccept, "stranger", { member: "1", delegation: true });
    await propose("department", "S1", "fresher", person);
    const second = { person, ...place, proposer: "1", to: actor("fresher").address };
    expect((await refused(run(personRecoverSecond, "stranger", second))).message).to.match(/SubjectsSameMember/);
  });

  it("cannot be two members: an account administers one", async () => {
    const { run, actor, deployed } = await scene();
    const members = deployed.suite.contract("Members");
    const administrator = actor("department").address;
    const officer = capabilities.SUBJECT_OFFICER;
    await members.connect(deployed.registrar).enrol("Puppet", administrator, officer, 0n, 2n ** 40n - 1n);
    const attempt = run(memberAccept, "department", { member: String(await members.memberCount()) });
    expect((await refused(attempt)).message).to.match(/MembersAccountTaken/);
  });
});

describe("awards of a person with another account", () => {
  it("follow a claim at once, and move by a call that anyone may make", async () => {
    const { run, place, withRoster, suite, as, actor, consentFile, publishType } = await scene();
    const { subject, account } = await withRoster((roster) => roster.require("S2"));
    const typeId = await publishType();
    await as("department", "Awards").grant({
      typeId,
      expires: 0n,
      evidenceLog: ZeroHash,
      accounts: [account],
      evidence: [],
    });
    const awards = suite.contract("Awards");
    const token = (await awards.batchCount()) << 32n;
    expect((await awards.ownerOf(token)).toLowerCase()).to.equal(account);
    await run(personClaim, "department", { staff: "S2", consent: await consentFile("fresher", subject), ...place });
    expect(await awards.holderOf(token)).to.equal(actor("fresher").address);
    expect(await awards.isValid(token)).to.equal(true);
    await as("outsider", "Awards").migrate([token]);
    expect(await awards.ownerOf(token)).to.equal(actor("fresher").address);
  });
});
