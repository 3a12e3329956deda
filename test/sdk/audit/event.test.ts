import { CloudEvent, HTTP } from "cloudevents";
import canonicalize from "canonicalize";
import { expect } from "chai";
import { Wallet } from "ethers";
import fc from "fast-check";

import { authorize, checkAuthorization, type AuthorizedLog } from "../../../sdk/audit/authorization.js";
import {
  auditEvent,
  operationOf,
  operations,
  parseAuditEvent,
  type AuditEvent,
  type EventDraft,
} from "../../../sdk/audit/event.js";
import { canonicalText } from "../../../sdk/records/canonical.js";

const hex = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString("hex"));
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const data = fc.record(
  {
    outcome: fc.constantFrom("done" as const, "failed" as const),
    bytes: fc.nat(),
    label: text,
    files: fc.record({ count: fc.nat(), listing: hex(32) }),
    inputs: fc.array(
      hex(32).map((root) => `0x${root}`),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ["outcome"], noNullPrototype: true },
);
const draft: fc.Arbitrary<EventDraft> = fc.record({
  id: hex(16),
  operation: fc.constantFrom(...operations),
  subject: fc.option(
    hex(32).map((root) => `0x${root}`),
    { nil: undefined },
  ),
  time: fc.bigInt({ min: 0n, max: 4_102_444_800n }),
  auditor: hex(20).map((account) => `0x${account}`),
  engagement: fc.option(
    hex(32).map((id) => `0x${id}` as const),
    { nil: undefined },
  ),
  data,
});
const event = fc
  .tuple(draft, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))
  .map(([one, sequence]) => auditEvent(one, { source: "urn:example:agency:7", sequence }));

describe("a data event", () => {
  it("is a CloudEvent 1.0 by the reference SDK, and survives its HTTP structured mode", () => {
    fc.assert(
      fc.property(event, (one) => {
        const strict = new CloudEvent({ ...one }, true);
        const received = HTTP.toEvent({ ...HTTP.structured(strict) }) as CloudEvent<unknown>;
        received.validate();
        const { time, ...attributes } = JSON.parse(JSON.stringify(received)) as AuditEvent;
        const { time: sent, ...expected } = one;
        expect(attributes).to.deep.equal(expected);
        expect(Date.parse(time)).to.equal(Date.parse(sent));
      }),
      { numRuns: 200 },
    );
  });

  it("has the canonical JSON of RFC 8785, out of which it is read again", () => {
    fc.assert(
      fc.property(event, (one) => {
        const canonical = canonicalText(one);
        expect(canonical).to.equal(canonicalize(one));
        expect(parseAuditEvent(JSON.parse(canonical))).to.deep.equal(JSON.parse(JSON.stringify(one)));
        expect(operations).to.include(operationOf(one));
      }),
      { numRuns: 200 },
    );
  });

  it("is refused with the field's name where it is none", () => {
    const one = auditEvent(
      { id: "0".repeat(32), operation: "read", time: 0n, auditor: `0x${"11".repeat(20)}`, data: { outcome: "done" } },
      { source: "urn:example:agency:7", sequence: 1n },
    );
    const wrong: readonly [Record<string, unknown>, string][] = [
      [{ specversion: "0.3" }, "specversion"],
      [{ id: "1" }, "id"],
      [{ type: "stele.audit.peek" }, "type"],
      [{ time: "yesterday" }, "time"],
      [{ sequence: "1" }, "sequence"],
      [{ auditor: `0x${"AB".repeat(20)}` }, "auditor"],
      [{ data: { outcome: "perhaps" } }, "data.outcome"],
      [{ data: { outcome: "done", authorization: "yes" } }, "data.authorization"],
      [{ extra: 1 }, 'unknown field "extra"'],
    ];
    for (const [change, field] of wrong) {
      expect(() => parseAuditEvent({ ...one, ...change }), field).to.throw(field);
    }
  });
});

describe("the authorization of a data event", () => {
  const auditor = new Wallet(`0x${"a1".repeat(32)}`);
  const log: AuthorizedLog = { chainId: 31_337n, address: `0x${"11".repeat(20)}`, logId: `0x${"22".repeat(32)}` };
  const sample = fc.sample(event, { numRuns: 8, seed: 7 });

  async function authorized(one: AuditEvent): Promise<AuditEvent> {
    const own = { ...one, auditor: auditor.address.toLowerCase() as `0x${string}` };
    return { ...own, data: { ...own.data, authorization: await authorize(auditor, log, own) } };
  }

  it("verifies for what the auditor signed, wherever the event stands", async () => {
    for (const one of sample) {
      const own = await authorized(one);
      expect(checkAuthorization(log, own)).to.equal("authorized");
      const elsewhere: AuditEvent = { ...own, sequence: "9".repeat(20) };
      expect(checkAuthorization(log, elsewhere)).to.equal("authorized");
      expect(checkAuthorization(log, one)).to.equal("absent");
    }
  });

  it("is forged for any other content, subject, time, engagement, operation, auditor or log", async () => {
    const root = `0x${"5a".repeat(32)}` as const;
    for (const one of sample) {
      const own = await authorized(one);
      const other = (change: Partial<AuditEvent>) => checkAuthorization(log, { ...own, ...change });
      expect(other({ id: "f".repeat(32) })).to.equal("forged");
      expect(other({ subject: root })).to.equal("forged");
      expect(other({ engagement: root })).to.equal("forged");
      expect(other({ time: "2001-01-01T00:00:00Z" })).to.equal("forged");
      expect(other({ type: own.type === "stele.audit.read" ? "stele.audit.erase" : "stele.audit.read" })).to.equal(
        "forged",
      );
      expect(other({ auditor: `0x${"77".repeat(20)}` })).to.equal("forged");
      const outcome = own.data.outcome === "done" ? "failed" : "done";
      expect(other({ data: { ...own.data, outcome } })).to.equal("forged");
      expect(other({ data: { ...own.data, more: 1 } })).to.equal("forged");
      expect(other({ data: { ...own.data, authorization: "0x00" } })).to.equal("forged");
      expect(checkAuthorization({ ...log, logId: root }, own)).to.equal("forged");
      expect(checkAuthorization({ ...log, chainId: 1n }, own)).to.equal("forged");
    }
  });
});
