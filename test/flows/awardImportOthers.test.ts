import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { capabilities } from "../../sdk/chain/capabilities.js";
import type { Call } from "../../sdk/chain/governance/call.js";
import type { GrantTerms } from "../../sdk/rewards/awards/signing.js";
import { grantSignedCall } from "../../sdk/rewards/granting/calls.js";
import type { GrantingChain } from "../../sdk/rewards/granting/work.js";
import { listImports } from "../../sdk/rewards/imports/run.js";
import { dyingSubmit, honoured, importWorld, Killed, type ImportWorld } from "../support/awardImports.js";
import { deployAwards, type AwardsSuite } from "../support/awards.js";
import { testContract } from "../support/compile.js";
import { temporaryFolders } from "../support/folders.js";
import { grantingChain } from "../support/granting.js";
import { refusal } from "../support/refusal.js";
import type { ActorLabel } from "../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const deployed = async () => deployAwards(provider);
const once = honoured.map(() => [1n, 10n]);
const forever = 2n ** 40n - 1n;
const { AWARDER } = capabilities;

/** A contract that acts for the department, as a multisig does, and takes many calls in one transaction. */
async function multisig(suite: AwardsSuite) {
  const puppet = await (await testContract("Puppet", suite.deployed.deployer)).deploy();
  const address = await puppet.getAddress();
  const { member } = suite.actor("department");
  await suite.as("department", "Members").nameDelegate(address, AWARDER, forever);
  const accept = suite.suite.contract("Members").interface.encodeFunctionData("acceptDelegation", [member]);
  await puppet.getFunction("act")(suite.suite.address("Members"), accept);
  return (calls: readonly Call[]): Promise<unknown> =>
    puppet.getFunction("actMany")(
      calls[0]!.address,
      calls.map(({ data }) => data),
    );
}

