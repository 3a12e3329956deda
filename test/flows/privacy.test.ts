import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import { keccak256, toUtf8Bytes, type Block, type TransactionReceipt } from "ethers";
import { network } from "hardhat";

import { openBookReader } from "../../sdk/book/reader.js";
import { fromHex, toHex, utf8, type Hex } from "../../sdk/common/bytes.js";
import { sha256 } from "../../sdk/common/sha256.js";
import { leafHash } from "../../sdk/proof/merkle.js";
import { rootOf } from "../../sdk/records/tree.js";
import { encodeLeaf } from "../../sdk/rewards/campaign/leaf.js";
import { criteria, march } from "../support/personnel.js";
import { openPersonnelWorld, type PersonnelWorld } from "../support/personnelWorld.js";
import type { PersonLabel } from "../support/rewards.js";

/** What nobody but the people and their office may know. Each stands in a payload, a roster or an award's content. */
const secrets = {
  staffNumber: "S-2071-44",
  name: "Person 17",
  unit: "unit-seven",
  course: "Confined space rescue",
  assessor: "Head of unit seven",
  comment: "Not convincing in the second half.",
  citation: "For calm under water",
} as const;

/** Everything that the chain shows: calls, events, and codes of contracts, as one hexadecimal text without 0x. */
async function chainText(world: PersonnelWorld, from = 0): Promise<string> {
  const { provider } = world.rewards.deployed;
  const parts: string[] = [];
  for (let number = from; number <= (await provider.getBlockNumber()); number++) {
    const block = (await provider.getBlock(number, true)) as Block;
    for (const transaction of block.prefetchedTransactions) {
      parts.push(transaction.from, transaction.to ?? "", transaction.data);
      const receipt = (await provider.getTransactionReceipt(transaction.hash)) as TransactionReceipt;
      for (const log of receipt.logs) parts.push(log.address, ...log.topics, log.data);
    }
  }
  return parts.map((part) => part.replace(/^0x/, "").toLowerCase()).join(" ");
}

/** A text as it may stand somewhere: plain, or hashed without a salt by anybody who tries. */
function shapesOf(text: string): readonly string[] {
  const bytes = toUtf8Bytes(text);
  const plain = Buffer.from(bytes).toString("hex");
  const wide = Buffer.from(text, "utf16le").toString("hex");
  const padded = plain.padEnd(64, "0");
  const hashes = [keccak256(bytes), toHex(sha256(bytes)), keccak256(`0x${padded}`)].map((hash) => hash.slice(2));
  return [plain, wide, ...hashes];
}

