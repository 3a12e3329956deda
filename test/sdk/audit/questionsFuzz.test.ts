import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { operations, type Outcome } from "../../../sdk/audit/event.js";
import type { EventLine } from "../../../sdk/audit/line.js";
import type { Question } from "../../../sdk/audit/questions/answer.js";
import { AuditIndex } from "../../../sdk/audit/questions/audit-index.js";
import type { EventSource, FollowedRecord } from "../../../sdk/audit/questions/source.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { auditEvent, auditEventSchema } from "../../../sdk/audit/event.js";
import { Tree } from "../../../sdk/log/tree.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { draftRecord } from "../../../sdk/records/record.js";
import { account, hash } from "../../support/events.js";
import { temporaryFolders } from "../../support/folders.js";
import { fromHex } from "../../../sdk/common/bytes.js";

/** An event in a few small numbers. */
const event = fc.record({
  time: fc.integer({ min: 0, max: 12 }),
  /** The event's own clock, where it is another one. */
  apart: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) }),
  source: fc.integer({ min: 0, max: 2 }),
  operation: fc.constantFrom(...operations),
  failed: fc.boolean(),
  auditor: fc.integer({ min: 0, max: 3 }),
  engagement: fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }),
  subject: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
});
type Drawn = typeof event extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ log: fc.integer({ min: 0, max: 1 }), write: fc.array(event, { maxLength: 12 }) }),
  },
  { weight: 3, arbitrary: fc.record({ log: fc.integer({ min: 0, max: 1 }), erase: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ log: fc.integer({ min: 0, max: 1 }), follow: fc.constant(true) }) },
);

const question = fc.record({
  auditor: fc.option(fc.integer({ min: 0, max: 3 }).map(account), { nil: undefined }),
  subject: fc.integer({ min: 0, max: 4 }).map(hash),
  engagement: fc.option(
    fc.integer({ min: 0, max: 1 }).map((n) => hash(0xe0 + n)),
    { nil: undefined },
  ),
  bySubject: fc.boolean(),
  from: fc.option(fc.integer({ min: 0, max: 13 }), { nil: undefined }),
  to: fc.option(fc.integer({ min: 0, max: 13 }), { nil: undefined }),
  operations: fc.subarray([...operations]),
  failed: fc.boolean(),
});

/** A log in memory: real headers and a real tree, no encryption. What is erased is gone. */
class MemoryLog implements EventSource {
  readonly config;
  readonly lines: (EventLine | undefined)[] = [];
  readonly #records: FollowedRecord[] = [];
  readonly #next = new Map<string, bigint>();
  readonly #roots = [new Tree().root()];
  readonly #tree = new Tree();

  constructor(n: number) {
    this.config = { logId: hash(0x1000 + n), kind: "audit.events", name: `agency ${n}` };
  }

