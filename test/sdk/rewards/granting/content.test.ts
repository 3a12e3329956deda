import { expect } from "chai";
import fc from "fast-check";

import { randomBytes } from "../../../../sdk/common/random.js";
import { fromUtf8, toHex } from "../../../../sdk/common/bytes.js";
import type { JsonObject } from "../../../../sdk/records/canonical.js";
import { parseDisclosure, show, verifyFields } from "../../../../sdk/records/disclosure.js";
import type { CampaignProof } from "../../../../sdk/rewards/campaign/proof.js";
import { parseContent } from "../../../../sdk/rewards/credentials/proved.js";
import { contentCommitment, encodeOpening, type AwardContent } from "../../../../sdk/rewards/granting/content.js";
import { ImportSecret } from "../../../../sdk/rewards/granting/secrets.js";

const content = fc.record(
  { citation: fc.string({ unit: "grapheme", minLength: 1 }), date: fc.string(), place: fc.string() },
  { requiredKeys: ["citation"] },
) as fc.Arbitrary<AwardContent>;

const jsonOf = (said: AwardContent) => said as unknown as JsonObject;

describe("the content of an award", () => {
  it("is shown field by field, and nothing shown can be changed", () => {
    fc.assert(
      fc.property(content, fc.uint8Array({ minLength: 32, maxLength: 32 }), (said, secret) => {
        const commitment = contentCommitment({ content: said, secret });
        for (const name of Object.keys(said)) {
          const shown = parseDisclosure(JSON.parse(JSON.stringify(show(jsonOf(said), secret, [`/${name}`]))));
          const [read] = verifyFields(commitment, shown, "the leaf");
          expect([read?.pointer, read?.value]).to.deep.equal([`/${name}`, said[name as keyof AwardContent]]);
          const [field] = shown.fields;
          const changed = { ...shown, fields: [{ ...field!, value: `${String(field!.value)}.` }] };
          expect(() => verifyFields(commitment, changed, "the leaf")).to.throw("is not what the leaf commits to");
          const moved = { ...shown, fields: [{ ...field!, path: ["other"] }] };
          expect(() => verifyFields(commitment, moved, "the leaf")).to.throw("/other");
        }
      }),
      { numRuns: 200 },
    );
  });

  it("is read as it was written, and only where the leaf commits to it", () => {
    const opening = { content: { citation: "a", place: "b" }, secret: randomBytes(32) };
    const document: unknown = JSON.parse(fromUtf8(encodeOpening(opening)));
    const leafOf = (bytes: Uint8Array) => ({ leaf: { content: toHex(bytes) } }) as unknown as CampaignProof;
    const read = parseContent(document, leafOf(contentCommitment(opening)));
    expect(read).to.deep.equal({ ...opening });
    const other = contentCommitment({ ...opening, secret: randomBytes(32) });
    expect(() => parseContent(document, leafOf(other))).to.throw("opens another content");
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
