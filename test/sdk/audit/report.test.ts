import { parse } from "csv-parse/sync";
import { expect } from "chai";
import fc from "fast-check";
import { SaxesParser } from "saxes";

import { operations } from "../../../sdk/audit/event.js";
import type { EventLine } from "../../../sdk/audit/line.js";
import { countByTime } from "../../../sdk/audit/report/buckets.js";
import { columns } from "../../../sdk/audit/report/columns.js";
import { eventCsv } from "../../../sdk/audit/report/csv.js";
import { eventTable } from "../../../sdk/audit/report/table.js";
import { eventTimeline } from "../../../sdk/audit/report/timeline.js";
import { execute } from "../../../scripts/checks/support.js";

const start = 1_767_225_600n; // 2026-01-01T00:00:00Z
const line: EventLine = {
  logId: `0x${"11".repeat(32)}`,
  index: 7n,
  time: start,
  source: "urn:stele:source:books",
  sequence: 3n,
  operation: "read",
  outcome: "done",
  auditor: `0x${"ab".repeat(20)}`,
  engagement: `0x${"22".repeat(32)}`,
  subject: `0x${"33".repeat(32)}`,
};

const anyLine: fc.Arbitrary<EventLine> = fc
  .record({
    time: fc.bigInt(0n, 4_000_000_000n),
    source: fc.string({ unit: "binary" }),
    sequence: fc.bigInt(0n, 1n << 40n),
    index: fc.bigInt(0n, 1n << 40n),
    operation: fc.constantFrom(...operations),
    outcome: fc.constantFrom("done" as const, "failed" as const),
  })
  .map((some) => ({ ...line, ...some, source: some.source.toWellFormed() }));

describe("answers as CSV", () => {
  it("has a header row, a row a line and CRLF after each", async () => {
    const { engagement: _, subject: __, ...own } = line;
    const rows = (await text(eventCsv([line, { ...own, outcome: "failed" }]))).split("\r\n");
    expect(rows).to.have.length(4);
    expect(rows[0]).to.equal(columns.join(","));
    expect(rows[1]).to.equal(
      `2026-01-01T00:00:00Z,read,done,${line.auditor},${line.engagement},${line.subject},${line.source},3,${line.logId},7`,
    );
    expect(rows[2]).to.match(/^2026-01-01T00:00:00Z,read,failed,0x(ab){20},,,urn:/);
    expect(rows[3]).to.equal("");
  });

  it("answers nothing with the header row alone", async () => {
    expect(await text(eventCsv([]))).to.equal(`${columns.join(",")}\r\n`);
  });

  for (const source of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")']) {
    it(`gives a spreadsheet no formula from ${JSON.stringify(source)}`, async () => {
      const [, row] = parse(await text(eventCsv([{ ...line, source }]))) as string[][];
      expect(row?.[6]).to.equal(`'${source}`);
    });
  }

  it("keeps quotes, commas and line breaks of any text in their cell", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { maxLength: 20 }), async (lines) => {
        const rows = parse(await text(eventCsv(lines))) as string[][];
        expect(rows.length).to.equal(lines.length + 1);
        lines.forEach(({ source }, i) =>
          expect(rows[i + 1]?.[6]?.replace(/^'(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/, "")).to.equal(source),
        );
      }),
      { numRuns: 200 },
    );
  });

  it("hands out rows while lines still come, and stops asking when the reader stops", async () => {
    let asked = 0;
    function* endless(): Generator<EventLine> {
      for (;;) yield { ...line, index: BigInt(asked++) };
    }
    for await (const piece of eventCsv(endless())) {
      expect(piece).to.contain("urn:");
      break;
    }
    expect(asked).to.be.lessThan(10_000);
  });

  it("fails as its lines fail", async () => {
    async function* broken(): AsyncGenerator<EventLine> {
      yield line;
      throw new Error("the index was taken away");
    }
    const error = await text(eventCsv(broken())).catch((failure: Error) => failure.message);
    expect(error).to.equal("the index was taken away");
  });
});

describe("answers as a table", () => {
  it("shows lines up to its limit and says that there are more", async () => {
    const table = await eventTable([line, line, line], 2);
    expect(table.head).to.deep.equal(columns);
    expect(table.rows).to.have.length(2);
    expect(table.more).to.equal(true);
    expect((await eventTable([line], 1)).more).to.equal(false);
  });

  it("shortens accounts and hashes, and nothing else", async () => {
    const { rows } = await eventTable([line]);
    const row = rows[0]?.join(" ");
    const ids = "0xabababab…abab 0x22222222…2222 0x33333333…3333";
    expect(row).to.equal(`2026-01-01T00:00:00Z read done ${ids} urn:stele:source:books 3 0x11111111…1111 7`);
  });

  it("writes escape codes and marks of direction as their code", async () => {
    const { rows } = await eventTable([{ ...line, source: "\u001b[2Jurn:\u202etxt\n" }]);
    expect(rows[0]?.[6]).to.equal("\\u001b[2Jurn:\\u202etxt\\u000a");
  });
});

