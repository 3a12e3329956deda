import { expect } from "chai";
import fc from "fast-check";

import { SequenceChecker, sequenceFaults } from "../../../sdk/records/sequence.js";
import { sampleHeader } from "./arbitraries.js";

const logId = new Uint8Array(32).fill(1);
const sources = [2, 3].map((byte) => new Uint8Array(32).fill(byte));
const at = (sequence: bigint, source = 0) => ({ ...sampleHeader, logId, source: sources[source]!, sequence });

async function kinds(numbers: readonly bigint[]): Promise<string[]> {
  const faults: string[] = [];
  for await (const { kind, sequence } of sequenceFaults(numbers.map((n) => at(n)))) faults.push(`${kind} ${sequence}`);
  return faults;
}

describe("sequence of a source", () => {
  it("R9: counts from 0 without a gap, each source of each log for itself", () => {
    const checker = new SequenceChecker();
    for (let n = 0n; n < 50n; n++) {
      for (const source of [0, 1]) expect(checker.check(at(n, source))).to.equal(undefined);
      expect(checker.check({ ...at(n), logId: sources[1]! })).to.equal(undefined);
    }
    expect(checker.next(logId, sources[0]!)).to.equal(50n);
    expect(checker.next(logId, new Uint8Array(32))).to.equal(0n);
  });

  it("R9: tells a jump, a repetition and a late number apart", async () => {
    expect(await kinds([0n, 1n, 1n, 4n, 2n, 2n, 5n, 0n])).to.deep.equal([
      "repetition 1",
      "jump 4",
      "late 2",
      "repetition 2",
      "repetition 0",
    ]);
    expect(await kinds([1n])).to.deep.equal(["jump 1"]);
    expect(await kinds([(1n << 64n) - 1n, 0n])).to.deep.equal([`jump ${(1n << 64n) - 1n}`, "late 0"]);
  });

  it("says which number was expected and which are still missing", () => {
    const checker = new SequenceChecker();
    expect(checker.check(at(5n))).to.deep.include({ kind: "jump", expected: 0n, sequence: 5n });
    checker.check(at(2n));
    const ranges = [...checker.missing()].map(({ from, to }) => [from, to]);
    expect(ranges).to.deep.equal([
      [0n, 2n],
      [3n, 5n],
    ]);
  });

  it("agrees with a list of everything seen, for any order of numbers", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 12n }), { maxLength: 40 }), (numbers) => {
        const checker = new SequenceChecker();
        const seen = new Set<bigint>();
        let highest = -1n;
        for (const sequence of numbers) {
          const kind = checker.check(at(sequence))?.kind;
          if (seen.has(sequence)) expect(kind).to.equal("repetition");
          else if (sequence === highest + 1n) expect(kind).to.equal(undefined);
          else expect(kind).to.equal(sequence > highest ? "jump" : "late");
          seen.add(sequence);
          if (sequence > highest) highest = sequence;
        }
        const missing = [...checker.missing()].reduce((sum, { from, to }) => sum + (to - from), 0n);
        expect(missing).to.equal(highest + 1n - BigInt(seen.size));
      }),
      { numRuns: 500 },
    );
  });
});
