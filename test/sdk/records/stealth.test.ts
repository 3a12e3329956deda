import { expect } from "chai";
import { SigningKey, computeAddress, keccak256 } from "ethers";
import fc from "fast-check";

import { fromHex, toHex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import {
  createStealthAddress,
  formatMetaAddress,
  isStealthAddress,
  metaAddressOf,
  parseMetaAddress,
  stealthPrivateKey,
} from "../../../sdk/records/stealth.js";
import { bytesOf } from "./arbitraries.js";
import { stealthVectors } from "./stealth.vectors.js";

const anyKey = bytesOf(32).filter((key) => key[0]! < 0xff && key.some((byte) => byte !== 0));

describe("one-time addresses (ERC-5564, scheme 1)", () => {
  for (const vector of stealthVectors) {
    it(`gives the address, tag and key of another implementation: ${vector.stealthAddress}`, () => {
      const meta = parseMetaAddress(vector.metaAddress);
      expect(formatMetaAddress(meta)).to.equal(vector.metaAddress);
      const spendingPrivateKey = fromHex(vector.spendingKey);
      const viewingPrivateKey = fromHex(vector.viewingKey);
      expect(metaAddressOf(spendingPrivateKey, viewingPrivateKey)).to.deep.equal(meta);
      const { address, announcement } = createStealthAddress(meta, fromHex(vector.ephemeralKey));
      expect(toHex(address)).to.equal(vector.stealthAddress.toLowerCase());
      expect(toHex(announcement.ephemeralKey)).to.equal(vector.ephemeralPublicKey);
      expect(toHex(Uint8Array.of(announcement.viewTag))).to.equal(vector.viewTag);
      const key = stealthPrivateKey(announcement, { spendingPrivateKey, viewingPrivateKey });
      expect(toHex(key)).to.equal(vector.stealthKey);
    });
  }

  it("agrees with the same rules written over ethers, and the person finds and holds the address", () => {
    fc.assert(
      fc.property(anyKey, anyKey, anyKey, (spending, viewing, ephemeral) => {
        const meta = metaAddressOf(spending, viewing);
        const { address, announcement } = createStealthAddress(meta, ephemeral);
        const shared = new SigningKey(viewing).computeSharedSecret(toHex(announcement.ephemeralKey));
        const hashed = keccak256(SigningKey.computePublicKey(shared, true));
        expect(toHex(Uint8Array.of(announcement.viewTag))).to.equal(hashed.slice(0, 4));
        const point = SigningKey.addPoints(toHex(meta.spendingKey), SigningKey.computePublicKey(hashed), false);
        expect(toHex(address)).to.equal(computeAddress(point).toLowerCase());
        const keys = { spendingPrivateKey: spending, viewingPrivateKey: viewing, spendingKey: meta.spendingKey };
        expect(isStealthAddress(address, announcement, keys)).to.equal(true);
        expect(computeAddress(toHex(stealthPrivateKey(announcement, keys))).toLowerCase()).to.equal(toHex(address));
      }),
      { numRuns: 100 },
    );
  });

  it("is found by nobody else, and not under another tag, key or address", () => {
    fc.assert(
      fc.property(anyKey, anyKey, anyKey, fc.integer({ min: 1, max: 255 }), (spending, viewing, other, offset) => {
        fc.pre(toHex(viewing) !== toHex(other) && toHex(spending) !== toHex(other));
        const meta = metaAddressOf(spending, viewing);
        const { address, announcement } = createStealthAddress(meta);
        const keys = { viewingPrivateKey: viewing, spendingKey: meta.spendingKey };
        const stranger = metaAddressOf(other, other);
        expect(isStealthAddress(address, announcement, { ...keys, viewingPrivateKey: other })).to.equal(false);
        expect(isStealthAddress(address, announcement, { ...keys, spendingKey: stranger.spendingKey })).to.equal(false);
        const garbage = { ...announcement, ephemeralKey: new Uint8Array(33).fill(offset) };
        expect(isStealthAddress(address, garbage, keys)).to.equal(false);
        const viewTag = (announcement.viewTag + offset) % 256;
        expect(isStealthAddress(address, { ...announcement, viewTag }, keys)).to.equal(false);
        const moved = Uint8Array.from(address, (byte, i) => (i === 0 ? byte ^ offset : byte));
        expect(isStealthAddress(moved, announcement, keys)).to.equal(false);
      }),
      { numRuns: 50 },
    );
  });

  it("gives two records of one person unrelated addresses", () => {
    const meta = metaAddressOf(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));
    const [first, second] = [createStealthAddress(meta), createStealthAddress(meta)];
    expect(toHex(first.address)).not.to.equal(toHex(second.address));
    expect(toHex(first.announcement.ephemeralKey)).not.to.equal(toHex(second.announcement.ephemeralKey));
  });

  it("reads a meta-address with one key as both keys", () => {
    const [vector] = stealthVectors;
    const meta = parseMetaAddress(vector!.metaAddress.slice(0, 9 + 66));
    expect(toHex(meta.viewingKey)).to.equal(toHex(meta.spendingKey));
  });

  it("refuses what is no meta-address, no point and no key", () => {
    const good = stealthVectors[0]!.metaAddress;
    const bad = [
      "",
      good.slice(3),
      good.slice(0, -2),
      `${good}00`,
      good.replace("st:", "sp:"),
      good.replace("0x03", "0x05"),
    ];
    for (const text of bad) expect(() => parseMetaAddress(text), text).to.throw(SteleError);
    const offCurve = `st:eth:0x02${"ff".repeat(32)}`;
    expect(() => parseMetaAddress(offCurve)).to.throw(SteleError, "not a compressed public key");
    expect(() => createStealthAddress(parseMetaAddress(good), new Uint8Array(32))).to.throw(SteleError, "private key");
  });
});
