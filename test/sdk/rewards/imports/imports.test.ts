import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { expect } from "chai";
import fc from "fast-check";

import type { Hex } from "../../../../sdk/common/bytes.js";
import { importId, type ImportTerms } from "../../../../sdk/rewards/imports/id.js";
import { findImport, listImports, openImport } from "../../../../sdk/rewards/imports/run.js";
import { newFolder } from "../roster/fixtures.js";
import { refused } from "../table/fixtures.js";

const terms: ImportTerms = { kind: "awards", digest: `0x${"11".repeat(32)}`, parameters: { type: 3, unit: "北区" } };

/** Imports three steps and finishes. */
async function finished(folder: string): Promise<Hex> {
  const run = await openImport(folder, terms);
  for (const step of ["a", "b", "c"]) run.mark(step, { hash: `0x${step}` });
  run.finish();
  run.close();
  return run.id;
}

async function undone(folder: string, id: Hex): Promise<void> {
  const run = await findImport(folder, id);
  run.undo();
  for (const { step } of run.steps()) run.markUndone(step);
  run.finishUndo();
  run.close();
}

describe("an import", () => {
  it("IM1: has the id of its kind, file and parameters, in any order", async () => {
    const same = { ...terms, parameters: { unit: "北区", type: 3 } };
    expect(importId(same)).to.equal(importId(terms));
    const others = [
      { ...terms, kind: "points" },
      { ...terms, digest: `0x${"12".repeat(32)}` as const },
      { ...terms, parameters: { type: 4, unit: "北区" } },
      { ...terms, parameters: { type: "3", unit: "北区" } },
    ];
    const ids = [importId(terms), importId(terms, 1), ...others.map((other) => importId(other))];
    expect(new Set(ids).size).to.equal(6);
  });

  it("IM2: goes on where it was, and knows the key of each effect", async () => {
    const folder = newFolder();
    const first = await openImport(folder, terms);
    expect(first).to.include({ resumed: false, state: "open" });
    first.mark("row 17", { token: 5n, block: 3 });
    first.close();
    const again = await openImport(folder, terms);
    expect(again).to.include({ resumed: true, id: first.id });
    expect(again.done("row 17")).to.deep.equal({ token: "5", block: 3 });
    expect(again.done("row 18")).to.equal(undefined);
    expect([again.keyOf("x") === first.keyOf("x"), again.keyOf("x") === again.keyOf("y")]).to.deep.equal([true, false]);
    again.close();
  });

  it("IM1: runs in one process at a time", async () => {
    const folder = newFolder();
    const run = await openImport(folder, terms);
    const elsewhere = (): unknown =>
      new DatabaseSync(join(folder, `${run.id.slice(2)}.db`), { timeout: 0 }).exec("BEGIN IMMEDIATE");
    expect(elsewhere).to.throw(/locked/);
    expect((await refused(openImport(folder, terms))).code).to.equal("busy");
    expect(await listImports(folder)).to.deep.equal([]);
    run.close();
    expect((await listImports(folder)).map(({ kind, state }) => [kind, state])).to.deep.equal([["awards", "open"]]);
  });

  it("IM3: is refused once it is finished", async () => {
    const folder = newFolder();
    const id = await finished(folder);
    const error = await refused(openImport(folder, terms));
    expect(error.code).to.equal("refused");
    expect(error.sentence).to.match(new RegExp(`was imported so already, as import ${id}; undo that one`));
    expect((await refused(openImport(folder, terms, { again: true }))).sentence).to.equal(error.sentence);
  });

  it("IM4: is undone step by step, and goes on with that too", async () => {
    const folder = newFolder();
    const id = await finished(folder);
    const run = await findImport(folder, id);
    expect(() => run.markUndone("a")).to.throw(/is finished and is not being undone/);
    run.undo();
    run.markUndone("a");
    expect(() => run.finishUndo()).to.throw(/the step b of the import .* is not undone/);
    expect(() => run.mark("d")).to.throw(/is undoing and takes no more steps/);
    run.close();
    expect((await refused(openImport(folder, terms))).sentence).to.match(/is being undone; finish that first/);
    const again = await findImport(folder, id);
    again.undo();
    expect([...again.steps()].map(({ step, undone: is }) => [step, is])).to.deep.equal([
      ["a", true],
      ["b", false],
      ["c", false],
    ]);
    for (const step of ["b", "c"]) again.markUndone(step);
    again.finishUndo();
    expect(() => again.undo()).to.throw(/is undone already/);
    again.close();
  });

  it("IM3: begins anew after it was undone, where that is said, under another id", async () => {
    const folder = newFolder();
    const id = await finished(folder);
    await undone(folder, id);
    expect((await refused(openImport(folder, terms))).sentence).to.match(/say --again/);
    const second = await openImport(folder, terms, { again: true });
    expect(second).to.include({ resumed: false, state: "open" });
    expect(second.id).to.not.equal(id);
    second.mark("a");
    second.close();
    expect((await openImport(folder, terms)).id).to.equal(second.id);
  });

  it("is undone also before it is finished", async () => {
    const folder = newFolder();
    const run = await openImport(folder, terms);
    run.mark("a");
    run.undo();
    run.markUndone("a");
    run.finishUndo();
    expect(run.state).to.equal("undone");
  });

  it("is not found under another id, nor taken from a journal of another", async () => {
    const folder = newFolder();
    expect((await refused(findImport(folder, `0x${"00".repeat(32)}`))).code).to.equal("missing");
    const id = await finished(folder);
    const db = new DatabaseSync(join(folder, `${id.slice(2)}.db`));
    db.exec(`UPDATE run SET terms = replace(terms, '"type":3', '"type":4')`);
    db.close();
    expect((await refused(findImport(folder, id))).code).to.equal("corrupt");
    expect(await listImports(join(folder, "none"))).to.deep.equal([]);
  });

  it("keeps its journal for the owner alone", async () => {
    const folder = newFolder();
    const id = await finished(folder);
    const file = join(folder, `${id.slice(2)}.db`);
    expect(statSync(file).mode & 0o077).to.equal(0);
    expect(readFileSync(file).includes("0xa")).to.equal(true);
  });

  it("IM2: knows exactly the steps that were marked, however often it was left and opened", async () => {
    const acts = fc.array(fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant("leave" as const)), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(acts, async (list) => {
        const folder = newFolder();
        const marked = new Set<string>();
        let run = await openImport(folder, terms);
        for (const act of list) {
          if (act === "leave") {
            run.close();
            run = await openImport(folder, terms);
          } else {
            run.mark(`s${act}`);
            marked.add(`s${act}`);
          }
        }
        expect([...run.steps()].map(({ step }) => step)).to.deep.equal([...marked].sort());
        run.close();
      }),
      { numRuns: 20 },
    );
  });
});
