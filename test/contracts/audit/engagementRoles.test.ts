import { expect } from "chai";
import { type BaseContract, id } from "ethers";
import { network } from "hardhat";

import { Engagements__factory } from "../../../typechain-types/index.js";
import { type AuditSuite, day, deployAudit } from "../../support/audit.js";

const { provider, networkHelpers } = await network.create();
type World = Awaited<ReturnType<typeof prepared>>;

async function prepared() {
  const suite = await deployAudit(provider);
  const engagement = await suite.openEngagement({ team: [suite.actor("officeAuditor").address] });
  return { ...suite, engagement, from: await suite.now() };
}

interface Row {
  readonly args: (world: World) => readonly unknown[];
  readonly who: readonly string[];
  readonly halts: boolean;
}

/** Every function of Engagements that writes: who may, and whether a halt stops it. */
const table: Readonly<Record<string, Row>> = {
  open: {
    args: ({ actor, from }) => [
      id("another"),
      actor("agency").member,
      id("scope"),
      from,
      from + BigInt(day),
      [],
      [actor("firmAuditor").address],
    ],
    who: ["office", "otherOffice"],
    halts: true,
  },
  staff: {
    args: ({ engagement, actor }) => [engagement, [actor("firmAuditor").address]],
    who: ["office"],
    halts: true,
  },
  release: {
    args: ({ engagement, actor }) => [engagement, [actor("officeAuditor").address]],
    who: ["office"],
    halts: false,
  },
  close: { args: ({ engagement }) => [engagement], who: ["office"], halts: false },
  halt: { args: () => [], who: ["guardian"], halts: true },
  resume: { args: () => [], who: ["governor"], halts: false },
};

function callers({ actor, deployed }: AuditSuite) {
  const labels = ["office", "otherOffice", "officeAuditor", "firm", "agency", "mirrorOne", "outsider"] as const;
  return {
    ...Object.fromEntries(labels.map((label) => [label, actor(label).address])),
    governor: deployed.governor.address,
    guardian: deployed.guardian.address,
    registrar: deployed.registrar.address,
    deployer: deployed.deployer.address,
  };
}

describe("Engagements: role x halted x function", () => {
  it("the table names every function that writes", async () => {
    const { suite } = await networkHelpers.loadFixture(prepared);
    const engagements = engagementsOf(suite);
    const names: string[] = [];
    engagements.interface.forEachFunction((each) => void (each.constant || names.push(each.name)));
    expect(names.filter((name) => name !== "setAuthority").sort()).to.deep.equal(Object.keys(table).sort());
  });

  for (const [name, { args, who, halts }] of Object.entries(table)) {
    it(`E4: ${name}: ${who.join(", ")}${halts ? ", not while halted" : ""}`, async () => {
      for (const halted of [false, true]) {
        const world = await networkHelpers.loadFixture(prepared);
        const engagements = engagementsOf(world.suite);
        const data = engagements.interface.encodeFunctionData(name, [...args(world)]);
        const to = await engagements.getAddress();
        if (halted) await world.deployed.guardian.sendTransaction({ to, data: haltData(engagements) });
        const through: string[] = [];
        for (const [label, from] of Object.entries(callers(world))) {
          const passed = await provider.request({ method: "eth_call", params: [{ from, to, data }, "latest"] }).then(
            () => true,
            () => false,
          );
          if (passed) through.push(label);
        }
        const expected = (halted && halts) || (name === "resume" && !halted) ? [] : who;
        expect(through, `halted: ${halted}`).to.deep.equal(expected);
      }
    });
  }

  it("E4: the team acts on while the contract is halted", async () => {
    const { suite, deployed, engagement, actor } = await networkHelpers.loadFixture(prepared);
    const engagements = engagementsOf(suite);
    await deployed.guardian.sendTransaction({ to: await engagements.getAddress(), data: haltData(engagements) });
    const { address } = actor("officeAuditor");
    await suite.contract("Engagements").requireAuditor(engagement, address);
  });
});

/** The contract with the functions that its interface leaves out. */
function engagementsOf(suite: AuditSuite["suite"]): BaseContract {
  return Engagements__factory.connect(suite.address("Engagements"), suite.runner);
}

function haltData(contract: BaseContract): string {
  return contract.interface.encodeFunctionData("halt");
}
