import { expect } from "chai";
import { type BaseContract, id, ZeroHash } from "ethers";
import { network } from "hardhat";

import { fromHex, toHex } from "../../../sdk/common/bytes.js";
import { encodeLeaf } from "../../../sdk/rewards/campaign/leaf.js";
import { Awards__factory, Campaigns__factory, MeritPoints__factory } from "../../../typechain-types/index.js";
import { type AwardsSuite, deployAwards, reason, tokenIn } from "../../support/awards.js";
import { Category, day, defaultTerms } from "../../support/rewards.js";
import { referenceLeafHash, referenceNodeHash } from "../../support/virtualTree.js";

const { provider, networkHelpers } = await network.create();
const never = 2n ** 40n - 1n;
const factories = { Awards: Awards__factory, Campaigns: Campaigns__factory, MeritPoints: MeritPoints__factory };
type Name = keyof typeof factories;
type World = Awaited<ReturnType<typeof prepared>>;

/** Something for every function to succeed on. */
async function prepared() {
  const world = await deployAwards(provider);
  const awards = world.as("department", "Awards");
  for (let i = 0; i < 3; i++) await world.grant(["ada"]);
  await awards.revoke(tokenIn(2n), reason);
  await awards.revokeBatch(3n, reason);
  const campaigns = await campaignsOf(world);
  const points = world.as("department", "MeritPoints");
  await points.openScale(Category.Training, day);
  const accounts = [world.actor("ada").address];
  await points.grant(world.plainType, accounts, { gasLimit: 1_000_000n });
  const signed = await signedGrant(world);
  const terms = { ...defaultTerms, title: "Another" };
  const deadline = never;
  return { ...world, ...campaigns, accounts, signed, terms, deadline, pointsId: (1n << 8n) | Category.Training };
}

/** One with a leaf of ada's and one that is revoked, and a campaign that is revoked whole. */
async function campaignsOf(world: AwardsSuite) {
  const salt = fromHex(`0x${"5a".repeat(32)}`);
  const hash = referenceLeafHash(encodeLeaf({ subject: fromHex(world.subject("ada")), salt }));
  const sibling = referenceLeafHash(Uint8Array.of(1));
  const root = toHex(referenceNodeHash(hash, sibling));
  const contract = world.as("department", "Campaigns");
  const shared = { size: 2n, typeId: world.plainType, issuer: world.actor("department").member, expires: never };
  const [open, closed] = [root, id("another root")].map((one) => ({ ...shared, root: one }));
  for (const { root: one, size, expires, typeId } of [open!, closed!]) {
    await contract.open(one, size, expires, typeId);
  }
  await contract.revokeLeaf(open!, 1n, reason);
  await contract.revokeCampaign(closed!, reason);
  const leaf = {
    subject: world.subject("ada"),
    evidenceLog: ZeroHash,
    evidenceIndex: 0n,
    content: ZeroHash,
    salt: toHex(salt),
  };
  return { open: open!, closed: closed!, leaf, proof: [toHex(sibling)] };
}

async function signedGrant(world: AwardsSuite): Promise<unknown[]> {
  const { wallet } = world.actor("department");
  const grant = world.grantOf(["ada"]);
  const verifyingContract = world.suite.address("Awards");
  const domain = { name: "Stele Awards", version: "1", chainId: world.suite.manifest.chainId, verifyingContract };
  const names = ["typeId", "expires", "evidenceLog", "accounts", "evidence", "nonce", "deadline"];
  const types = ["uint32", "uint40", "bytes32", "address[]", "uint64[]", "uint256", "uint40"];
  const Grant = names.map((name, i) => ({ name, type: types[i]! }));
  const signature = await wallet.signTypedData(domain, { Grant }, { ...grant, nonce: 7n, deadline: never });
  return [grant, wallet.address, 7n, never, signature];
}

interface Row {
  readonly args: (world: World) => readonly unknown[];
  /** Who may; everybody else must be refused. */
  readonly who: readonly string[];
  readonly halts: boolean;
  /** What stops even those, because nothing here was prepared for it. */
  readonly until?: string;
}

const ISSUER = ["department", "clerk"];
const AWARDERS = [...ISSUER, "institute"];
const ALL = [...AWARDERS, "union", "arbiter", "ada", "stranger", "governor", "registrar", "guardian"];
const one = (args: Row["args"], who: readonly string[], halts = true): Row => ({ args, who, halts });
const brake: Readonly<Record<string, Row>> = {
  halt: one(() => [], ["guardian"]),
  resume: one(() => [], ["governor"], false),
};