describe("answers as a timeline", () => {
  const at = (seconds: bigint, more: Partial<EventLine> = {}) => ({ ...line, time: start + seconds, ...more });

  it("counts by hour, day, month or year, as the range asks", async () => {
    const unit = async (days: bigint) => (await countByTime([at(0n), at(days * 86_400n - 1n)])).unit;
    expect(await unit(1n)).to.equal("hour");
    expect(await unit(3n)).to.equal("hour");
    expect(await unit(4n)).to.equal("day");
    expect(await unit(124n)).to.equal("day");
    expect(await unit(125n)).to.equal("month");
    expect(await unit(3652n)).to.equal("month");
    expect(await unit(3700n)).to.equal("year");
  });

  it("counts every event once, in the bucket of its time, whatever the order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { minLength: 1, maxLength: 60 }), async (lines) => {
        const counted = await countByTime(lines);
        expect(await countByTime([...lines].reverse())).to.deep.equal(counted);
        expect(counted.buckets.reduce((sum, { count }) => sum + count, 0)).to.equal(lines.length);
        for (const { time, operation, outcome } of lines) {
          const within = counted.buckets.filter(
            (bucket) => bucket.start <= Number(time) * 1000 && Number(time) * 1000 < bucket.end,
          );
          expect(within.some((bucket) => bucket.operation === operation && bucket.outcome === outcome)).to.equal(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps a bounded number of buckets for a hundred thousand events over thirty years", async () => {
    function* many(): Generator<EventLine> {
      for (let i = 0n; i < 100_000n; i++) yield at(i * 9467n, { operation: operations[Number(i % 7n)] ?? "read" });
    }
    const { buckets, events } = await countByTime(many());
    expect(events).to.equal(100_000);
    expect(buckets.length).to.be.at.most(7 * 31);
  });

  it("is the same XML for the same events, with a title, a description and a bar for each count", async () => {
    const lines = [at(0n), at(10n), at(7200n, { operation: "collect", outcome: "failed" })];
    const svg = await eventTimeline(lines, { title: "Touched by 0xab" });
    expect(await eventTimeline(lines, { title: "Touched by 0xab" })).to.equal(svg);
    const { texts } = readXml(svg);
    expect(texts.get("title")).to.deep.equal(["Touched by 0xab"]);
    expect(texts.get("desc")?.[0]).to.equal(
      "3 events by hour from 2026-01-01 to 2026-01-01 (UTC): collect 1, read 2; 1 failed.",
    );
    expect(texts.get("text")).to.include.members(["operation", "collect", "outcome", "failed", "time (UTC), by hour"]);
    expect(svg.match(/stroke="black" stroke-width="1.5"[^>]*fill|fill="#0072B2" stroke="black"/g)).to.not.equal(null);
  });

  it("draws no events as an empty chart that says so", async () => {
    expect(readXml(await eventTimeline([])).texts.get("desc")).to.deep.equal(["No events."]);
  });

  it("lets no markup out of a title or an event", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (hostile) => {
        const title = `</title><script>alert(1)</script>${hostile}]]>&x;"'`;
        const { elements, texts } = readXml(await eventTimeline([{ ...line, source: title }], { title }));
        expect(elements.has("script")).to.equal(false);
        expect(texts.get("title")?.[0]).to.contain("<script>alert(1)</script>");
      }),
      { numRuns: 30 },
    );
  });

  it("loads the drawing library with the first chart, not with the program", async () => {
    const child = new URL("startup.child.ts", import.meta.url).pathname;
    const { code, output } = await execute(process.execPath, ["--import", "tsx", child], { cwd: process.cwd() });
    expect(code, output).to.equal(0);
    expect(output.match(/^(before|after): .*$/gm)).to.deep.equal(["before: no", "after: yes"]);
  });
});

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let whole = "";
  for await (const piece of pieces) whole += piece;
  return whole;
}

/** Elements of a document and their texts; throws where it is not XML. */
function readXml(xml: string): { elements: Set<string>; texts: Map<string, string[]> } {
  const [elements, texts, path] = [new Set<string>(), new Map<string, string[]>(), [] as string[]];
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name }) => {
    elements.add(name);
    path.push(name);
  });
  parser.on("text", (found) => {
    const name = path.at(-1) ?? "";
    texts.set(name, [...(texts.get(name) ?? []), found]);
  });
  parser.on("closetag", () => path.pop());
  parser.write(xml).close();
  return { elements, texts };
}
