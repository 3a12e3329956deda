import { expect } from "chai";
import { type Contract, ZeroAddress } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { type DeskStatus, type RecordState, recordStates, stateAt, statusAt } from "../../../sdk/records/desk.js";
import { testContract } from "../../support/compile.js";

const { ethers } = await network.create({ override: { blockGasLimit: 4_000_000_000n } });

const runs = 4_000;
const batch = 500;

interface Case {
  readonly state: number;
  readonly noticed: boolean;
  readonly openComplaints: bigint;
  readonly elapsed: bigint;
  readonly time: bigint;
  readonly anchoredBy: bigint;
  readonly timestamp: bigint;
  readonly committed: boolean;
  readonly disputeAddress: string;
  readonly known: boolean;
  readonly retention: bigint;
  readonly noticeNeeded: boolean;
  readonly clockSkew: bigint;
  readonly answerPeriod: bigint;
  readonly appealPeriod: bigint;
  readonly rulingPeriod: bigint;
}

/** Numbers that meet each other often, and the largest ones. */
const seconds = (bits: bigint) =>
  fc.oneof(fc.bigInt(0n, 12n), fc.bigInt(0n, 2n ** bits - 1n), fc.constant(2n ** bits - 1n));

const cases: fc.Arbitrary<Case> = fc
  .record({
    state: fc.nat({ max: recordStates.length - 1 }),
    noticed: fc.boolean(),
    openComplaints: fc.bigInt(0n, 2n),
    elapsed: seconds(40n),
    time: seconds(40n),
    // A block time fits into 40 bits together with the longest period.
    anchoredBy: seconds(39n),
    timestamp: seconds(40n),
    committed: fc.boolean(),
    disputeAddress: fc.constantFrom(ZeroAddress, "0x00000000000000000000000000000000000000aa"),
    known: fc.boolean(),
    retention: seconds(32n),
    noticeNeeded: fc.boolean(),
    clockSkew: seconds(32n),
    answerPeriod: seconds(32n),
    appealPeriod: seconds(32n),
    rulingPeriod: seconds(32n),
  })
  // A class that the policy does not know has no period.
  .map((drawn) => (drawn.known ? drawn : { ...drawn, retention: 0n }));

function twin(drawn: Case): DeskStatus {
  return statusAt(
    {
      state: recordStates[drawn.state] as RecordState,
      noticedAt: drawn.noticed ? 1n : 0n,
      openComplaints: drawn.openComplaints,
    },
    {
      aboutSomebody: drawn.committed || drawn.disputeAddress !== ZeroAddress,
      time: drawn.time,
      anchoredBy: drawn.anchoredBy,
      retention: drawn.known ? drawn.retention : undefined,
    },
    { ...drawn, disputePeriod: 0n },
    drawn.elapsed,
    drawn.timestamp,
  );
}

describe("Rules of the record desk", () => {
  let harness: Contract;
  before(async () => {
    const [signer] = await ethers.getSigners();
    harness = (await (await testContract("DeskHarness", signer!)).deploy()) as Contract;
  });

  it(`are the same in Solidity and TypeScript for ${runs} random cases (R12)`, async () => {
    const drawn = fc.sample(cases, { numRuns: runs, seed: 1195 });
    let valid = 0;
    for (let from = 0; from < runs; from += batch) {
      const part = drawn.slice(from, from + batch);
      const results = await harness.getFunction("statuses")(part);
      part.forEach((one, i) => {
        const [state, included, noticed, isValid, disputed, anchoredBy, expires] = results[i];
        const expected = twin(one);
        const text = JSON.stringify(one, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
        expect(included).to.equal(true);
        expect(anchoredBy).to.equal(one.anchoredBy);
        expect({ state: recordStates[Number(state)], noticed, valid: isValid, disputed, expires }, text).to.deep.equal(
          expected,
        );
        if (expected.valid) valid++;
      });
    }
    // Both answers must be common, or equality would show nothing.
    expect(valid).to.be.within(runs / 50, runs - runs / 50);
  });

  it("let a period run up to and including its last second", () => {
    const policy = {
      noticeNeeded: false,
      disputePeriod: 0n,
      answerPeriod: 10n,
      appealPeriod: 20n,
      rulingPeriod: 30n,
      clockSkew: 0n,
    };
    expect(stateAt({ state: "disputed" }, policy, 10n)).to.equal("disputed");
    expect(stateAt({ state: "disputed" }, policy, 11n)).to.equal("lapsed");
    expect(stateAt({ state: "answered" }, policy, 20n)).to.equal("answered");
    expect(stateAt({ state: "answered" }, policy, 21n)).to.equal("upheld");
    expect(stateAt({ state: "appealed" }, policy, 30n)).to.equal("appealed");
    expect(stateAt({ state: "appealed" }, policy, 31n)).to.equal("lapsed");
  });

  it("end nothing that nobody has to speak about, however long it lies", () => {
    const policy = {
      noticeNeeded: true,
      disputePeriod: 1n,
      answerPeriod: 1n,
      appealPeriod: 1n,
      rulingPeriod: 1n,
      clockSkew: 0n,
    };
    for (const state of ["recorded", "noticed", "upheld", "corrected", "withdrawn", "lapsed"] as const) {
      expect(stateAt({ state }, policy, 2n ** 40n - 1n)).to.equal(state);
    }
  });
});
