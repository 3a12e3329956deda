import { expect } from "chai";
import { type Contract, getAddress } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { fromHex, toHex } from "../../../sdk/common/bytes.js";
import { noAddress, noSubject, subjectCommitment } from "../../../sdk/records/commitments.js";
import { encodeHeader, type RecordHeader } from "../../../sdk/records/header.js";
import { testContract } from "../../support/compile.js";

const { ethers } = await network.create();

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const bits = (count: bigint) => fc.bigInt(0n, 2n ** count - 1n);

const headers: fc.Arbitrary<RecordHeader> = fc.record({
  logId: bytes(32),
  source: bytes(32),
  sequence: bits(64n),
  time: bits(40n),
  schema: bytes(32),
  retentionClass: bits(8n),
  subjectCommitment: bytes(32),
  disputeAddress: bytes(20),
  payloadCommitment: bytes(32),
});

describe("RecordHeader", () => {
  let harness: Contract;
  before(async () => {
    const [signer] = await ethers.getSigners();
    harness = (await (await testContract("DeskHarness", signer!)).deploy()) as Contract;
  });

  it("reads what the SDK writes, field by field", async () => {
    await fc.assert(
      fc.asyncProperty(headers, async (header) => {
        const [flaw, decoded] = await harness.getFunction("decode")(encodeHeader(header));
        expect(flaw).to.equal("");
        expect([...decoded]).to.deep.equal([
          toHex(header.logId),
          toHex(header.source),
          header.sequence,
          header.time,
          toHex(header.schema),
          header.retentionClass,
          toHex(header.subjectCommitment),
          getAddress(toHex(header.disputeAddress)),
          toHex(header.payloadCommitment),
        ]);
      }),
      { numRuns: 200, seed: 195 },
    );
  });

  it("refuses every other length and version", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 0, maxLength: 400 }), async (random) => {
        const [flaw] = await harness.getFunction("decode")(random);
        expect(flaw).to.equal(random.length !== 195 ? "length" : random[0] === 1 ? "" : "version");
      }),
      { numRuns: 200, seed: 195 },
    );
    for (const version of [0, 2, 255]) {
      const header = new Uint8Array(195);
      header[0] = version;
      expect((await harness.getFunction("decode")(header))[0]).to.equal("version");
    }
  });

  it("is open to the subject and salt of its commitment, in its own place, and to nobody else", async () => {
    await fc.assert(
      fc.asyncProperty(headers, bytes(32), bytes(32), fc.nat({ max: 31 }), async (header, subjectId, salt, flipped) => {
        fc.pre(subjectId.some((byte) => byte !== 0));
        const commitment = subjectCommitment(header, { subjectId, salt });
        const encoded = encodeHeader({ ...header, subjectCommitment: commitment });
        const opens = harness.getFunction("isOpenTo");
        expect(await opens(encoded, subjectId, salt)).to.equal(true);
        expect(await opens(encoded, flip(subjectId, flipped), salt)).to.equal(false);
        expect(await opens(encoded, subjectId, flip(salt, flipped))).to.equal(false);
        const elsewhere = { ...header, subjectCommitment: commitment, sequence: header.sequence ^ 1n };
        expect(await opens(encodeHeader(elsewhere), subjectId, salt)).to.equal(false);
      }),
      { numRuns: 60, seed: 195 },
    );
  });

  it("is open to nobody where it commits to nobody, and never to subject zero", async () => {
    const header = fc.sample(headers, { numRuns: 1, seed: 1 })[0]!;
    const opens = harness.getFunction("isOpenTo");
    const zero = new Uint8Array(32);
    expect(
      await opens(encodeHeader({ ...header, subjectCommitment: noSubject }), fromHex("0x" + "11".repeat(32)), zero),
    ).to.equal(false);
    const commitment = subjectCommitment(header, { subjectId: zero, salt: zero });
    expect(await opens(encodeHeader({ ...header, subjectCommitment: commitment }), zero, zero)).to.equal(false);
  });

  it("is the same subject's by address, by both openings, or by naming nobody twice", async () => {
    const [one, two] = fc.sample(headers, { numRuns: 2, seed: 7 }) as [RecordHeader, RecordHeader];
    const subjectId = fromHex("0x" + "5b".repeat(32));
    const salts = [fromHex("0x" + "01".repeat(32)), fromHex("0x" + "02".repeat(32))] as const;
    const same = async (a: RecordHeader, b: RecordHeader, openings: readonly Uint8Array[] = []): Promise<boolean> =>
      harness.getFunction("sameSubject")(encodeHeader(a), encodeHeader(b), openings);
    const nobody = { subjectCommitment: noSubject };
    const noone = { ...nobody, disputeAddress: noAddress };

    expect(await same(one, two), "two addresses").to.equal(false);
    expect(await same(one, { ...two, disputeAddress: one.disputeAddress }), "one address").to.equal(true);
    expect(
      await same({ ...one, disputeAddress: noAddress }, { ...two, disputeAddress: noAddress }),
      "no address twice",
    ).to.equal(false);
    expect(await same({ ...one, ...noone }, { ...two, ...noone }), "nobody twice").to.equal(true);
    expect(await same({ ...one, ...nobody }, { ...two, ...noone }), "an address lost").to.equal(false);
    expect(await same(one, { ...two, ...nobody, disputeAddress: one.disputeAddress }), "a subject lost").to.equal(
      false,
    );
    expect(await same({ ...one, ...nobody, disputeAddress: two.disputeAddress }, two), "a subject won").to.equal(false);

    const first = { ...one, subjectCommitment: subjectCommitment(one, { subjectId, salt: salts[0] }) };
    const second = { ...two, subjectCommitment: subjectCommitment(two, { subjectId, salt: salts[1] }) };
    expect(await same(first, second, [subjectId, ...salts]), "both opened").to.equal(true);
    expect(await same(first, second, [subjectId, salts[1], salts[0]]), "salts exchanged").to.equal(false);
    expect(await same(first, second, [subjectId, salts[0]]), "one opening").to.equal(false);
    expect(await same(first, second, [subjectId, ...salts, salts[0]]), "one too many").to.equal(false);
    expect(await same({ ...one, ...noone }, { ...two, ...noone }, [subjectId, ...salts]), "nobody opened").to.equal(
      false,
    );
  });
});

function flip(bytes: Uint8Array, index: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[index]! ^= 0x80;
  return copy;
}
