import { expect } from "chai";
import fc from "fast-check";

import { equal, toHex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { decodeAttachment } from "../../../sdk/records/attachment.js";
import { noAddress, noSubject, opensSubject } from "../../../sdk/records/commitments.js";
import { show, verifyDisclosure } from "../../../sdk/records/disclosure.js";
import { decodeHeader, headerHash } from "../../../sdk/records/header.js";
import { checkOpening, draftRecord, maxPayload } from "../../../sdk/records/record.js";
import type { RecordInput } from "../../../sdk/records/record.js";
import { newKey, seal, unseal, unwrapKey, wrapKey } from "../../../sdk/records/seal.js";
import { isStealthAddress, metaAddressOf } from "../../../sdk/records/stealth.js";
import { anyPayload } from "./arbitraries.js";
import { inputFor, newReader } from "./fixtures.js";
import type { Reader } from "./fixtures.js";

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof SteleError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("a record", () => {
  let reader: Reader;
  before(async () => {
    reader = await newReader("audit-office");
  });
  const draft = (change: Partial<RecordInput> = {}) => draftRecord(inputFor([reader], change));

  it("R11: opens to the payload it was made from, for any payload", () => {
    fc.assert(
      fc.property(anyPayload, (payload) => {
        const { entry, leafHash, opening } = draft({ payload });
        const key = newKey();
        const opened = checkOpening(entry, unseal(leafHash, seal(leafHash, opening, key), key));
        expect(opened.payload).to.deep.equal(payload);
        expect(opened.leafHash).to.deep.equal(headerHash(entry));
      }),
      { numRuns: 200 },
    );
  });

  it("says in the open whom it is about only to whoever has the salt", () => {
    const { entry, opening } = draft();
    const { subject, header } = checkOpening(entry, opening);
    expect(opensSubject(header, subject!)).to.equal(true);
    expect(Buffer.from(entry).includes(Buffer.from(subject!.subjectId))).to.equal(false);
  });

  it("about nobody has a zero commitment and a zero dispute address, and opens", () => {
    const { subject: _, ...rest } = inputFor([reader]);
    const { entry, opening, header } = draftRecord(rest);
    expect(equal(header.subjectCommitment, noSubject) && equal(header.disputeAddress, noAddress)).to.equal(true);
    expect(checkOpening(entry, opening).subject).to.equal(undefined);
  });

  it("carries a one-time address that only its subject finds", () => {
    const [spending, viewing] = [new Uint8Array(32).fill(3), new Uint8Array(32).fill(4)];
    const metaAddress = metaAddressOf(spending, viewing);
    const { entry, leafHash, opening, announcement } = draft({ metaAddress });
    const attachment = seal(leafHash, opening, newKey(), announcement);
    const found = decodeAttachment(attachment).announcement!;
    const { disputeAddress } = decodeHeader(entry);
    const keys = { viewingPrivateKey: viewing, spendingKey: metaAddress.spendingKey };
    expect(isStealthAddress(disputeAddress, found, keys)).to.equal(true);
    expect(isStealthAddress(disputeAddress, found, { ...keys, viewingPrivateKey: spending })).to.equal(false);
  });

  it("R11: no changed byte of header or attachment opens, nor another key", () => {
    const { entry, leafHash, opening, announcement } = draft({ metaAddress: metaAddressOf(newKey(), newKey()) });
    const key = newKey();
    const attachment = seal(leafHash, opening, key, announcement);
    for (let at = 0; at < attachment.length; at++) {
      const changed = attachment.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte));
      expect(
        code(() => unseal(leafHash, changed, key)),
        `attachment ${at}`,
      ).to.match(/unproven|input/);
    }
    for (let at = 0; at < entry.length; at++) {
      const changed = entry.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte));
      expect(
        code(() => unseal(headerHash(changed), attachment, key)),
        `header ${at}`,
      ).to.equal("unproven");
    }
    expect(code(() => unseal(leafHash, attachment, newKey()))).to.equal("unproven");
    for (let length = 0; length < attachment.length; length += 7) {
      expect(code(() => unseal(leafHash, attachment.subarray(0, length), key))).to.match(/unproven|input/);
    }
  });

  it("R11: an opening with another payload, secret, salt or subject is refused", () => {
    const { entry, opening } = draft();
    const { complete } = opening;
    const own = complete["$stele"] as { header: string; subject: string };
    const wrong = [
      { ...opening, secret: newKey() },
      { ...opening, subjectSalt: newKey() },
      { ...opening, complete: { ...complete, voucher: "V-0" } },
      { ...opening, complete: { ...complete, extra: null } },
      { ...opening, complete: { ...complete, $stele: { ...own, subject: null } } },
      { ...opening, complete: { ...complete, $stele: { ...own, subject: toHex(newKey()) } } },
    ];
    for (const changed of wrong) expect(code(() => checkOpening(entry, changed))).to.equal("unproven");
    expect(code(() => checkOpening(entry, opening))).to.equal("accepted");
  });

  it("R4: an opening that a hostile owner commits to in a second header is refused", () => {
    const first = draft();
    const second = draft({ payload: { n: 1 } });
    // The second header takes over the first's commitment: the root fits, what the payload repeats does not.
    const copied = Uint8Array.from(second.entry);
    copied.set(first.header.payloadCommitment, 163);
    expect(() => checkOpening(copied, first.opening)).to.throw(SteleError, "belongs to another header");
  });

  it("shows some of its fields to whoever has only the header", () => {
    const { entry, opening } = draft();
    const { complete, secret } = checkOpening(entry, opening);
    const shown = verifyDisclosure(entry, show(complete, secret, ["/amount/value"]));
    expect(shown).to.deep.equal([{ pointer: "/amount/value", path: ["amount", "value"], value: "120.00" }]);
  });

  it("takes a payload of exactly 64 KiB and refuses one byte more, saying what to do", () => {
    const fill = (size: number) => ({ text: "x".repeat(size - '{"text":""}'.length) });
    expect(() => draft({ payload: fill(maxPayload) })).not.to.throw();
    expect(() => draft({ payload: fill(maxPayload + 1), place: { file: "a.ndjson", line: 3 } })).to.throw(
      SteleError,
      /^a\.ndjson:3: a payload of 65537 bytes, where a record holds at most 65536; .*record its digest/,
    );
  });

  it("refuses bad input, naming place and field", () => {
    const meta = metaAddressOf(newKey(), newKey());
    const cases: [Partial<RecordInput>, string][] = [
      [{ payload: [] }, "a JSON object is expected"],
      [{ payload: { a: { b: 1n } } }, 'a.ndjson:3 field "/a/b": a bigint'],
      [{ payload: { $stele: {} } }, 'field "/$stele": this name is reserved'],
      [{ source: "ledger" }, "not an absolute URI"],
      [{ logId: new Uint8Array(31) }, 'field "logId"'],
      [{ sequence: -1n }, 'field "sequence"'],
      [{ time: 1n << 40n }, 'field "time"'],
      [{ retentionClass: 256n }, 'field "retentionClass"'],
      [{ subject: new Uint8Array(20).fill(1) }, 'field "subjectId"'],
      [{ subject: new Uint8Array(32) }, 'field "subject": subject zero is nobody'],
      [{ disputeAddress: new Uint8Array(32) }, 'field "disputeAddress"'],
      [{ disputeAddress: noAddress, metaAddress: meta }, "not both"],
    ];
    for (const [change, sentence] of cases) {
      expect(() => draft({ ...change, place: { file: "a.ndjson", line: 3 } })).to.throw(SteleError, sentence);
    }
  });

  it("wraps its key so that only the right epoch key unwraps it", () => {
    const [epoch, key] = [newKey(), newKey()];
    const wrapped = wrapKey(epoch, key);
    expect(wrapped.length).to.equal(40);
    expect(equal(unwrapKey(epoch, wrapped), key)).to.equal(true);
    expect(code(() => unwrapKey(newKey(), wrapped))).to.equal("unproven");
    wrapped[5]! ^= 1;
    expect(code(() => unwrapKey(epoch, wrapped))).to.equal("unproven");
  });

  it("wraps as the vector of RFC 3394 section 4.6", () => {
    const kek = Buffer.from("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "hex");
    const key = Buffer.from("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F", "hex");
    const wrapped = "0x28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21";
    expect(toHex(wrapKey(kek, key))).to.equal(wrapped);
  });
});
