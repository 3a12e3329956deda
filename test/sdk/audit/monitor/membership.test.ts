import { expect } from "chai";
import fc from "fast-check";

import { capabilities } from "../../../../sdk/chain/capabilities.js";
import { decoded, followEvents, membershipEvent, type EventLog } from "../../../../sdk/audit/monitor/chain-events.js";
import { Membership } from "../../../../sdk/audit/monitor/membership.js";
import { type ActorLabel, type AuditSuite, deployAudit } from "../../../support/audit.js";
import { connection } from "../../../support/suite.js";

const { AUDITOR, AUDIT_OFFICE } = capabilities;
const people: readonly ActorLabel[] = ["office", "firm", "officeAuditor", "firmAuditor"];
const forever = 2n ** 40n - 1n;

async function auditFixture(): Promise<AuditSuite> {
  return deployAudit(connection.provider);
}

describe("the history of who could act", function () {
  this.timeout(120_000);

  /** What the contract said at a time, of an account. */
  interface Said {
    readonly time: bigint;
    readonly account: string;
    readonly capability: bigint;
    readonly member: bigint;
  }

  async function ask({ suite, actor, now }: AuditSuite): Promise<Said[]> {
    const time = await now();
    const members = suite.contract("Members");
    const said: Said[] = [];
    for (const label of people) {
      for (const capability of [0n, AUDITOR, AUDIT_OFFICE]) {
        const account = actor(label).address;
        said.push({ time, account, capability, member: await members.hasCapability(account, capability) });
      }
    }
    return said;
  }

  /** Changes of members and accounts; what the contract refuses changes nothing. */
  function acts(audit: AuditSuite): readonly ((amount: bigint) => Promise<unknown>)[] {
    const { deployed, suite, actor, as } = audit;
    const members = suite.contract("Members");
    const governed = members.connect(deployed.governor);
    const registrar = members.connect(deployed.registrar);
    const firm = actor("firm").member;
    const now = () => audit.now();
    return [
      () => registrar.suspend(firm, `0x${"01".repeat(32)}`),
      () => governed.reinstate(firm),
      () => governed.setCapabilities(firm, AUDITOR),
      () => governed.setCapabilities(firm, AUDIT_OFFICE),
      async (amount) => governed.setValidity(firm, (await now()) - 50n + amount, (await now()) + 20n + amount),
      () => governed.setValidity(firm, 0n, forever),
      async (amount) =>
        as("firm", "Members").nameDelegate(actor("firmAuditor").address, AUDITOR, (await now()) + amount),
      () => as("firm", "Members").nameDelegate(actor("officeAuditor").address, 0n, forever),
      () => as("office", "Members").nameDelegate(actor("officeAuditor").address, AUDITOR, forever),
      () => as("firmAuditor", "Members").acceptDelegation(firm),
      () => as("officeAuditor", "Members").acceptDelegation(firm),
      () => as("officeAuditor", "Members").acceptDelegation(actor("office").member),
      () => as("officeAuditor", "Members").resign(),
      () => as("firm", "Members").removeDelegate(actor("firmAuditor").address),
      () => as("firm", "Members").proposeAdministrator(actor("firmAuditor").address),
      () => as("firmAuditor", "Members").acceptAdministration(firm),
      () => as("firmAuditor", "Members").proposeAdministrator(actor("firm").address),
      () => as("firm", "Members").acceptAdministration(firm),
      (amount) => connection.networkHelpers.time.increase(amount),
    ];
  }

  async function historyOf({ suite, deployed }: AuditSuite, known?: EventLog): Promise<[Membership, EventLog]> {
    const source = { provider: deployed.provider, fromBlock: suite.manifest.deploymentBlock, range: 17 };
    const log = await followEvents(known, suite, source);
    const events = [...decoded(log, suite)].map(membershipEvent).filter((event) => event !== undefined);
    return [new Membership(events), log];
  }

  it("[MON-2] says of every moment what Members said then, after any changes", async function () {
    const step = fc.record({ act: fc.nat(18), amount: fc.bigInt({ min: 1n, max: 60n }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const audit = await connection.networkHelpers.loadFixture(auditFixture);
        const said: Said[] = [];
        let kept: EventLog | undefined;
        for (const { act, amount } of steps) {
          await acts(audit)[act]!(amount).catch(() => undefined);
          // What comes later in the same second would overrule what is asked now.
          await connection.networkHelpers.time.increase(1);
          said.push(...(await ask(audit)));
          if (act % 5 === 0) [, kept] = await historyOf(audit, kept);
        }
        const [history] = await historyOf(audit, kept);
        for (const { time, account, capability, member } of said) {
          expect(history.capableAt(account, capability, time), `${account} at ${time}`).to.equal(member);
        }
      }),
      { numRuns: 6 },
    );
  });

  it("reads the chain anew where its history is another one, and else only what is new", async () => {
    const audit = await connection.networkHelpers.loadFixture(auditFixture);
    const [, first] = await historyOf(audit);
    const [, again] = await historyOf(audit, first);
    expect(again).to.deep.equal(first);
    const forged = { ...first, hash: `0x${"00".repeat(32)}` as const, events: [] };
    const [, anew] = await historyOf(audit, forged);
    expect(anew).to.deep.equal(first);
  });
});
