import { expect } from "chai";
import fc from "fast-check";

import { randomBytes } from "../../../../sdk/common/random.js";
import {
  contentCommitment,
  parseContentDisclosure,
  showContent,
  verifyContent,
  type AwardContent,
} from "../../../../sdk/rewards/granting/content.js";
import { ImportSecret } from "../../../../sdk/rewards/granting/secrets.js";

const content = fc.record(
  { citation: fc.string({ unit: "grapheme", minLength: 1 }), date: fc.string(), place: fc.string() },
  { requiredKeys: ["citation"] },
) as fc.Arbitrary<AwardContent>;

describe("the content of an award", () => {
  it("is shown field by field, and nothing shown can be changed", () => {
    fc.assert(
      fc.property(content, fc.uint8Array({ minLength: 32, maxLength: 32 }), (said, secret) => {
        const opening = { content: said, secret };
        const commitment = contentCommitment(opening);
        for (const name of Object.keys(said)) {
          const shown = parseContentDisclosure(JSON.parse(JSON.stringify(showContent(opening, [name]))));
          expect([...verifyContent(commitment, shown)]).to.deep.equal([[`/${name}`, said[name as keyof AwardContent]]]);
          const [field] = shown.fields;
          const changed = { ...shown, fields: [{ ...field!, value: `${String(field!.value)}.` }] };
          expect(() => verifyContent(commitment, changed)).to.throw("is not what the award's leaf commits to");
          const moved = { ...shown, fields: [{ ...field!, path: ["other"] }] };
          expect(() => verifyContent(commitment, moved)).to.throw("/other");
        }
      }),
      { numRuns: 200 },
    );
  });

  it("says nothing of a field that is not shown, and shows none twice", () => {
    const opening = { content: { citation: "a", place: "b" }, secret: randomBytes(32) };
    const shown = showContent(opening, ["citation"]);
    expect(JSON.stringify(shown)).not.to.include('"b"');
    const twice = { ...shown, fields: [...shown.fields, ...shown.fields] };
    expect(() => verifyContent(contentCommitment(opening), twice)).to.throw("commits to");
  });

  it("refuses to show what it does not say", () => {
    const opening = { content: { citation: "a" }, secret: randomBytes(32) };
    expect(() => showContent(opening, ["place"])).to.throw('"place"');
  });
});

describe("the secrets of an import", () => {
  const key = randomBytes(32);
  const subject = randomBytes(32);

  it("are the same for the same import, and others for any other", () => {
    const hexes = (secret: ImportSecret, position: bigint, who = subject) => {
      const { salt, content: inner } = secret.leaf(position, who);
      return [Buffer.from(salt).toString("hex"), Buffer.from(inner).toString("hex"), `${secret.nonce(position)}`];
    };
    expect(hexes(new ImportSecret(key, "a"), 0n)).to.deep.equal(hexes(new ImportSecret(key, "a"), 0n));
    const seen = [
      ...hexes(new ImportSecret(key, "a"), 0n),
      ...hexes(new ImportSecret(key, "a"), 1n),
      ...hexes(new ImportSecret(key, "b"), 0n),
      ...hexes(new ImportSecret(randomBytes(32), "a"), 0n),
      ...hexes(new ImportSecret(key, "a"), 0n, randomBytes(32)).slice(0, 2),
    ];
    expect(new Set(seen).size).to.equal(seen.length);
  });

  it("take a key of 32 bytes", () => {
    expect(() => new ImportSecret(key.subarray(1), "a")).to.throw("31 bytes");
  });
});
