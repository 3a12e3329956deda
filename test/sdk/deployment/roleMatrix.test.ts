import { expect } from "chai";
import { Interface } from "ethers";
import { network } from "hardhat";

import { abiOf } from "../../../sdk/chain/governance/abi.js";
import { haltable } from "../../../sdk/chain/governance/authority.js";
import { restrictions } from "../../../sdk/chain/governance/roles.js";
import { deploySuite, type TestSuite } from "../../../sdk/testing/index.js";

const { provider, networkHelpers } = await network.create();
const unauthorized = new Interface(["error AccessManagedUnauthorized(address)"]).getError("AccessManagedUnauthorized");

async function running(): Promise<TestSuite> {
  return deploySuite(provider);
}

async function halted(): Promise<TestSuite> {
  const deployed = await deploySuite(provider);
  for (const name of haltable) {
    const data = abiOf(name).encodeFunctionData("halt");
    await (await deployed.guardian.sendTransaction({ to: deployed.suite.address(name), data })).wait();
  }
  return deployed;
}

/** Whether the manager lets the account through; what the function then says of zeros as arguments is another matter. */
async function isLetThrough(from: string, to: string, selector: string): Promise<boolean> {
  const data = selector + "00".repeat(32 * 24);
  try {
    await provider.request({ method: "eth_call", params: [{ from, to, data }, "latest"] });
    return true;
  } catch (error) {
    const reason = (error as { data?: unknown }).data;
    return typeof reason !== "string" || !reason.startsWith(unauthorized?.selector ?? "-");
  }
}

describe("each restricted function lets its role through and nobody else", () => {
  for (const [state, fixture] of [
    ["running", running],
    ["halted", halted],
  ] as const) {
    for (const { contract, method, role } of restrictions) {
      it(`D9: ${contract}.${method} is ${role}'s while ${state}`, async () => {
        const { suite, governor, guardian, registrar, deployer, accounts } = await networkHelpers.loadFixture(fixture);
        const name = contract as Parameters<typeof abiOf>[0];
        const selector = abiOf(name).getFunction(method)?.selector ?? "0x";
        const callers = {
          GOVERNOR: governor,
          GUARDIAN: guardian,
          REGISTRAR: registrar,
          deployer,
          stranger: accounts[9],
        };
        const through: string[] = [];
        for (const [who, account] of Object.entries(callers)) {
          if (await isLetThrough(account?.address ?? "", suite.address(name), selector)) through.push(who);
        }
        expect(through).to.deep.equal([role]);
      });
    }
  }
});