describe("what an outsider with the whole chain learns about a person", function () {
  this.timeout(120_000);
  let world: PersonnelWorld;
  let enrolled: number;
  const salts: string[] = [];

  before(async () => {
    const { provider } = await network.create("hardhat");
    world = await openPersonnelWorld(provider);
    enrolled = (await world.rewards.deployed.provider.getBlockNumber()) + 1;
    await year();
  });
  after(() => world.close());

  const bare = (value: string): string => value.replace(/^0x/, "").toLowerCase();
  const subjectOf = (person: PersonLabel): Hex => world.rewards.subject(person);

  /** A unit's year: records, feedback, a dispute, a campaign, tokens, points. */
  async function year(): Promise<void> {
    const { rewards } = world;
    const about = { subject: subjectOf("ada"), time: march };
    const disputed = { metaAddress: await world.metaAddressOf("ada") };
    const scores = [{ criterion: "diligence", score: 2, of: 5, comment: secrets.comment }];
    const period = { from: "2025-01-01", until: "2025-12-31" };
    await world.record(
      { ...about, kind: "training", payload: { course: secrets.course, ...period, hours: 16 } },
      {
        ...about,
        ...disputed,
        kind: "performance",
        adverse: true,
        payload: { ...period, criteria, assessor: secrets.assessor, scores },
      },
      {
        ...about,
        kind: "feedback",
        payload: {
          unit: secrets.unit,
          period: "2026-H1",
          revision: 1,
          criteria: criteria.hash,
          scores: { diligence: 2 },
          records: 12,
          previous: null,
          comment: secrets.comment,
        },
      },
    );
    await campaign();
    const typeId = await rewards.publishType();
    const accounts = [rewards.actor("ada").address, rewards.actor("ben").address];
    const grant = { typeId, expires: 0n, evidenceLog: `0x${"00".repeat(32)}`, accounts, evidence: [] };
    await rewards.as("department", "Awards").grant(grant);
    const points = rewards.as("department", "MeritPoints");
    await points.openScale(1n, 365n * 86_400n);
    await points.grant(typeId, accounts);
  }

  /** One award by campaign to each person, with a citation that only the openings hold. */
  async function campaign(): Promise<void> {
    const { rewards } = world;
    const typeId = await rewards.publishType();
    const leaves = (["ada", "ben", "cai", "dou"] as const).map((person) => {
      const salt = sha256(utf8(`salt of ${person}, random in life`));
      salts.push(bare(toHex(salt)));
      const content = sha256(utf8(`${secrets.citation}, and a secret`));
      return leafHash(encodeLeaf({ subject: fromHex(subjectOf(person)), content, salt }));
    });
    const root = toHex(rootOf(Buffer.concat(leaves)));
    await rewards.as("department", "Campaigns").open(root, BigInt(leaves.length), 0n, typeId);
  }

  it("finds no name, staff number, unit, course, assessor, comment or citation, plain or hashed", async () => {
    const text = await chainText(world);
    for (const [what, secret] of Object.entries(secrets)) {
      for (const shape of shapesOf(secret)) expect(text.includes(shape), `${what} as ${shape}`).to.equal(false);
    }
  });

  it("finds no subject of the records or of the campaign in what came after their enrolment", async () => {
    const text = await chainText(world, enrolled);
    for (const salt of salts) expect(text.includes(salt)).to.equal(false);
    // Those of the campaign alone; a token's holder is admitted under the pseudonym, in public.
    for (const person of ["cai", "dou"] as const) {
      expect(text.includes(bare(subjectOf(person))), `${person} by subject`).to.equal(false);
      expect(text.includes(bare(world.rewards.actor(person).address)), `${person} by account`).to.equal(false);
    }
  });

  it("finds neither subjects nor payloads in the log's entries and sealed attachments", async () => {
    const reader = await openBookReader(join(world.folder, "staff"));
    try {
      for await (const { entry } of reader.records(0n, 3n)) {
        const text = Buffer.from(entry).toString("hex");
        expect(text.includes(bare(subjectOf("ada")))).to.equal(false);
        for (const secret of Object.values(secrets)) {
          for (const shape of shapesOf(secret)) expect(text.includes(shape)).to.equal(false);
        }
      }
      for (const file of await readdir(join(world.folder, "staff", "log"))) {
        const text = (await readFile(join(world.folder, "staff", "log", file))).toString("hex");
        expect(text.includes(bare(subjectOf("ada"))), file).to.equal(false);
        for (const secret of Object.values(secrets)) {
          for (const shape of shapesOf(secret)) expect(text.includes(shape), file).to.equal(false);
        }
      }
    } finally {
      await reader.close();
    }
  });

  it("shows a dispute by the one-time address, and neither the person's account nor the pseudonym", async () => {
    const { provider } = world.rewards.deployed;
    const start = (await provider.getBlockNumber()) + 1;
    await world.deliver("ada");
    await disputeByAda();
    const text = await chainText(world, start);
    expect(text.includes(bare(subjectOf("ada")))).to.equal(false);
    expect(text.includes(bare(world.rewards.actor("ada").address))).to.equal(false);
    expect(text).to.include(bare(world.logId));
  });

  it("does show that one account holds tokens and points of a type, as the threat model says", async () => {
    const { rewards } = world;
    const { address } = rewards.actor("ada");
    expect(await rewards.suite.contract("Awards").balanceOf(address)).to.equal(1n);
    const points = rewards.suite.contract("MeritPoints");
    const scale = await points.idFor(rewards.actor("department").member, 1n);
    expect(await points.balanceOf(address, scale)).to.equal(10n);
    expect(await rewards.suite.contract("Subjects").subjectOf(address)).to.equal(subjectOf("ada"));
  });

  it("asks for no balance over categories or members: nothing on chain sums a person up", () => {
    const names = (["Awards", "MeritPoints", "Campaigns"] as const).flatMap((contract) => {
      const found: string[] = [];
      world.rewards.suite.contract(contract).interface.forEachFunction(({ name }) => void found.push(name));
      return found;
    });
    expect(names.filter((name) => /score|rank|rating|total|sum/i.test(name))).to.deep.equal([]);
  });

  async function disputeByAda(): Promise<void> {
    const way = ["record", "dispute", "ada.json", "1", "--person", "ada.keys", "--reason", "wrong-facts"];
    await world.well("stranger", ...way);
  }

  // Whether what is looked for would be found at all.
  it("would find a text that somebody put on chain", async () => {
    const { rewards } = world;
    await rewards.publishType({ title: secrets.course });
    const text = await chainText(world);
    expect(shapesOf(secrets.course).some((shape) => text.includes(shape))).to.equal(true);
    expect(text).to.include(bare(subjectOf("ada")));
  });
});
