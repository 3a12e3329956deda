import { expect } from "chai";
import { type BaseContract, id, ZeroHash } from "ethers";
import { network } from "hardhat";

import { deployRecovery } from "../../support/recovery.js";

const { ethers, networkHelpers } = await network.create();

/**
 * Every function of the module that changes state, with who may call it and whether a halt stops it. `governor`,
 * `registrar` and `guardian` are roles; `anyone` means that the contract's own rules decide, not the manager.
 */
const matrix = {
  Members: {
    enrol: ["registrar", "always"],
    suspend: ["registrar", "always"],
    setCapabilities: ["governor", "always"],
    setValidity: ["governor", "always"],
    reinstate: ["governor", "always"],
    replaceAdministrator: ["governor", "always"],
    halt: ["guardian", "always"],
    resume: ["governor", "always"],
    setAuthority: ["manager", "always"],
    proposeAdministrator: ["anyone", "running"],
    acceptAdministration: ["anyone", "running"],
    nameDelegate: ["anyone", "running"],
    acceptDelegation: ["anyone", "running"],
    removeDelegate: ["anyone", "always"],
    resign: ["anyone", "always"],
  },
  Subjects: {
    halt: ["guardian", "always"],
    resume: ["governor", "always"],
    setAuthority: ["manager", "always"],
    enrol: ["anyone", "running"],
    enrolHeld: ["anyone", "running"],
    claim: ["anyone", "running"],
    proposeRecovery: ["anyone", "running"],
    secondRecovery: ["anyone", "running"],
    withdrawRecovery: ["anyone", "always"],
    vetoRecovery: ["anyone", "always"],
    decideRecovery: ["anyone", "always"],
    completeRecovery: ["anyone", "always"],
    closeRecovery: ["anyone", "always"],
  },
  OpenClock: {
    declareOutage: ["guardian", "always"],
    endOutage: ["guardian", "always"],
    setAuthority: ["manager", "always"],
  },
  Directory: { set: ["governor", "always"], setAuthority: ["manager", "always"] },
} as const satisfies Record<string, Record<string, readonly [caller: string, halted: "always" | "running"]>>;

async function deployed() {
  const all = await deployRecovery(ethers);
  const contracts: Record<keyof typeof matrix, BaseContract> = {
    Members: all.members,
    Subjects: all.subjects,
    OpenClock: all.clock,
    Directory: all.directory,
  };
  const person = await all.account("delegate");
  // Arguments with which each restricted function succeeds for whoever may call it.
  const good: Record<string, readonly unknown[]> = {
    enrol: ["New", person.address, 0, 0, 1],
    suspend: [1, ZeroHash],
    setCapabilities: [1, 1],
    setValidity: [1, 0, 1],
    reinstate: [2],
    replaceAdministrator: [1, person.address],
    declareOutage: [10, ZeroHash],
    set: ["Clock", await all.clock.getAddress()],
    halt: [],
    resume: [],
    endOutage: [],
  };
  await all.members.connect(all.signers.registrar).suspend(2, ZeroHash);
  await all.clock.connect(all.signers.guardian).declareOutage(1000, ZeroHash);
  return { ...all, contracts, good };
}
async function halted() {
  const all = await deployed();
  await all.members.connect(all.signers.guardian).halt();
  await all.subjects.connect(all.signers.guardian).halt();
  return all;
}

type Row = readonly [contract: keyof typeof matrix, name: string, caller: string, halt: string];
const rows: readonly Row[] = Object.entries(matrix).flatMap(([contract, functions]) =>
  Object.entries(functions).map(
    ([name, [caller, halt]]) => [contract as keyof typeof matrix, name, caller, halt] as const,
  ),
);

describe("authority, role by role and halted or not", () => {
  it("knows every function that changes state", async () => {
    const { contracts } = await networkHelpers.loadFixture(deployed);
    for (const [name, contract] of Object.entries(contracts)) {
      const writing: string[] = [];
      contract.interface.forEachFunction((found) => {
        if (!found.constant) writing.push(found.name);
      });
      expect(writing.sort(), name).to.deep.equal(Object.keys(matrix[name as keyof typeof matrix]).sort());
    }
  });

  for (const state of ["running", "halted"] as const) {
    for (const [contract, name, caller, halt] of rows) {
      if (caller === "anyone") {
        const verdict = state === "halted" && halt === "running" ? "is stopped" : "goes by the contract's own rules";
        it(`${contract}.${name} ${verdict} while ${state}`, async () => {
          const { contracts, signers } = await networkHelpers.loadFixture(state === "halted" ? halted : deployed);
          const target = contracts[contract].connect(signers.outsider) as BaseContract;
          const answer = target.getFunction(name).staticCall(...emptyArguments(target, name));
          await expect(answer).to.be.revert(ethers);
          const reason: unknown = await answer.catch((error: unknown) => error);
          expect(String(reason).includes("HaltableHalted")).to.equal(verdict === "is stopped");
          expect(String(reason)).not.to.include("AccessManagedUnauthorized");
        });
        continue;
      }
      it(`${contract}.${name} is the ${caller}'s alone while ${state}`, async () => {
        const { contracts, signers, good } = await networkHelpers.loadFixture(state === "halted" ? halted : deployed);
        for (const [role, signer] of Object.entries(signers)) {
          const target = contracts[contract].connect(signer) as BaseContract;
          const answer = target.getFunction(name).staticCall(...(good[name] ?? emptyArguments(target, name)));
          const unchanged = (name === "halt" && state === "halted") || (name === "resume" && state === "running");
          if (role !== caller) {
            await expect(answer).to.be.revertedWithCustomError(target, "AccessManagedUnauthorized");
          } else if (unchanged) {
            await expect(answer).to.be.revertedWithCustomError(target, "HaltableUnchanged");
          } else {
            await answer;
          }
        }
      });
    }
  }
});

/** Arguments of the right types that mean nothing. */
function emptyArguments(contract: BaseContract, name: string): unknown[] {
  const inputs = contract.interface.getFunction(name)?.inputs ?? [];
  return inputs.map(({ type }) => {
    if (type === "address") return "0x00000000000000000000000000000000000000ff";
    if (type === "bool") return false;
    if (type === "bytes32") return id("nothing");
    if (type === "bytes") return "0x";
    if (type === "string") return "";
    return 7n;
  });
}
