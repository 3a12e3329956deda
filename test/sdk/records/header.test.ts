import { createHash } from "node:crypto";

import { expect } from "chai";
import fc from "fast-check";

import { equal } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { noSubject, opensSubject, subjectCommitment, uriHash } from "../../../sdk/records/commitments.js";
import { headerLength, decodeHeader, encodeHeader, headerHash } from "../../../sdk/records/header.js";
import type { RecordHeader } from "../../../sdk/records/header.js";
import { anyHeader, bytesOf, sampleHeader as sample } from "./arbitraries.js";

function fieldOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof SteleError && error.code === "input") return error.place.field;
    throw error;
  }
  return undefined;
}

describe("record header", () => {
  it("puts every field where the format says", () => {
    const hex = Buffer.from(encodeHeader(sample)).toString("hex");
    const parts = ["01", "11".repeat(32), "22".repeat(32), "0102030405060708", "1112131415", "33".repeat(32), "07"];
    expect(hex).to.equal([...parts, "44".repeat(32), "55".repeat(20), "66".repeat(32)].join(""));
  });

  it("reads back what it wrote, for any header", () => {
    fc.assert(
      fc.property(anyHeader, (header) => {
        const encoded = encodeHeader(header);
        expect(encoded.length).to.equal(headerLength);
        expect(decodeHeader(encoded)).to.deep.equal(header);
      }),
      { numRuns: 500 },
    );
  });

  it("writes back what it read, for any 195 bytes of version 1", () => {
    fc.assert(
      fc.property(bytesOf(headerLength), (random) => {
        random[0] = 1;
        expect(equal(encodeHeader(decodeHeader(random)), random)).to.equal(true);
      }),
      { numRuns: 500 },
    );
  });

  it("refuses every other length", () => {
    for (let length = 0; length <= 400; length++) {
      if (length === headerLength) continue;
      const hostile = new Uint8Array(length).fill(1);
      expect(
        fieldOf(() => decodeHeader(hostile)),
        `${length} bytes`,
      ).to.equal("header");
      expect(
        fieldOf(() => headerHash(hostile)),
        `${length} bytes`,
      ).to.equal("header");
    }
  });

  it("refuses every other version", () => {
    const encoded = encodeHeader(sample);
    for (let version = 0; version < 256; version++) {
      encoded[0] = version;
      expect(fieldOf(() => decodeHeader(encoded))).to.equal(version === 1 ? undefined : "version");
    }
  });

  it("names the field that does not fit", () => {
    const wrong: Partial<Record<keyof RecordHeader, unknown>>[] = [
      { logId: new Uint8Array(31) },
      { source: new Uint8Array(33) },
      { sequence: 1n << 64n },
      { sequence: -1n },
      { sequence: 1 },
      { time: 1n << 40n },
      { schema: "0x00" },
      { retentionClass: 256n },
      { subjectCommitment: undefined },
      { disputeAddress: new Uint8Array(32) },
      { payloadCommitment: new Uint8Array(0) },
    ];
    for (const change of wrong) {
      const broken = { ...sample, ...change } as RecordHeader;
      expect(fieldOf(() => encodeHeader(broken))).to.equal(Object.keys(change)[0]);
    }
  });

  it("hashes as an RFC 9162 leaf", () => {
    const encoded = encodeHeader(sample);
    const expected = createHash("sha256").update(Uint8Array.of(0)).update(encoded).digest();
    expect(equal(headerHash(encoded), expected)).to.equal(true);
  });

  it("decodes into copies, so that a later change of the input changes nothing", () => {
    const encoded = encodeHeader(sample);
    const decoded = decodeHeader(encoded);
    encoded.fill(0);
    expect(decoded).to.deep.equal(sample);
  });
});

describe("subject commitment", () => {
  const opening = { subjectId: new Uint8Array(32).fill(0xaa), salt: new Uint8Array(32).fill(0xbb) };

  it("hashes tag, place, subject and salt in the order of the format", () => {
    const expected = createHash("sha256")
      .update("stele.subject.v1")
      .update(sample.logId)
      .update(sample.source)
      .update(Buffer.from("0102030405060708", "hex"))
      .update(opening.subjectId)
      .update(opening.salt)
      .digest();
    expect(equal(subjectCommitment(sample, opening), expected)).to.equal(true);
  });

  it("opens for its own subject, salt and place only", () => {
    const header = { ...sample, subjectCommitment: subjectCommitment(sample, opening) };
    expect(opensSubject(header, opening)).to.equal(true);
    expect(opensSubject(header, { ...opening, salt: new Uint8Array(32) })).to.equal(false);
    expect(opensSubject(header, { ...opening, subjectId: new Uint8Array(32) })).to.equal(false);
    expect(opensSubject({ ...header, sequence: header.sequence + 1n }, opening)).to.equal(false);
    expect(opensSubject({ ...header, source: header.logId }, opening)).to.equal(false);
    expect(opensSubject({ ...header, subjectCommitment: noSubject }, opening)).to.equal(false);
  });

  it("refuses an opening of another length, naming the field", () => {
    expect(fieldOf(() => subjectCommitment(sample, { ...opening, salt: new Uint8Array(31) }))).to.equal("salt");
    expect(fieldOf(() => subjectCommitment(sample, { ...opening, subjectId: new Uint8Array(33) }))).to.equal(
      "subjectId",
    );
    expect(fieldOf(() => subjectCommitment({ ...sample, sequence: 1n << 64n }, opening))).to.equal("sequence");
  });

  it("hashes a URI and refuses what is none", () => {
    const expected = createHash("sha256").update("urn:example:ledger").digest();
    expect(equal(uriHash("urn:example:ledger"), expected)).to.equal(true);
    for (const text of ["", "ledger", "urn:", "urn:with space", "https://例.cn/"]) {
      expect(() => uriHash(text), text).to.throw(SteleError, "not an absolute URI");
    }
  });
});
