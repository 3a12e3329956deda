import { expect } from "chai";
import { type Contract, ZeroHash } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import type { IMembers } from "../../typechain-types/contracts/authority/interfaces/IMembers.js";
import { actors } from "./actors.js";
import { deployAuthority } from "./authority.js";
import { testContract } from "./compile.js";
import { MembersModel } from "./membersModel.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;

// Members against its model: the walk that the quick and the slow test take.

const CROWD = 5;
const ASKED = [0n, 1n, 2n, 3n, 4n];

/** One act: what is called, by whom (a number of the crowd, or a role), with what. */
interface Act {
  readonly name: string;
  readonly by: number;
  readonly account: number;
  readonly member: number;
  readonly bits: bigint;
  readonly from: bigint;
  readonly length: bigint;
}

async function deployed() {
  const { members, signers } = await deployAuthority(ethers);
  const probe = (await (await testContract("AuthorityProbe", signers.admin)).deploy()) as Contract;
  const crowd = (await ethers.getSigners()).slice(10, 10 + CROWD).map((signer) => signer.address);
  const send = actors(ethers);
  const target = await members.getAddress();
  /** Each person's answers: the member it may act for, and whose duties it may deliver, question by question. */
  const standing = async () => {
    const [able, bound] = (await probe.getFunction("standing")(target, crowd, ASKED)) as [bigint[], bigint[]];
    return { able: able.map(Number), bound: bound.map(Number) };
  };
  const records = async () => {
    const [infos, administrators, own] = (await probe.getFunction("records")(target, crowd)) as [
      IMembers.MemberStructOutput[],
      string[],
      IMembers.AccountStructOutput[],
    ];
    return { infos, administrators, own };
  };
  return { members, signers, crowd, send, standing, records };
}
type Real = Awaited<ReturnType<typeof deployed>>;
type Answers = Awaited<ReturnType<Real["standing"]>>;

/** Sends the act and tells the model; they have to agree whether it passes. */
async function perform({ members, signers, crowd, send }: Real, model: MembersModel, act: Act): Promise<void> {
  const { by, account, member, bits } = act;
  const person = crowd[by]!;
  const other = crowd[account]!;
  const [from, until] = [model.now + act.from, model.now + act.from + act.length];
  model.now += 1n;
  await time.setNextBlockTimestamp(model.now);
  const [governor, registrar, guardian] = [signers.governor, signers.registrar, signers.guardian].map((s) => s.address);
  const call = (who: string | undefined, ...args: unknown[]) => send(who!, members, act.name, args);
  const agree = async (expected: boolean, passed: Promise<boolean>) => {
    expect(await passed, `${act.name} passes`).to.equal(expected);
    if (BigInt(await time.latest()) < model.now) await time.increaseTo(model.now);
  };
  switch (act.name) {
    case "enrol":
      return agree(model.enrol(account, bits, from, until), call(registrar, "M", other, bits, from, until));
    case "suspend":
      return agree(model.setSuspended(member, true), call(registrar, member, ZeroHash));
    case "reinstate":
      return agree(model.setSuspended(member, false), call(governor, member));
    case "setCapabilities":
      return agree(model.setCapabilities(member, bits), call(governor, member, bits));
    case "setValidity":
      return agree(model.setValidity(member, from, until), call(governor, member, from, until));
    case "replaceAdministrator":
      return agree(model.replaceAdministrator(member, account), call(governor, member, other));
    case "halt":
    case "resume": {
      const changes = model.halted !== (act.name === "halt");
      model.halted = act.name === "halt";
      return agree(changes, call(act.name === "halt" ? guardian : governor));
    }
    case "proposeAdministrator":
      return agree(model.proposeAdministrator(by, account), call(person, other));
    case "acceptAdministration":
      return agree(model.acceptAdministration(by, member), call(person, member));
    case "nameDelegate":
      return agree(model.nameDelegate(by, account, bits, until), call(person, other, bits, until));
    case "acceptDelegation":
      return agree(model.acceptDelegation(by, member), call(person, member));
    case "removeDelegate":
      return agree(model.removeDelegate(by, account), call(person, other));
    case "resign":
      return agree(model.resign(by), call(person));
    default:
      throw new Error(`no act ${act.name}`);
  }
}