/** Every function of the module that writes. */
const table: Readonly<Record<Name, Readonly<Record<string, Row>>>> = {
  Campaigns: {
    publish: one(({ terms }) => [terms], AWARDERS),
    retire: one(({ plainType }) => [plainType], ISSUER),
    open: one(({ plainType }) => [id("root"), 5n, never, plainType], ISSUER),
    revokeCampaign: one(({ open }) => [open, reason], ISSUER),
    reinstateCampaign: one(({ closed }) => [closed, reason], ISSUER),
    revokeLeaf: one(({ open }) => [open, 0n, reason], ISSUER),
    reinstateLeaf: one(({ open }) => [open, 1n, reason], ISSUER),
    ...brake,
  },
  Awards: {
    grant: one(({ grantOf }) => [grantOf(["ben"])], ISSUER),
    grantBySignature: one(({ signed }) => signed, ALL),
    useNonce: one(() => [1n], ALL, false),
    materialise: one(({ open, leaf, proof }) => [open, leaf, 0n, proof, never, "0x"], ["ada"]),
    revoke: one(() => [tokenIn(1n), reason], ISSUER),
    reinstate: one(() => [tokenIn(2n), reason], ISSUER),
    revokeBatch: one(() => [1n, reason], ISSUER),
    reinstateBatch: one(() => [3n, reason], ISSUER),
    adoptCorrection: { ...one(() => [tokenIn(1n)], ISSUER), until: "AwardsNotCorrected" },
    admit: one(({ accounts }) => [accounts], ALL, false),
    migrate: one(() => [[tokenIn(1n)]], ALL, false),
    ...brake,
  },
  MeritPoints: {
    openScale: one(() => [Category.Service, day], AWARDERS),
    grant: one(({ plainType, accounts }) => [plainType, accounts], ISSUER),
    adjust: one(({ accounts }) => [1n, accounts, [0n], 1n, reason], ISSUER),
    migrate: one(({ pointsId, accounts }) => [pointsId, accounts], ALL, false),
    ...brake,
  },
};

function callers({ actor, deployed }: World): ReadonlyMap<string, string> {
  const roles = ["governor", "registrar", "guardian"] as const;
  return new Map(
    ALL.map((label) => {
      const role = roles.find((name) => name === label);
      return [label, role === undefined ? actor(label as "ada").address : deployed[role].address];
    }),
  );
}

describe("rewards: role x halted x function (RC8, MP9)", () => {
  it("the table names every function that writes", () => {
    for (const name of Object.keys(factories) as Name[]) {
      const writing: string[] = [];
      factories[name].createInterface().forEachFunction((found) => {
        if (!found.constant) writing.push(found.name);
      });
      // setAuthority is the manager's alone: OpenZeppelin's own function.
      expect(writing.filter((found) => found !== "setAuthority").sort(), name).to.deep.equal(
        Object.keys(table[name]).sort(),
      );
    }
  });

  for (const [name, rows] of Object.entries(table) as [Name, (typeof table)[Name]][]) {
    for (const [method, row] of Object.entries(rows)) {
      it(`${name}.${method}: ${row.who === ALL ? "anyone" : row.who.join()}${row.halts ? ", not while halted" : ""}`, async () => {
        for (const halted of [false, true]) {
          const world = await networkHelpers.loadFixture(prepared);
          const contract: BaseContract = factories[name].connect(world.suite.address(name), world.suite.runner);
          const to = await contract.getAddress();
          const data = contract.interface.encodeFunctionData(method, [...row.args(world)]);
          const halt = contract.interface.encodeFunctionData("halt");
          if (halted) await world.deployed.guardian.sendTransaction({ to, data: halt });
          const through: string[] = [];
          for (const [label, from] of callers(world)) {
            const refusal = await provider.request({ method: "eth_call", params: [{ from, to, data }, "latest"] }).then(
              () => undefined,
              (error: { data?: string }) => contract.interface.parseError(error.data ?? "0x")?.name ?? "unknown",
            );
            if (refusal === row.until) through.push(label);
          }
          const stopped = (halted && row.halts) || (method === "resume" && !halted);
          expect(through.sort(), `halted: ${halted}`).to.deep.equal(stopped ? [] : row.who.toSorted());
        }
      });
    }
  }
});
