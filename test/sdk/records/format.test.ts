import { createCipheriv, createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

import { expect } from "chai";

import { fromHex, toHex } from "../../../sdk/common/bytes.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { decodeAttachment } from "../../../sdk/records/attachment.js";
import { parseDisclosure, show, verifyDisclosure } from "../../../sdk/records/disclosure.js";
import { decodeHeader, encodeHeader, headerHash } from "../../../sdk/records/header.js";
import { checkOpening } from "../../../sdk/records/record.js";
import { unseal, unwrapKey, wrapKey } from "../../../sdk/records/seal.js";
import { createStealthAddress, isStealthAddress, parseMetaAddress } from "../../../sdk/records/stealth.js";

const page = readFileSync(new URL("../../../docs/record-format.md", import.meta.url), "utf8");
const example = new Map(
  [...page.matchAll(/^```example\n([\s\S]*?)^```/gm)]
    .flatMap(([, block]) => block!.trim().split("\n"))
    .map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)] as const),
);
const used = new Set<string>();

/** A value of the page, as it stands there. */
function said(name: string): string {
  used.add(name);
  const value = example.get(name);
  if (value === undefined) throw new Error(`the page does not give "${name}"`);
  return value;
}

const bytes = (name: string) => Buffer.from(fromHex(said(name)));
const fill = (byte: number, length = 32) => Buffer.alloc(length, byte);
const hash = (...parts: (Uint8Array | string)[]) => {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest();
};
const u32 = (n: number) => Buffer.from([0, 0, 0, n]);
const sequence = Buffer.from([0, 0, 0, 0, 0, 0, 0, 5]);
const node = (left: Uint8Array, right: Uint8Array) => hash(Uint8Array.of(1), left, right);

describe("worked example of docs/record-format.md", () => {
  it("hashes source, schema and subject as the page says", () => {
    expect(toHex(hash("urn:example:personnel"))).to.equal(said("source hash"));
    expect(toHex(hash("urn:example:schema:training:v1"))).to.equal(said("schema hash"));
    const subject = hash("stele.subject.v1", fill(0x11), bytes("source hash"), sequence, fill(0x21), fill(0x31));
    expect(toHex(subject)).to.equal(said("subject commitment"));
  });

  it("derives the one-time address, which the subject finds", () => {
    const meta = parseMetaAddress(said("meta-address"));
    const { address, announcement } = createStealthAddress(meta, fill(0x53));
    expect(toHex(address)).to.equal(said("dispute address"));
    expect(toHex(announcement.ephemeralKey)).to.equal(said("ephemeral key"));
    expect(toHex(Uint8Array.of(announcement.viewTag))).to.equal(said("view tag"));
    const keys = { viewingPrivateKey: fill(0x52), spendingKey: meta.spendingKey };
    expect(isStealthAddress(address, announcement, keys)).to.equal(true);
  });

  it("commits to the payload's fields", () => {
    const start = bytes("header").subarray(0, 163);
    expect(toHex(hash("stele.binding.v1", start, u32(5)))).to.equal(said("binding"));
    const paths = ['["$stele","header"]', '["$stele","subject"]', '["certificates"]', '["course"]', '["hours"]'];
    const values = [`"${said("binding")}"`, `"${toHex(fill(0x21))}"`, "[]", '"First aid"', "16"];
    const leaves = paths.map((path, i) => {
      const field = `[${path},${values[i]}]`;
      expect(said(`field ${i}`)).to.equal(field);
      const salt = createHmac("sha256", fill(0x41)).update("stele.salt.v1").update(path).digest();
      expect(said(`salt ${i}`)).to.equal(toHex(salt));
      const leaf = hash(Uint8Array.of(0), "stele.field.v1", salt, field);
      expect(said(`leaf ${i}`)).to.equal(toHex(leaf));
      return leaf;
    });
    const [a, b, c, d, e] = leaves as [Buffer, Buffer, Buffer, Buffer, Buffer];
    expect(toHex(node(node(node(a, b), node(c, d)), e))).to.equal(said("payload commitment"));
    const payload = `{"$stele":{"header":${values[0]},"subject":${values[1]}},"certificates":[],"course":"First aid","hours":16}`;
    expect(said("canonical payload")).to.equal(payload);
  });

  it("lays the header out", () => {
    const parts = [
      Uint8Array.of(1),
      fill(0x11),
      bytes("source hash"),
      sequence,
      Buffer.from("0069a42a40", "hex"),
      bytes("schema hash"),
      Uint8Array.of(2),
      bytes("subject commitment"),
      bytes("dispute address"),
      bytes("payload commitment"),
    ];
    expect(said("header")).to.equal(toHex(Buffer.concat(parts)));
    expect(said("leaf hash")).to.equal(toHex(hash(Uint8Array.of(0), bytes("header"))));
    const header = decodeHeader(bytes("header"));
    expect(header.time).to.equal(1_772_366_400n);
    expect(toHex(encodeHeader(header))).to.equal(said("header"));
    expect(toHex(headerHash(bytes("header")))).to.equal(said("leaf hash"));
  });

  it("seals and opens the attachment", () => {
    const open = Buffer.concat([Uint8Array.of(1, 1), bytes("view tag"), bytes("ephemeral key"), fill(0x71, 12)]);
    const additional = Buffer.concat([Buffer.from("stele.seal.v1"), bytes("leaf hash"), open]);
    expect(said("additional data")).to.equal(toHex(additional));
    const cipher = createCipheriv("aes-256-gcm", fill(0x61), fill(0x71, 12)).setAAD(additional);
    const plain = Buffer.concat([fill(0x41), fill(0x31), Buffer.from(said("canonical payload"))]);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    expect(said("attachment")).to.equal(toHex(Buffer.concat([open, sealed])));
    expect(said("wrapped key")).to.equal(toHex(wrapKey(fill(0x81), fill(0x61))));

    const key = unwrapKey(fill(0x81), bytes("wrapped key"));
    const opened = checkOpening(bytes("header"), unseal(bytes("leaf hash"), bytes("attachment"), key));
    expect(opened.payload).to.deep.equal({ course: "First aid", hours: 16, certificates: [] });
    expect(toHex(opened.subject!.subjectId)).to.equal(toHex(fill(0x21)));
    expect(toHex(decodeAttachment(bytes("attachment")).announcement!.ephemeralKey)).to.equal(said("ephemeral key"));
    expect(JSON.stringify(show(opened.complete, opened.secret, ["/hours"]))).to.equal(said("disclosure"));
  });

  it("shows the hours alone", () => {
    const shown = verifyDisclosure(bytes("header"), parseDisclosure(JSON.parse(said("disclosure"))));
    expect(shown).to.deep.equal([{ pointer: "/hours", path: ["hours"], value: 16 }]);
    const { fields } = JSON.parse(said("disclosure")) as { fields: { proof: Hex[] }[] };
    const [left, right] = [0, 2].map((i) => node(bytes(`leaf ${i}`), bytes(`leaf ${i + 1}`)));
    expect(fields[0]!.proof).to.deep.equal([said("leaf 1"), toHex(right!), said("leaf 4")]);
    expect(fields[1]!.proof).to.deep.equal([toHex(node(left!, right!))]);
  });

  it("has no value on the page that was not recomputed", () => {
    expect([...example.keys()].filter((name) => !used.has(name))).to.deep.equal([]);
  });
});
