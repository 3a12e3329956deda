import { expect } from "chai";
import fc from "fast-check";

import { SteleError } from "../../../sdk/common/errors.js";
import { formatInstant, latestTime, parseInstant } from "../../../sdk/common/time.js";

describe("timestamps (RFC 3339)", () => {
  it("reads a time with its zone as seconds since 1970", () => {
    expect(parseInstant("1970-01-01T00:00:00Z")).to.equal(0n);
    expect(parseInstant("2026-01-31T08:00:00.999+08:00")).to.equal(1_769_817_600n);
    expect(parseInstant("2024-02-29t23:59:59z")).to.equal(1_709_251_199n);
  });

  it("writes and reads every second of the first thousand years alike", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 32_503_680_000n), (seconds) => parseInstant(formatInstant(seconds)) === seconds),
      { numRuns: 2_000 },
    );
    expect(latestTime).to.equal(1_099_511_627_775n);
  });

  for (const [text, why] of [
    ["2026-01-31T08:00:00", "no time zone"],
    ["2026-01-31", "no time zone"],
    ["2026-01-31 08:00", "no time zone"],
    ["yesterday", "not RFC 3339"],
    ["2026-1-31T08:00:00Z", "not RFC 3339"],
    ["2025-02-29T00:00:00Z", "no moment"],
    ["2025-13-01T00:00:00Z", "no moment"],
    ["2025-01-01T24:00:00Z", "no moment"],
    ["2025-01-01T23:59:60Z", "no moment"],
    ["1969-12-31T23:59:59Z", "no moment"],
    ["2025-01-01T00:00:00+24:00", "does not exist"],
  ] as const) {
    it(`refuses "${text}": ${why}`, () => {
      expect(() => parseInstant(text)).to.throw(SteleError, why);
    });
  }
});