  readonly log = {
    storedHead: async () => ({ size: BigInt(this.#records.length), root: this.#tree.root() }),
    rootAt: async (size: bigint) => this.#roots[Number(size)]!,
    entry: async (index: bigint) => this.#records[Number(index)]!.entry,
  };

  write(drawn: Drawn): void {
    const place = this.#place(`urn:example:source:${drawn.source}`);
    const [auditor, operation, outcome] = [
      account(drawn.auditor),
      drawn.operation,
      drawn.failed ? "failed" : "done",
    ] as const;
    const engagement = drawn.engagement === undefined ? undefined : hash(0xe0 + drawn.engagement);
    const subject = drawn.subject === undefined ? undefined : hash(drawn.subject);
    const [time, stated] = [BigInt(drawn.time), BigInt(drawn.time + drawn.apart)];
    const data = { outcome: outcome as Outcome };
    const id = this.#records.length.toString(16).padStart(32, "0");
    const payload = auditEvent({ id, operation, data, engagement, subject, auditor, time: stated }, place);
    const draft = draftRecord({
      ...place,
      logId: fromHex(this.config.logId),
      time,
      schema: auditEventSchema,
      retentionClass: 0n,
      payload,
      recipients: [],
    });
    const index = BigInt(this.#records.length);
    const record = { payload: { ...payload } as never };
    this.#records.push({ index, entry: draft.entry, header: draft.header, record });
    this.#tree.add(draft.entry);
    this.#roots.push(this.#tree.root());
    const optional = { ...(engagement ? { engagement } : {}), ...(subject ? { subject } : {}) };
    const apart = stated === time ? {} : { stated };
    this.lines.push({
      logId: this.config.logId,
      index,
      time,
      ...place,
      operation,
      outcome,
      auditor,
      ...optional,
      ...apart,
    });
  }

  erase(index: number): void {
    const { record: _, ...rest } = this.#records[index]!;
    this.#records[index] = { ...rest, missing: "erased" };
    this.lines[index] = undefined;
  }

  async *records(from: bigint, to: bigint): AsyncGenerator<FollowedRecord> {
    yield* this.#records.slice(Number(from), Number(to));
  }

  async openRecord(index: bigint): Promise<FollowedRecord> {
    const record = this.#records[Number(index)];
    if (record === undefined) throw new SteleError("usage", "no such record");
    return record;
  }

  #place(source: string) {
    const sequence = this.#next.get(source) ?? 0n;
    this.#next.set(source, sequence + 1n);
    return { source, sequence };
  }
}

describe("audit index, against a naive scan", () => {
  const newFolder = temporaryFolders();

  it("I3 I5: answers as a scan of everything does, through erasures, follows and a rebuild", async () => {
    let run = 0;
    const folder = newFolder();
    const property = fc.asyncProperty(fc.array(step, { maxLength: 5 }), question, async (steps, drawn) => {
      const file = join(folder, `${run++}.index`);
      const logs = [new MemoryLog(0), new MemoryLog(1)];
      const index = AuditIndex.open(file);
      try {
        for (const log of logs) await index.follow(log);
        for (const one of steps) await walk(index, logs[one.log]!, one);
        for (const log of logs) await index.follow(log);
        const expected = scan(logs, asked(drawn));
        expect(await Array.fromAsync(index.ask(asked(drawn)))).to.deep.equal(expected);
        expect(index.ask(asked(drawn)).count()).to.equal(expected.length);
      } finally {
        index.close();
      }
      AuditIndex.remove(file);
      const rebuilt = AuditIndex.open(file);
      try {
        for (const log of logs.toReversed()) await rebuilt.follow(log);
        expect(new Set((await Array.fromAsync(rebuilt.ask(asked(drawn)))).map(keyOf))).to.deep.equal(
          new Set(scan(logs, asked(drawn)).map(keyOf)),
        );
      } finally {
        rebuilt.close();
      }
    });
    await fc.assert(property, { numRuns: 200 });
  });
});

async function walk(
  index: AuditIndex,
  log: MemoryLog,
  one: { write?: readonly Drawn[]; erase?: number; follow?: boolean },
): Promise<void> {
  for (const drawn of one.write ?? []) log.write(drawn);
  if (one.follow === true) await index.follow(log);
  if (one.erase === undefined || log.lines.length === 0) return;
  const gone = one.erase % log.lines.length;
  log.erase(gone);
  await index.forget({ logId: log.config.logId, index: BigInt(gone) }, log);
}

function asked({
  bySubject,
  subject,
  engagement,
  auditor,
  from,
  to,
  ...rest
}: typeof question extends fc.Arbitrary<infer T> ? T : never): Question {
  const terms =
    auditor === undefined && engagement === undefined
      ? { subject }
      : { auditor, engagement, ...(bySubject ? { subject } : {}) };
  const big = (n: number | undefined) => (n === undefined ? undefined : BigInt(n));
  return { ...terms, from: big(from), to: big(to), ...rest } as Question & { auditor?: Hex };
}

/** The answer, by looking at every event there is. */
function scan(logs: readonly MemoryLog[], question: Question): EventLine[] {
  const { auditor, subject, engagement, from = 0n, to = 1n << 40n, operations: wanted = [], failed } = question;
  const inside = (time: bigint | undefined) => time !== undefined && time >= from && time < to;
  const all = logs.flatMap(({ lines }, n) => lines.flatMap((line) => (line === undefined ? [] : [{ line, n }])));
  const meant = all.filter(
    ({ line }) =>
      (auditor === undefined || line.auditor === auditor) &&
      (subject === undefined || line.subject === subject) &&
      (engagement === undefined || line.engagement === engagement) &&
      (wanted.length === 0 || wanted.includes(line.operation)) &&
      (failed !== true || line.outcome === "failed") &&
      (inside(line.time) || inside(line.stated)),
  );
  const by = (key: (line: EventLine) => bigint) => (a: (typeof all)[number], b: (typeof all)[number]) =>
    Number(key(a.line) - key(b.line)) || a.n - b.n || Number(a.line.index - b.line.index);
  const main = meant.filter(({ line }) => inside(line.time)).sort(by(({ time }) => time));
  const apart = meant.filter(({ line }) => !inside(line.time)).sort(by(({ stated }) => stated!));
  return [...main, ...apart].map(({ line }) => line);
}

function keyOf({ logId, index }: EventLine): string {
  return `${logId} ${index}`;
}