describe("an import of awards and what others do meanwhile", () => {
  const folder = temporaryFolders();

  async function world() {
    const suite = await networkHelpers.loadFixture(deployed);
    return { suite, ...(await importWorld(provider, suite, folder())) };
  }

  /** A run that proposes; gives what it proposed. */
  async function propose({ run }: ImportWorld, changes: Parameters<ImportWorld["run"]>[0] = {}): Promise<Call[]> {
    const calls: Call[] = [];
    const submit: GrantingChain["submit"] = async (call) => {
      calls.push(call);
      return { kind: "proposed", file: "proposal.json" };
    };
    await run({ points: false, ...changes }, { signer: undefined, submit });
    return calls;
  }

  const clerkOf = ({ suite, folder: at }: ImportWorld & { suite: AwardsSuite }, who: ActorLabel) =>
    grantingChain(provider, suite, suite.actor(who), join(at, who));

  /** Runs as an account whose process dies at its first call, before it takes effect. */
  async function dieAs(made: ImportWorld & { suite: AwardsSuite }, who: ActorLabel, at = 0): Promise<void> {
    const chain = await clerkOf(made, who);
    const cut = made.run({}, { ...chain, submit: dyingSubmit(chain, at, "before") });
    expect(await cut.catch((error: unknown) => error)).to.be.instanceOf(Killed);
    await chain.close();
  }

  it("GR4: finds batches that a multisig granted in one transaction, each as its own", async () => {
    const made = await world();
    const execute = await multisig(made.suite);
    await execute(await propose(made));
    const found = await made.run({ points: false });
    expect([found.complete, found.batches]).to.deep.equal([true, [1n, 2n]]);
    expect((await made.holdings()).map(([tokens]) => tokens)).to.deep.equal([1n, 1n, 1n, 1n]);
  });

  it("GR4: finds a proposed batch where a person's account was replaced before it was granted", async () => {
    const made = await world();
    const execute = await multisig(made.suite);
    const calls = await propose(made);
    const subject = made.suite.subject("dou");
    const consent = await made.suite.consent("fresh", subject);
    await made.suite.as("department", "Subjects").claim(subject, made.suite.actor("fresh").address, forever, consent);
    for (const call of calls) await execute([call]);
    expect((await made.run({ points: false })).batches).to.deep.equal([1n, 2n]);
    expect(await made.suite.awards.batchCount()).to.equal(2n);
  });

  it("GR4: proposes nothing a second time while the first proposal may be executed, nor grants it beside", async () => {
    const made = await world();
    await propose(made);
    await refusal(propose(made), "still may");
    await refusal(made.run(), "still may");
    const [only] = await listImports(join(made.folder, "imports"));
    expect((await made.undo(only!.id)).complete).to.equal(true);
    expect((await made.run({ again: true })).complete).to.equal(true);
    expect(await made.holdings()).to.deep.equal(once);
  });

  it("GR3: finds what another clerk granted on another machine, and grants nothing", async () => {
    const made = await world();
    const first = await made.run();
    const clerk = await clerkOf(made, "clerk");
    const second = await made.run({ folder: join(made.folder, "other machine") }, { ...clerk });
    await clerk.close();
    expect([second.complete, second.batches]).to.deep.equal([true, first.batches]);
    expect(await made.holdings()).to.deep.equal(once);
  });

  it("GR3: asks every clerk who signed, not the first one alone", async () => {
    const made = await world();
    await made.suite.as("department", "Members").nameDelegate(made.suite.actor("fresh").address, AWARDER, forever);
    await made.suite.as("fresh", "Members").acceptDelegation(made.suite.actor("department").member);
    await dieAs(made, "clerk", 1); // after the first batch was granted
    await networkHelpers.time.increase(31 * 86_400);
    await dieAs(made, "fresh");
    await refusal(made.run(), made.suite.actor("fresh").address);
    expect(await made.suite.awards.batchCount()).to.equal(1n);
  });

  it("takes its own batch for its own where somebody hands its signature in beside another member's grant", async () => {
    const made = await world();
    const { suite } = made;
    const mine = await made.chain({}, "bundled");
    const puppet = await (await testContract("Puppet", suite.deployed.deployer)).deploy();
    const foreign = await suite.publishType({}, "institute");
    const other = await grantingChain(provider, suite, suite.actor("institute"), join(made.folder, "institute"));
    const submit: GrantingChain["submit"] = async (call, key) => {
      if (call.method === "grantBySignature") {
        const { nonce, deadline } = call.args as { nonce: bigint; deadline: bigint };
        const grant = suite.grantOf(["eva"], { typeId: foreign }) as unknown as GrantTerms;
        const signature = await other.signer!.signGrant({ ...grant, nonce, deadline });
        const signer = suite.actor("institute").address;
        const theirs = grantSignedCall(suite.suite, grant, { signer, nonce, deadline, signature });
        await puppet.getFunction("actMany")(call.address, [call.data, theirs.data]);
      }
      return mine.submit(call, key);
    };
    expect((await made.run({}, { submit, source: mine.source })).batches).to.deep.equal([1n, 3n]);
    await Promise.all([mine.close(), other.close()]);
    expect(await made.holdings()).to.deep.equal(once);
  });

  it("says that a batch was called off by its signer, and can be undone", async () => {
    const made = await world();
    const mine = await made.chain({}, "mine");
    const submit: GrantingChain["submit"] = async (call, key) => {
      const { nonce } = call.args as { nonce: bigint };
      if (call.method === "grantBySignature") await made.suite.as("department", "Awards").useNonce(nonce);
      return mine.submit(call, key);
    };
    await refusal(made.run({}, { submit, source: mine.source }), "AwardsNonceUsed");
    await mine.close();
    await refusal(made.run(), "was called off by its signer");
    const [only] = await listImports(join(made.folder, "imports"));
    expect((await made.undo(only!.id)).complete).to.equal(true);
    expect((await made.run({ again: true })).complete).to.equal(true);
  });

  it("GR6: calls off what was signed and not granted: a node that kept the signature grants nothing afterwards", async () => {
    const made = await world();
    let kept: Call | undefined;
    const submit: GrantingChain["submit"] = async (call) => {
      kept = call;
      throw new Killed();
    };
    expect(await made.run({}, { submit }).catch((error: unknown) => error)).to.be.instanceOf(Killed);
    const [only] = await listImports(join(made.folder, "imports"));
    expect((await made.undo(only!.id)).complete).to.equal(true);
    const thief = made.suite.actor("thief").wallet;
    await refusal(thief.sendTransaction({ to: kept!.address, data: kept!.data }));
    expect(await made.suite.awards.batchCount()).to.equal(0n);
  });

  it("GR8: signs nothing and fixes nothing in a rehearsal", async () => {
    const made = await world();
    const calls: Call[] = [];
    const submit: GrantingChain["submit"] = async (call) => {
      calls.push(call);
      return { kind: "simulated", gas: 1n };
    };
    const timed = await made.suite.publishType({ validity: 86_400n, points: 10n });
    for (const way of ["token", "campaign"] as const) {
      await made.run({ way, typeId: timed, batch: 4n }, { submit, rehearsal: true });
    }
    expect(calls.map(({ method }) => method)).to.deep.equal(["grant", "open"]);
    await networkHelpers.time.increase(3 * 86_400);
    const { campaign } = await made.run({ way: "campaign", typeId: timed, points: false });
    expect(campaign!.expires).to.be.greaterThan(await made.suite.now());
    const clerk = await clerkOf(made, "clerk");
    expect((await made.run({ typeId: timed }, { ...clerk })).batches).to.have.length(2);
    await clerk.close();
  });
});