/** What holds whatever happened, asked of the contract alone. */
async function invariants(real: Real, answers: Answers, epochs: readonly bigint[]): Promise<bigint[]> {
  const { crowd } = real;
  const { able, bound } = answers;
  const { infos, administrators, own } = await real.records();
  const accepted = administrators.filter((account) => account !== ethers.ZeroAddress);
  expect(new Set(accepted).size, "A1: members share an administrator").to.equal(accepted.length);
  const now = BigInt(await time.latest());
  for (let person = 0; person < CROWD; person++) {
    const account = own[person]!;
    const info = infos[Number(account.member) - 1];
    ASKED.forEach((capability, i) => {
      const may = able[person * ASKED.length + i]!;
      const owes = bound[person * ASKED.length + i]!;
      if (may !== 0) {
        expect(may, "A1: acts for another member than its own").to.equal(Number(account.member));
        expect(may, "A5: a right without the duty").to.equal(owes);
        const effective = account.capabilities & info!.capabilities;
        expect(capability & ~effective, "A3: more than the intersection").to.equal(0n);
        expect(info!.status, "A5: a suspended member acts").to.equal(1n);
        expect(now >= info!.validFrom && now < info!.validUntil, "A3: acts outside the window").to.equal(true);
      }
      if (owes !== 0) expect(account.adminEpoch, "A4: an earlier epoch counts").to.equal(info!.adminEpoch);
    });
    if (account.isAdministrator) expect(administrators[Number(account.member) - 1]).to.equal(crowd[person]);
  }
  infos.forEach((info, i) => expect(info.adminEpoch >= (epochs[i] ?? 0n), "A4: an epoch fell").to.equal(true));
  return infos.map((info) => info.adminEpoch);
}

const names = {
  enrol: 2,
  suspend: 2,
  reinstate: 2,
  setCapabilities: 2,
  setValidity: 1,
  replaceAdministrator: 2,
  halt: 1,
  resume: 3,
  proposeAdministrator: 3,
  acceptAdministration: 8,
  nameDelegate: 6,
  acceptDelegation: 8,
  removeDelegate: 2,
  resign: 1,
};
const acts: fc.Arbitrary<Act> = fc.record({
  name: fc.oneof(...Object.entries(names).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) }))),
  by: fc.nat(CROWD - 1),
  account: fc.nat(CROWD - 1),
  member: fc.integer({ min: 1, max: 3 }),
  bits: fc.bigInt(0n, 7n),
  from: fc.bigInt(-10n, 10n),
  length: fc.oneof(fc.bigInt(-1n, 30n), fc.constant(10_000n)),
});

class Step implements fc.AsyncCommand<{ model: MembersModel; epochs: bigint[] }, Real> {
  readonly #act: Act;
  constructor(act: Act) {
    this.#act = act;
  }
  check(): boolean {
    return true;
  }
  async run(state: { model: MembersModel; epochs: bigint[] }, real: Real): Promise<void> {
    await perform(real, state.model, this.#act);
    const { able, bound } = await real.standing();
    const questions = Array.from({ length: CROWD }, (_, person) => ASKED.map((asked) => ({ person, asked }))).flat();
    expect(able, "may act").to.deep.equal(questions.map(({ person, asked }) => state.model.able(person, asked)));
    expect(bound, "may deliver").to.deep.equal(questions.map(({ person, asked }) => state.model.bound(person, asked)));
    state.epochs = await invariants(real, { able, bound }, state.epochs);
  }
  toString(): string {
    return JSON.stringify(this.#act, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  }
}

/**
 * Random acts of a crowd, of governance and of time; after each act every answer of the contract is compared with the
 * model's and the invariants are asked of the contract alone.
 */
export async function walkMembers(runs: number, maxCommands: number): Promise<void> {
  const real = await networkHelpers.loadFixture(deployed);
  const snapshot = await networkHelpers.takeSnapshot();
  await fc.assert(
    fc.asyncProperty(fc.commands([acts.map((act) => new Step(act))], { maxCommands, size: "max" }), async (steps) => {
      await snapshot.restore();
      const model = new MembersModel(BigInt(await time.latest()));
      for (const account of [0, 1]) {
        // Two members to begin with, so that short walks are interesting.
        const act = { name: "enrol", by: 0, account, member: 0, bits: 7n, from: -10n, length: 10_000n };
        await perform(real, model, act);
        await perform(real, model, { ...act, name: "acceptAdministration", by: account, member: account + 1 });
      }
      await fc.asyncModelRun(() => ({ model: { model, epochs: [] }, real }), steps);
    }),
    { numRuns: runs, seed: 1 },
  );
}
