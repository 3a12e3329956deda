import { expect } from "chai";
import { Interface } from "ethers";

import { suiteContracts } from "../../../sdk/chain/deployment/contracts.js";
import { handOver } from "../../../sdk/chain/deployment/handover.js";
import type { Plan } from "../../../sdk/chain/deployment/plan.js";
import { memoryStore } from "../../../sdk/chain/deployment/state.js";
import { nonceOf } from "../../../sdk/chain/deployment/transact.js";
import { readAccess } from "../../../sdk/chain/governance/access.js";
import { grantsOf } from "../../../sdk/chain/governance/config.js";
import { differences } from "../../../sdk/chain/governance/matrix.js";
import { roles } from "../../../sdk/chain/capabilities.js";
import { restrictions } from "../../../sdk/chain/governance/roles.js";
import type { SteleError } from "../../../sdk/common/errors.js";
import { changed, freshChain, run } from "./support.js";

async function access(plan: Plan) {
  const source = { provider: plan.provider, fromBlock: plan.deployment.state.block, range: 7 };
  return readAccess(plan.address("AccessManager"), source);
}

function contractsOf(plan: Plan) {
  return suiteContracts.map(({ name, source }) => ({ name, address: plan.address(name), abi: source.abi }));
}

describe("hand-over to governance", () => {
  it("D9: leaves the deployer without any role, shown by events and reads", async () => {
    const { executor, accounts } = await freshChain();
    const plan = await run(executor, accounts);
    const { holdings } = await access(plan);
    expect(holdings.map(({ account }) => account)).not.to.include(executor.account);
    for (const role of Object.values(roles)) {
      expect((await plan.manager.hasRole(role, executor.account)).isMember).to.equal(false);
    }
    const managerAbi = new Interface(suiteContracts[0]?.source.abi ?? []);
    const topics = [managerAbi.getEvent("RoleRevoked")?.topicHash ?? ""];
    const revoked = await plan.provider.getLogs({ address: plan.address("AccessManager"), topics, fromBlock: 0 });
    const last = managerAbi.parseLog(revoked.at(-1) ?? { topics: [], data: "0x" });
    expect(last?.args["roleId"]).to.equal(roles.ADMIN);
    expect(last?.args["account"]).to.equal(executor.account);
  });

  it("D9: gives every role to its account with its delay and nothing else", async () => {
    const { executor, accounts } = await freshChain();
    const plan = await run(executor, accounts);
    const grants = grantsOf(plan.governance);
    expect(differences(await access(plan), contractsOf(plan), grants)).to.deep.equal([]);
    const { holdings } = await access(plan);
    expect(holdings.length).to.equal(grants.length);
  });

  it("D10: renounces nothing while the chain differs from the table, and says in what", async () => {
    const { executor, accounts } = await freshChain();
    const plan = await run(executor, accounts, { handOver: false });
    const members = suiteContracts.find(({ name }) => name === "Members");
    const selector = new Interface(members?.source.abi ?? []).getFunction("nameOf")?.selector ?? "0x";
    const meddle = async (method: string, values: unknown[], done: () => Promise<boolean>) => {
      const call = plan.managerCall(method, values, method);
      await plan.deployment.ensureCall({ label: method, to: call.address, data: call.data, done });
    };
    const stranger = accounts[7] ?? "";
    await meddle(
      "grantRole",
      [roles.GUARDIAN, stranger, 0],
      async () => (await plan.manager.hasRole(roles.GUARDIAN, stranger)).isMember,
    );
    await meddle(
      "setTargetFunctionRole",
      [plan.address("Members"), [selector], roles.GUARDIAN],
      async () => (await plan.manager.getTargetFunctionRole(plan.address("Members"), selector)) === roles.GUARDIAN,
    );
    await meddle("setTargetClosed", [plan.address("LogRegistry"), true], () =>
      plan.manager.isTargetClosed(plan.address("LogRegistry")),
    );
    const error = await handOver(plan).then(
      () => undefined,
      (thrown: unknown) => thrown as SteleError,
    );
    expect(error?.code).to.equal("refused");
    expect(error?.message).to.include(`${stranger} holds GUARDIAN and shall not`);
    expect(error?.message).to.include(`Members ${selector} belongs to GUARDIAN`);
    expect(error?.message).to.include("LogRegistry is closed");
    expect((await plan.manager.hasRole(roles.ADMIN, executor.account)).isMember).to.equal(true);
  });

  it("refuses to give a role to the deployer itself", async () => {
    const { executor, accounts } = await freshChain();
    const error = await run(executor, [
      accounts[0] ?? "",
      accounts[0] ?? "",
      accounts[2] ?? "",
      accounts[3] ?? "",
    ]).then(
      () => undefined,
      (thrown: unknown) => thrown as SteleError,
    );
    expect(error?.code).to.equal("usage");
    expect(error?.message).to.include("the deployer keeps no role");
  });

  it("D11: keeps for governance what the deployer may not do any more, and sends nothing", async () => {
    const { executor, accounts } = await freshChain();
    const store = memoryStore();
    await run(executor, accounts, { store });
    const contracts = changed("MeritPoints");
    const nonce = await nonceOf(executor);
    const plan = await run(executor, accounts, { store, contracts, successors: ["MeritPoints"] });
    expect(await nonceOf(executor)).to.equal(nonce + 1); // the creation of the successor, which needs no role
    expect(plan.unsent.map(({ call }) => call.label)).to.deep.equal([
      "name MeritPoints in the directory",
      "give MeritPoints to GUARDIAN",
      "give MeritPoints to GOVERNOR",
    ]);
  });

  it("names every restricted function of every contract in the table, and no other", async () => {
    const { executor, accounts } = await freshChain();
    const plan = await run(executor, accounts);
    const stranger = accounts[9] ?? "";
    const found: string[] = [];
    for (const { name, source } of suiteContracts) {
      if (name === "AccessManager") continue; // OpenZeppelin's own, for ADMIN
      const abi = new Interface(source.abi);
      for (const method of writing(abi)) {
        const selector = abi.getFunction(method)?.selector ?? "0x";
        const data = selector + "00".repeat(32 * 24); // zeros decode as any of the arguments
        if (await isRestricted(plan, plan.address(name), data, stranger)) found.push(`${name}.${method}`);
      }
    }
    const table = restrictions.map(({ contract, method }) => `${contract}.${method}`);
    expect(found.sort()).to.deep.equal([...table].sort());
  });
});

function writing(abi: Interface): string[] {
  const names: string[] = [];
  abi.forEachFunction(({ name, constant }) => void (constant || names.push(name)));
  return names.filter((name) => name !== "setAuthority");
}

const unauthorized = new Interface(["error AccessManagedUnauthorized(address caller)"]);

async function isRestricted(plan: Plan, to: string, data: string, from: string): Promise<boolean> {
  try {
    await plan.deployment.executor.request("eth_call", [{ from, to, data }, "latest"]);
    return false;
  } catch (error) {
    const reason = (error as { data?: unknown }).data;
    return (
      typeof reason === "string" &&
      reason.startsWith(unauthorized.getError("AccessManagedUnauthorized")?.selector ?? "-")
    );
  }
}
