import { expect } from "chai";
import fc from "fast-check";

import {
  audited,
  conductOf,
  meets,
  type Conduct,
  type ConductFacts,
  type ConductFault,
  type MemberSpan,
  type Span,
} from "../../../../sdk/audit/conduct.js";
import { operations } from "../../../../sdk/audit/event.js";

const id = `0x${"e1".repeat(32)}` as const;
const agency = 3n;

/** An event in the middle of everything that it needs. */
const event: Conduct = { operation: "read", time: 500n, engagement: id };
const facts: ConductFacts = {
  owner: agency,
  skew: 10n,
  engagement: { office: 1n, auditee: agency, openedAt: 100n, from: 100n, until: 900n },
  office: [{ from: 0n }],
  team: [{ from: 100n }],
  accredited: [{ from: 50n, member: 2n }],
  belonged: [{ from: 50n, member: 2n }],
};

/** Seconds within the skew of a time. */
function* seconds(time: bigint, skew: bigint): Generator<bigint> {
  for (let t = time - skew; t <= time + skew; t++) yield t;
}

const holdsAt = ({ from, until }: Span, t: bigint) => t >= from && (until === undefined || t < until);

/** The rule in the words of its description, second by second. */
function oracle(one: Conduct, known: ConductFacts): ConductFault[] {
  const some = (holds: (t: bigint) => boolean) => [...seconds(one.time, known.skew)].some(holds);
  if (one.engagement === undefined) {
    if (audited.has(one.operation)) return ["unnamed"];
    const own = some((t) => known.belonged.some((span) => span.member === known.owner && holdsAt(span, t)));
    return own ? [] : ["stranger"];
  }
  const { engagement } = known;
  if (engagement === undefined || !some((t) => t >= engagement.openedAt)) return ["unknown"];
  const faults: ConductFault[] = [];
  if (engagement.auditee !== known.owner) faults.push("auditee");
  if (!some((t) => t >= engagement.from)) faults.push("early");
  if (!some((t) => t < engagement.until)) faults.push("late");
  if (!some((t) => engagement.closedAt === undefined || t < engagement.closedAt)) faults.push("closed");
  if (!some((t) => known.office.some((span) => holdsAt(span, t)))) faults.push("office");
  if (!some((t) => known.team.some((span) => holdsAt(span, t)))) faults.push("team");
  const other = known.accredited.filter(({ member }) => member !== engagement.auditee);
  if (!some((t) => other.some((span) => holdsAt(span, t)))) faults.push("accreditation");
  return faults;
}

const time = fc.bigInt({ min: 20n, max: 120n });
const span = fc.record({ from: time, until: fc.option(time, { nil: undefined }) });
const memberSpan: fc.Arbitrary<MemberSpan> = fc
  .tuple(span, fc.bigInt({ min: 1n, max: 4n }))
  .map(([one, member]) => ({ ...one, member }));
const someFacts: fc.Arbitrary<ConductFacts> = fc.record({
  owner: fc.bigInt({ min: 2n, max: 4n }),
  skew: fc.bigInt({ min: 0n, max: 8n }),
  engagement: fc.option(
    fc.record({
      office: fc.constant(1n),
      auditee: fc.bigInt({ min: 2n, max: 4n }),
      openedAt: time,
      from: time,
      until: time,
      closedAt: fc.option(time, { nil: undefined }),
    }),
    { nil: undefined, freq: 8 },
  ),
  office: fc.array(span, { maxLength: 2 }),
  team: fc.array(span, { maxLength: 3 }),
  accredited: fc.array(memberSpan, { maxLength: 3 }),
  belonged: fc.array(memberSpan, { maxLength: 3 }),
});
const someEvent: fc.Arbitrary<Conduct> = fc.record({
  operation: fc.constantFrom(...operations),
  time,
  engagement: fc.option(fc.constant(id), { nil: undefined, freq: 4 }),
});

describe("the rule of conduct", () => {
  it("finds nothing wrong with an event inside of its engagement", () => {
    expect(conductOf(event, facts)).to.deep.equal([]);
  });

  it("lets the holder transfer, restore, erase and change identities by itself, and nobody collect, read or derive", () => {
    const own = { ...facts, engagement: undefined, belonged: [{ from: 0n, member: agency }] };
    for (const operation of operations) {
      const expected = ["collect", "read", "derive"].includes(operation) ? ["unnamed"] : [];
      expect(conductOf({ operation, time: 500n }, own), operation).to.deep.equal(expected);
    }
    expect(conductOf({ operation: "erase", time: 500n }, facts)).to.deep.equal(["stranger"]);
  });

  const { engagement } = facts;
  const broken: readonly (readonly [ConductFault, Partial<ConductFacts>])[] = [
    ["unknown", { engagement: undefined }],
    ["unknown", { engagement: { ...engagement!, openedAt: 511n } }],
    ["auditee", { owner: 4n }],
    ["early", { engagement: { ...engagement!, from: 511n } }],
    ["late", { engagement: { ...engagement!, until: 490n } }],
    ["closed", { engagement: { ...engagement!, closedAt: 490n } }],
    ["office", { office: [{ from: 0n, until: 400n }] }],
    ["team", { team: [{ from: 100n, until: 490n }] }],
    ["team", { team: [] }],
    ["accreditation", { accredited: [] }],
    ["accreditation", { accredited: [{ from: 0n, until: 490n, member: 2n }] }],
    ["accreditation", { accredited: [{ from: 0n, member: agency }] }],
  ];
  for (const [fault, change] of broken) {
    it(`finds "${fault}" where ${Object.keys(change)[0]} says so, and that alone`, () => {
      expect(conductOf(event, { ...facts, ...change })).to.deep.equal([fault]);
    });
  }

  it("accuses nobody over clocks that differ by no more than the skew", () => {
    const atEdge: readonly Partial<ConductFacts>[] = [
      { engagement: { ...engagement!, openedAt: 510n, from: 510n } },
      { engagement: { ...engagement!, until: 491n, closedAt: 491n } },
      { team: [{ from: 510n }] },
      { team: [{ from: 0n, until: 491n }] },
      { accredited: [{ from: 510n, member: 2n }] },
      { accredited: [{ from: 0n, until: 491n, member: 2n }] },
    ];
    for (const change of atEdge) expect(conductOf(event, { ...facts, ...change })).to.deep.equal([]);
  });

  it("[MON-1] says what a naive reading second by second says, on random events and histories", () => {
    fc.assert(
      fc.property(someEvent, someFacts, (one, known) => {
        expect(conductOf(one, known)).to.deep.equal(oracle(one, known));
      }),
      { numRuns: 3000 },
    );
  });

  it("knows when two spans have a second in common", () => {
    fc.assert(
      fc.property(span, span, (a, b) => {
        const common = [...seconds(70n, 60n)].some((t) => holdsAt(a, t) && holdsAt(b, t));
        expect(meets(a, b)).to.equal(common);
      }),
    );
  });
});
