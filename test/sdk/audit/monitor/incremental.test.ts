import { expect } from "chai";
import fc from "fast-check";

import { auditEvent, auditEventSchema, operations } from "../../../../sdk/audit/event.js";
import { EngagementHistory } from "../../../../sdk/audit/monitor/engagement-history.js";
import { Membership } from "../../../../sdk/audit/monitor/membership.js";
import { RecordChecks, type Payload, type RecordsContext } from "../../../../sdk/audit/monitor/records.js";
import {
  firstState,
  recordsStateSchema,
  writeRecordsState,
  type RecordsState,
} from "../../../../sdk/audit/monitor/records-state.js";
import { fromHex, toHex, type Hex } from "../../../../sdk/common/bytes.js";
import { uriHash } from "../../../../sdk/records/commitments.js";
import { encodeHeader } from "../../../../sdk/records/header.js";

const logId: Hex = `0x${"22".repeat(32)}`;
const engagement: Hex = `0x${"e1".repeat(32)}`;
const auditors = ["a1", "a2", "a3"].map((digits) => `0x${digits.repeat(20)}`);
const sources = ["urn:test:one", "urn:test:two"];
const begin = 1_700_000_000n;

const members = new Membership([
  { name: "MemberEnrolled", time: 0n, member: 1n, capabilities: 3n << 48n, validFrom: 0n, validUntil: 2n ** 40n - 1n },
  { name: "AdministratorAccepted", time: 0n, member: 1n, account: auditors[0]!, adminEpoch: 1n },
  {
    name: "DelegateAccepted",
    time: 5n,
    member: 1n,
    account: auditors[1]!,
    capabilities: 1n << 49n,
    expiry: begin + 150n,
  },
]);
const engagements = new EngagementHistory([
  {
    name: "EngagementOpened",
    time: begin,
    engagement,
    office: 1n,
    auditee: 2n,
    from: begin,
    until: begin + 250n,
    lineages: [],
  },
  { name: "AuditorStaffed", time: begin + 10n, engagement, auditor: auditors[0]! },
  { name: "AuditorReleased", time: begin + 100n, engagement, auditor: auditors[0]! },
  { name: "AuditorStaffed", time: begin + 20n, engagement, auditor: auditors[1]! },
]);

const context = (now: bigint): RecordsContext => ({
  logId,
  owner: 2n,
  skew: 10n,
  now,
  holds: "events",
  members,
  engagements,
  authorizationOf: ({ id }) => (id.startsWith("0") ? "forged" : id.startsWith("1") ? "absent" : "authorized"),
  isRegistered: (root) => root.endsWith("1"),
  anchoredBy: (index) => Promise.resolve(begin + 40n + index * 10n),
});

interface Made {
  readonly entry: Uint8Array;
  readonly payload: Payload;
}

/** Entries of a log that may be anything: sound, out of order, foreign, no events, closed. */
const someEntry = fc
  .record({
    kind: fc.constantFrom("event", "event", "event", "event", "closed", "other", "foreign", "none", "erased", "wrong"),
    source: fc.constantFrom(...sources),
    sequence: fc.bigInt({ min: 0n, max: 12n }),
    time: fc.bigInt({ min: -20n, max: 320n }).map((offset) => begin + offset),
    operation: fc.constantFrom(...operations),
    auditor: fc.constantFrom(...auditors),
    named: fc.boolean(),
    failed: fc.boolean(),
    id: fc.oneof(fc.stringMatching(/^[0-9a-f]{32}$/), fc.constantFrom("a".repeat(32), "b".repeat(32))),
    signed: fc.boolean(),
  })
  .map(({ kind, source, sequence, time, operation, auditor, named, failed, id, signed }): Made => {
    const header = {
      logId: fromHex(kind === "foreign" ? engagement : logId),
      source: uriHash(source),
      sequence,
      time,
      schema: uriHash(kind === "other" ? "urn:test:other" : auditEventSchema),
      retentionClass: 0n,
      subjectCommitment: new Uint8Array(32),
      disputeAddress: new Uint8Array(20),
      payloadCommitment: new Uint8Array(32),
    };
    const draft = {
      id,
      operation,
      time: kind === "wrong" ? time + 1n : time,
      auditor,
      subject: `0x${"0".repeat(62)}0${id[5]}`,
      engagement: named ? engagement : undefined,
      data: {
        outcome: failed ? "failed" : "done",
        ...(signed ? { authorization: `0x${"5".repeat(130)}` as const } : {}),
      } as const,
    };
    const payload = auditEvent(draft, { source, sequence });
    const entry = kind === "none" ? new Uint8Array(7) : encodeHeader(header);
    if (kind === "closed" || kind === "erased") return { entry, payload: { kind } };
    return { entry, payload: { kind: "open", payload: kind === "other" ? {} : payload } };
  });

