import { expect } from "chai";
import type { BaseContract, ContractMethod } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { concat, toHex, utf8 } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { sha256 } from "../../../sdk/common/sha256.js";
import { noSubject, opensSubject, subjectCommitment } from "../../../sdk/records/commitments.js";
import { decodeHeader, encodeHeader, headerHash, headerLength } from "../../../sdk/records/header.js";
import type { RecordHeader } from "../../../sdk/records/header.js";
import { testContract } from "../../support/compile.js";
import { anyHeader, bytesOf } from "./arbitraries.js";

type Harness = BaseContract & Record<"read" | "open", ContractMethod>;

/** Headers a call: what the chain keeps in memory grows faster than their number. */
const batch = 20;

/** Header as both sides print it. */
function printed(header: RecordHeader): string[] {
  const names = ["logId", "source", "sequence", "time", "schema", "retentionClass", "subjectCommitment"] as const;
  const all = [...names, "disputeAddress", "payloadCommitment"] as const;
  return all.map((name) => print(header[name]));
}

const print = (value: unknown) => (value instanceof Uint8Array ? toHex(value) : String(value).toLowerCase());

/** What the SDK says of a header: its fields and hash, or the field that is wrong. */
function read(header: Uint8Array): { flaw: string; fields: string[]; leafHash: string } {
  try {
    return { flaw: "", fields: printed(decodeHeader(header)), leafHash: toHex(headerHash(header)) };
  } catch (error) {
    if (!(error instanceof SteleError)) throw error;
    return { flaw: error.place.field === "header" ? "length" : (error.place.field ?? ""), fields: [], leafHash: "" };
  }
}

describe("record header, contract and SDK", () => {
  let harness: Harness;
  before(async function () {
    this.timeout(60_000);
    const { ethers } = await network.create({
      override: { allowUnlimitedContractSize: true, blockGasLimit: 1_000_000_000n },
    });
    const [signer] = await ethers.getSigners();
    harness = (await (await testContract("RecordHeaderHarness", signer!)).deploy()) as unknown as Harness;
  });

  /** Compares both sides on many headers in one call. */
  async function compare(headers: readonly Uint8Array[]): Promise<void> {
    for (let at = 0; at < headers.length; at += batch) await compareBatch(headers.slice(at, at + batch));
  }

  async function compareBatch(headers: readonly Uint8Array[]): Promise<void> {
    const answers = (await harness.read.staticCall(headers.map(toHex))) as [string, unknown[], string][];
    expect(answers.length).to.equal(headers.length);
    headers.forEach((header, i) => {
      const [flaw, fields, leafHash] = answers[i]!;
      const expected = read(header);
      expect(flaw, toHex(header)).to.equal(expected.flaw);
      if (flaw !== "") return;
      expect(Array.from(fields, print), toHex(header)).to.deep.equal(expected.fields);
      expect(leafHash).to.equal(expected.leafHash);
    });
  }

  it("R1: read 4,000 random headers alike", async function () {
    this.timeout(60_000);
    // All 194 bytes after the version are free, so bytes hashed from a seed are headers.
    const many = (seed: number) =>
      Array.from({ length: 200 }, (_, i) => {
        const parts = Array.from({ length: 7 }, (_, part) => sha256(utf8(`${seed} ${i} ${part}`)));
        return concat(Uint8Array.of(1), ...parts).slice(0, headerLength);
      });
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => compare(many(seed))),
      { numRuns: 20 },
    );
  });

  it("R1: refuse every length from 0 to 600 but one, and every version but one, alike", async () => {
    const ones = (length: number) => new Uint8Array(length).fill(1);
    await compare(Array.from({ length: 601 }, (_, length) => ones(length)));
    await compare(Array.from({ length: 256 }, (_, version) => ones(headerLength).fill(version, 0, 1)));
    await compare([0, 1, 31, 32, 255].map((byte) => new Uint8Array(headerLength).fill(byte).fill(1, 0, 1)));
    await compare([new Uint8Array(65_536).fill(1)]);
  });

  it("R2: open 1,000 subject commitments alike, the true ones and the others", async function () {
    this.timeout(60_000);
    const subject = fc.oneof({ weight: 9, arbitrary: bytesOf(32) }, fc.constant(noSubject));
    const one = fc.record({ header: anyHeader, subjectId: subject, salt: bytesOf(32), fault: fc.nat({ max: 6 }) });
    const many = fc.array(one, { minLength: 100, maxLength: 100, size: "max" });
    const run = async (cases: readonly (typeof one extends fc.Arbitrary<infer T> ? T : never)[]) => {
      const shown = cases.map(({ header, subjectId, salt, fault }) => {
        const opening = { subjectId, salt };
        const made = { ...header, subjectCommitment: subjectCommitment(header, opening) };
        if (fault === 0) return { header: { ...made, sequence: made.sequence ^ 1n }, opening };
        if (fault === 1) return { header: made, opening: { subjectId, salt: subjectId } };
        if (fault === 2) return { header: made, opening: { subjectId: salt, salt } };
        if (fault === 3) return { header: { ...made, subjectCommitment: noSubject }, opening };
        return { header: made, opening };
      });
      const answers = (await harness.open.staticCall(
        shown.map(({ header }) => toHex(encodeHeader(header))),
        shown.map(({ opening }) => toHex(opening.subjectId)),
        shown.map(({ opening }) => toHex(opening.salt)),
      )) as boolean[];
      expect([...answers]).to.deep.equal(shown.map(({ header, opening }) => opensSubject(header, opening)));
    };
    await fc.assert(fc.asyncProperty(many, run), { numRuns: 10 });
  });
});
