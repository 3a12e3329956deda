import { createHmac } from "node:crypto";

import { expect } from "chai";
import fc from "fast-check";

import { toHex } from "../../../sdk/common/bytes.js";
import { hmacSha256 } from "../../../sdk/common/node/hmac.js";

describe("HMAC-SHA256 under one key", () => {
  it("is the platform's, for keys and texts of any length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.string({ unit: "grapheme", maxLength: 200 }), (key, text) => {
        const expected = createHmac("sha256", key).update(text).digest("hex");
        expect(toHex(hmacSha256(key)(text))).to.equal(`0x${expected}`);
      }),
      { numRuns: 500 },
    );
  });
});
