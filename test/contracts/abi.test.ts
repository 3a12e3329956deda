import { expect } from "chai";
import { EventFragment, FunctionFragment, getBytes, id, Interface } from "ethers";
import hre from "hardhat";

import { restrictions } from "../../sdk/chain/governance/roles.js";
import { AccessManager__factory } from "../../typechain-types/index.js";

/** EIP-170, in bytes. */
const CODE_LIMIT = 24_576;
/** EIP-3860, in bytes. */
const INITCODE_LIMIT = 49_152;

/** Of ERC-721 and of ERC-1155, which name its first field differently; no contract here ever emits it. */
const namedByStandards = "ApprovalForAll";

interface Artifact {
  readonly name: string;
  readonly abi: Interface;
  readonly code: string;
  readonly initcode: string;
}

/** Everything under contracts/, and the AccessManager, that knows roles by selector. */
async function artifacts(): Promise<readonly Artifact[]> {
  const names = [...(await hre.artifacts.getAllFullyQualifiedNames())].filter((name) => name.startsWith("contracts/"));
  expect(names.length).to.be.greaterThan(20);
  const own = await Promise.all(
    names.map(async (name) => {
      const { abi, deployedBytecode, bytecode } = await hre.artifacts.readArtifact(name);
      return { name, abi: new Interface(abi), code: deployedBytecode, initcode: bytecode };
    }),
  );
  const manager = { name: "AccessManager", abi: new Interface(AccessManager__factory.abi), code: "0x", initcode: "0x" };
  return [...own, manager];
}

/** Selectors or topics that stand for more than one thing. */
function clashes(entries: Iterable<readonly [key: string, meaning: string, where: string]>): string[] {
  const seen = new Map<string, readonly [string, string]>();
  const found: string[] = [];
  for (const [key, meaning, where] of entries) {
    const other = seen.get(key);
    if (other === undefined) seen.set(key, [meaning, where]);
    else if (other[0] !== meaning) found.push(`${key}: ${other.join(" in ")}, ${meaning} in ${where}`);
  }
  return found;
}

/** The declaration with names and `indexed`: what decoding depends on. */
function declared(fragment: { format(type: "full"): string }): string {
  return fragment.format("full");
}

describe("The interfaces of all contracts together", () => {
  it("use each error selector for one error, arguments and their names included", async () => {
    const entries = (await artifacts()).flatMap(({ name, abi }) => {
      const found: (readonly [string, string, string])[] = [];
      abi.forEachError((error) => void found.push([error.selector, declared(error), name]));
      return found;
    });
    expect(entries.length).to.be.greaterThan(80);
    expect(clashes(entries)).to.deep.equal([]);
  });

  it("use each event topic for one event, indexed fields and names included", async () => {
    const entries = (await artifacts()).flatMap(({ name, abi }) => {
      const found: (readonly [string, string, string])[] = [];
      abi.forEachEvent((event) => {
        if (event.name !== namedByStandards) found.push([event.topicHash, declared(event), name]);
      });
      return found;
    });
    expect(entries.length).to.be.greaterThan(40);
    expect(clashes(entries)).to.deep.equal([]);
  });

  it("name each error and each event once, so that a name is enough to look it up", async () => {
    const entries = (await artifacts()).flatMap(({ name, abi }) => {
      const found: (readonly [string, string, string])[] = [];
      abi.forEachError((error) => void found.push([error.name, error.format("sighash"), name]));
      abi.forEachEvent((event) => void found.push([event.name, event.format("sighash"), name]));
      return found;
    });
    expect(clashes(entries)).to.deep.equal([]);
  });

  it("use each function selector for one signature, the AccessManager's included", async () => {
    const entries = (await artifacts()).flatMap(({ name, abi }) => {
      const found: (readonly [string, string, string])[] = [];
      abi.forEachFunction((each) => void found.push([each.selector, each.format("sighash"), name]));
      return found;
    });
    expect(entries.length).to.be.greaterThan(100);
    expect(clashes(entries)).to.deep.equal([]);
  });

  it("restrict functions by a name that means one function of its contract, which writes", async () => {
    const all = await artifacts();
    expect(restrictions.length).to.be.greaterThan(10);
    for (const { contract, method } of restrictions) {
      const { abi } = all.find(({ name }) => name.endsWith(`/${contract}.sol:${contract}`))!;
      const meant = abi.fragments.filter(
        (fragment): fragment is FunctionFragment => FunctionFragment.isFragment(fragment) && fragment.name === method,
      );
      expect(meant.length, `${contract}.${method}`).to.equal(1);
      expect(meant[0]!.constant, `${contract}.${method}`).to.equal(false);
    }
  });

  it("fit into the code limits of every engine", async () => {
    for (const { name, code, initcode } of await artifacts()) {
      expect(getBytes(code).length, name).to.be.at.most(CODE_LIMIT);
      expect(getBytes(initcode).length, name).to.be.at.most(INITCODE_LIMIT);
    }
  });

  it("is a check that can fail", () => {
    // Two functions that really share 0x42966c68.
    const pair = ["burn(uint256)", "collate_propagate_storage(bytes16)"].map((text) => id(text).slice(0, 10));
    expect(pair[0]).to.equal(pair[1]);
    expect(clashes(pair.map((selector, i) => [selector, String(i), "A"] as const))).to.have.length(1);
    const [one, two] = ["event E(uint256 indexed a, uint256 b)", "event E(uint256 a, uint256 indexed b)"].map((text) =>
      EventFragment.from(text),
    );
    expect(clashes([one!, two!].map((event) => [event.topicHash, declared(event), "A"] as const))).to.have.length(1);
  });
});
