import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";

import type { Hex } from "../../../../sdk/common/bytes.js";
import { SteleError } from "../../../../sdk/common/errors.js";
import { AwardPlan, batchesOf, type PlannedAward } from "../../../../sdk/rewards/granting/plan.js";
import { temporaryFolders } from "../../../support/folders.js";
import { refusal } from "../../../support/refusal.js";

function award(n: number, changes: Partial<PlannedAward> = {}): Omit<PlannedAward, "position"> {
  const subject = id(`subject ${n}`) as Hex;
  return { line: n + 2, subject, account: id(`${n}`).slice(0, 42) as Hex, content: { citation: `${n}` }, ...changes };
}

async function* stream<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

describe("the plan of an import", () => {
  const folder = temporaryFolders();

  it("gives back what it was filled with, page by page and by person, readable by its owner alone", async () => {
    const file = join(folder(), "private", "plan.sqlite");
    const plan = AwardPlan.open(file);
    const awards = Array.from({ length: 2_500 }, (_, i) => award(i, i % 3 === 0 ? { evidence: BigInt(i) } : {}));
    expect(plan.size).to.equal(undefined);
    expect(await plan.fill(stream(awards))).to.equal(2_500n);
    plan.close();
    const again = AwardPlan.openExisting(file);
    expect([...again.all(100n)]).to.deep.equal(awards.map((one, i) => ({ ...one, position: BigInt(i) })));
    expect(again.bySubject(awards[1_234]!.subject)?.position).to.equal(1_234n);
    expect(again.bySubject(id("nobody") as Hex)).to.equal(undefined);
    again.close();
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(statSync(join(file, "..")).mode & 0o777).to.equal(0o700);
  });

  it("is filled anew after it was cut off, and never a second time", async () => {
    const plan = AwardPlan.open(join(folder(), "plan.sqlite"));
    async function* cut() {
      for (let i = 0; i < 3_000; i++) yield award(i);
      throw new Error("killed");
    }
    await plan.fill(cut()).catch(() => undefined);
    expect(plan.size).to.equal(undefined);
    expect(await plan.fill(stream([award(7)]))).to.equal(1n);
    expect([...plan.all()].map(({ content }) => content.citation)).to.deep.equal(["7"]);
    await refusal(plan.fill(stream([])), "complete already");
    plan.close();
  });

  it("GR1: refuses two lines about one person, naming both", async () => {
    const plan = AwardPlan.open(join(folder(), "plan.sqlite"));
    const error = await refusal(plan.fill(stream([award(1), award(2), { ...award(3), subject: award(1).subject }])));
    expect(error.message).to.include("line 5").and.to.include("line 3");
    plan.close();
  });

  it("fixes a fact once", () => {
    const plan = AwardPlan.open(join(folder(), "plan.sqlite"));
    expect(plan.fix("batch size", "500")).to.equal("500");
    expect(plan.fix("batch size", "10")).to.equal("500");
    expect(plan.fact("other")).to.equal(undefined);
    plan.close();
  });

  it("says in a sentence what its file refuses, and is filled afterwards", async () => {
    const file = join(folder(), "plan.sqlite");
    const plan = AwardPlan.open(file);
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    await refusal(plan.fill(stream([award(1)])), "another process is working on it");
    expect(() => plan.fix("batch size", "2")).to.throw(SteleError, "another process");
    other.close();
    async function* late() {
      yield award(1);
      throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
    }
    await refusal(plan.fill(late()), "the disk is full");
    expect(await plan.fill(stream([award(1)]))).to.equal(1n);
    plan.close();
  });

  it("is cut into batches that cover it once, in order", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 5_000n), fc.bigInt(1n, 1_000n), (size, most) => {
        let next = 0n;
        for (const [i, { number, from, to }] of batchesOf(size, most).entries()) {
          expect(number).to.equal(BigInt(i));
          expect(from).to.equal(next);
          expect(to > from && to - from <= most).to.equal(true);
          next = to;
        }
        expect(next).to.equal(size);
      }),
      { numRuns: 200 },
    );
  });

  it("says so where there is none", () => {
    expect(() => AwardPlan.openExisting(join(folder(), "plan.sqlite"))).to.throw("no plan of an import");
  });
});