/** A state as it comes back from a file. */
function kept(state: RecordsState): RecordsState {
  const text = JSON.stringify(writeRecordsState(state), (_, item: unknown) =>
    typeof item === "bigint" ? item.toString() : item,
  );
  return recordsStateSchema.parse(JSON.parse(text)) as unknown as RecordsState;
}

const nowAt = (index: number): bigint => begin + 40n + BigInt(index) * 10n;

/** Reads in runs that end at the given places, each with a state out of a file. */
async function findingsOf(entries: readonly Made[], ends: readonly number[]): Promise<unknown> {
  let state = firstState;
  let at = 0;
  let findings: unknown;
  const end = nowAt(entries.length) + 400n;
  for (const to of [...ends, entries.length]) {
    const checks = new RecordChecks(context(to === entries.length ? end : nowAt(to)), state);
    await checks.resume();
    for (; at < to; at++) await checks.take(BigInt(at), entries[at]!.entry, entries[at]!.payload);
    state = kept(checks.state());
    const unregistered = [...checks.collected].filter(([root]) => !root.endsWith("1"));
    findings = { findings: checks.findings().toSorted((a, b) => (a.id < b.id ? -1 : 1)), unregistered };
  }
  return findings;
}

describe("checks of records in many runs", () => {
  it("[MON-5] find what one run over all entries finds, whatever the entries and wherever the runs end", async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(someEntry, { maxLength: 30 }),
        fc.array(fc.nat(30), { maxLength: 6 }),
        async (entries, places) => {
          const ends = places.filter((place) => place <= entries.length).toSorted((a, b) => a - b);
          const whole = await findingsOf(entries, []);
          expect(await findingsOf(entries, ends)).to.deep.equal(whole);
          found += (whole as { findings: unknown[] }).findings.length;
        },
      ),
      { numRuns: 400 },
    );
    expect(found, "the entries should be faulty enough to find something").to.be.greaterThan(1000);
  });

  it("find the gaps that are there, by counting", async () => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 12 }, (_, i) => BigInt(i)),
      { minLength: 1 },
    );
    await fc.assert(
      fc.asyncProperty(order, async (sequences) => {
        const checks = new RecordChecks({ ...context(begin), holds: "records" });
        for (const [i, sequence] of sequences.entries()) {
          const entry = encodeHeader({
            logId: fromHex(logId),
            source: uriHash(sources[0]!),
            sequence,
            time: 0n,
            schema: new Uint8Array(32),
            retentionClass: 0n,
            subjectCommitment: new Uint8Array(32),
            disputeAddress: new Uint8Array(20),
            payloadCommitment: new Uint8Array(32),
          });
          await checks.take(BigInt(i), entry, { kind: "unread" });
        }
        const most = sequences.reduce((a, b) => (a > b ? a : b));
        const missing = new Set<bigint>();
        for (let n = 0n; n < most; n++) if (!sequences.includes(n)) missing.add(n);
        const said = new Set<bigint>();
        for (const { evidence, subject } of checks.findings().filter(({ id }) => /:\d+$/.test(id))) {
          const { from, count } = evidence as { from: bigint; count: bigint };
          expect(subject.source).to.equal(toHex(uriHash(sources[0]!)));
          for (let n = from; n < from + count; n++) said.add(n);
        }
        expect(said).to.deep.equal(missing);
      }),
    );
  });
});
