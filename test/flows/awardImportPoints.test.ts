import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { capabilities } from "../../sdk/chain/capabilities.js";
import type { Call } from "../../sdk/chain/governance/call.js";
import type { AwardImport } from "../../sdk/rewards/granting/import.js";
import type { GrantingChain } from "../../sdk/rewards/granting/work.js";
import { listImports } from "../../sdk/rewards/imports/run.js";
import { dyingSubmit, honoured, importWorld, Killed } from "../support/awardImports.js";
import { deployAwards } from "../support/awards.js";
import { testContract } from "../support/compile.js";
import { temporaryFolders } from "../support/folders.js";
import { refusal } from "../support/refusal.js";

const { provider, networkHelpers } = await network.create();
const deployed = async () => deployAwards(provider);
const all = (tokens: bigint, points: bigint) => honoured.map(() => [tokens, points]);
const whole = { batch: 4n } satisfies Partial<AwardImport>;

/** The same call for the contract, and not for who looks for it: a word more before the accounts, and no mark. */
function inOtherWords(data: string): string {
  const [selector, typeId, rest] = [data.slice(0, 10), data.slice(10, 74), data.slice(138, -64)];
  const word = (value: number) => value.toString(16).padStart(64, "0");
  return `${selector}${typeId}${word(0x60)}${word(0)}${rest}`;
}

describe("two imports of the same people and type, with points", () => {
  const folder = temporaryFolders();

  /** Another file of the same people beside the usual one. */
  async function world() {
    const suite = await networkHelpers.loadFixture(deployed);
    const made = await importWorld(provider, suite, folder());
    const other = join(made.folder, "other.csv");
    writeFileSync(other, `staff_number,citation\n${honoured.map((label) => `${label},again`).join("\n")}\n`);
    const open = async () => (await listImports(join(made.folder, "imports"))).find(({ state }) => state === "open")!;
    return { ...made, suite, second: { ...whole, file: other }, open };
  }

  /** A run that dies at its call for points. */
  async function die({ chain, run }: Awaited<ReturnType<typeof world>>, moment: "before" | "after", by = "dead") {
    const dead = await chain({}, by);
    const cut = run(whole, { submit: dyingSubmit(dead, 1, moment), source: dead.source });
    expect(await cut.catch((error: unknown) => error)).to.be.instanceOf(Killed);
    await dead.close();
  }

  /** A contract that acts for the department, as a multisig does. */
  async function multisig({ suite }: Awaited<ReturnType<typeof world>>) {
    const puppet = await (await testContract("Puppet", suite.deployed.deployer)).deploy();
    const address = await puppet.getAddress();
    await suite.as("department", "Members").nameDelegate(address, capabilities.AWARDER, 2n ** 40n - 1n);
    const { member } = suite.actor("department");
    const accept = suite.suite.contract("Members").interface.encodeFunctionData("acceptDelegation", [member]);
    await puppet.getFunction("act")(suite.suite.address("Members"), accept);
    return puppet;
  }

  /** What a run of an account that cannot sign proposes. */
  async function proposed({ run }: Awaited<ReturnType<typeof world>>, changes: Partial<AwardImport>): Promise<Call[]> {
    const calls: Call[] = [];
    const submit: GrantingChain["submit"] = async (call) => {
      calls.push(call);
      return { kind: "proposed", file: "proposal.json" };
    };
    await run(changes, { signer: undefined, submit });
    return calls;
  }

  it("GR4: gives the points of both where the first one died before it gave any", async () => {
    const made = await world();
    await die(made, "before");
    await made.run(made.second);
    expect(await made.holdings()).to.deep.equal(all(2n, 10n));
    expect((await made.run(whole)).complete).to.equal(true);
    expect(await made.holdings()).to.deep.equal(all(2n, 20n));
  });

  it("GR3: knows its own points among another's where every journal was lost, and gives none twice", async () => {
    const made = await world();
    await die(made, "after");
    await made.run(made.second);
    rmSync(join(made.folder, "imports"), { recursive: true });
    expect((await made.run(whole)).steps).to.deep.equal([]);
    expect((await made.run(made.second)).steps).to.deep.equal([]);
    expect(await made.holdings()).to.deep.equal(all(2n, 20n));
  });

  it("GR6: leaves the other's points alone when the interrupted one is undone", async () => {
    const made = await world();
    await die(made, "before");
    await made.run(made.second);
    expect((await made.undo((await made.open()).id)).complete).to.equal(true);
    expect((await made.holdings()).map(([, points]) => points)).to.deep.equal([10n, 10n, 10n, 10n]);
  });

  it("GR6: takes back the points of both where a multisig gave them in one transaction", async () => {
    const made = await world();
    const puppet = await multisig(made);
    const execute = (calls: readonly Call[]) =>
      puppet.getFunction("actMany")(
        calls[0]!.address,
        calls.map(({ data }) => data),
      );
    const both = async () => [...(await proposed(made, made.second)), ...(await proposed(made, whole))];
    await execute(await both()); // tokens
    await execute(await both()); // points
    const ids = [(await made.run(made.second)).id, (await made.run(whole)).id];
    expect(await made.holdings()).to.deep.equal(all(2n, 20n));
    for (const [done, id] of ids.entries()) {
      expect((await made.undo(id)).complete).to.equal(true);
      const left = (await made.holdings()).map(([, points]) => points);
      expect(left).to.deep.equal(honoured.map(() => (done === 0 ? 10n : 0n)));
    }
  });

  it("takes what it proposed for its own, and else refuses, where a transaction does not show what it called", async () => {
    const made = await world();
    const puppet = await multisig(made);
    for (const call of await proposed(made, whole)) await puppet.getFunction("act")(call.address, call.data);
    const [points] = await proposed(made, whole);
    await die({ ...made, run: (changes, chain) => made.run({ ...changes, ...made.second }, chain) }, "before");
    await puppet.getFunction("act")(points!.address, inOtherWords(points!.data));
    expect((await made.run(whole)).complete).to.equal(true);
    await refusal(made.run(made.second), "does not show by which import");
    expect((await made.run({ ...made.second, points: false })).complete).to.equal(true);
    expect(await made.holdings()).to.deep.equal(all(2n, 10n));
  });
});
