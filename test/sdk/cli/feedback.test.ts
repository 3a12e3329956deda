import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { keepKey } from "../../../sdk/book/secrets.js";
import { Book } from "../../../sdk/book/book.js";
import { lastEnded, periodAt } from "../../../sdk/rewards/feedback/periods.js";
import { Roster } from "../../../sdk/rewards/roster/roster.js";
import type { Person } from "../../../sdk/rewards/roster/person.js";
import { criteriaText, person } from "../../support/feedback.js";
import { openPersonnelWorld, type PersonnelWorld } from "../../support/personnelWorld.js";

const { provider } = await network.create();

interface Told {
  readonly standing: { readonly count: number; readonly means: Record<string, string> } | null;
  readonly records: readonly { readonly period: string; readonly counts: boolean; readonly remark: string | null }[];
  readonly gaps: {
    readonly leftOut: string[];
    readonly silent: string[];
    readonly recorded?: string[];
    readonly remarks: string[];
  };
}

describe("feedback by command", function () {
  this.timeout(180_000);
  let world: PersonnelWorld;
  let quarters: readonly [string, string, string];
  const unit = ["--unit", "unit 7"];

  before(async () => {
    world = await openPersonnelWorld(provider as never);
    const now = lastEnded(await world.rewards.now(), "quarter").ordinal;
    quarters = [-2, -1, 0].map((n) => periodAt(now + n, "quarter").name) as never;
    await writeFile(join(world.folder, "criteria.json"), criteriaText());
    await makeRoster();
    await mkdir(join(world.folder, "cards"));
    await writeFile(join(world.folder, "cards", "1.card"), await world.read("ada.card"));
  });
  after(() => world.close());

  /** Staff numbers 1 (ada), 2 (ben) and 3 to 12 in unit 7; 21 to 24 in unit 8. */
  async function makeRoster(): Promise<void> {
    const folder = join(world.folder, "roster");
    const roster = await Roster.create(folder, await keepKey(join(folder, "secrets", "roster.key")));
    const known = { 1: world.rewards.subject("ada"), 2: world.rewards.subject("ben") } as Record<
      number,
      Person["subject"]
    >;
    const numbers = [...Array.from({ length: 12 }, (_, i) => i + 1), 21, 22, 23, 24];
    const people = numbers.map((n): Person => ({
      staffNumber: String(n),
      name: `Person ${n}`,
      unit: n < 20 ? "unit 7" : "unit 8",
      subject: known[n] ?? person(n),
      account: `0x${n.toString(16).padStart(40, "a")}`,
      domain: `0x${"0d".repeat(32)}`,
      opening: `0x${n.toString(16).padStart(64, "0")}`,
      held: true,
    }));
    await roster.add(people);
    roster.close();
  }

  async function sheet(name: string, people: readonly number[], quality: (n: number) => number = (n) => 1 + (n % 5)) {
    const lines = people.map((n) => `${n},${quality(n)},${(n % 21) - 10},${n === 1 ? "well done" : ""}`);
    await writeFile(join(world.folder, name), ["工号,Quality of work,teamwork,评语", ...lines].join("\r\n"));
    return name;
  }
  const unitSeven = Array.from({ length: 12 }, (_, i) => i + 1);
  const importing = (file: string, period: string, of = unit) =>
    ["feedback", "import", "staff", file, "--period", period, "--criteria", "criteria.json", "--cards", "cards"].concat(
      of,
    );
  const size = async (): Promise<bigint> => {
    const book = await Book.open(join(world.folder, "staff"));
    return book.log
      .storedHead()
      .then(({ size }) => size)
      .finally(() => book.close());
  };
  const json = async <T>(...argv: string[]): Promise<T> =>
    JSON.parse(await world.well(undefined, ...argv, "--json")) as T;

  it("FB1: is checked as a whole, and a file with a problem changes nothing", async () => {
    await writeFile(
      join(world.folder, "bad.csv"),
      [
        "staff number,quality,teamwork,comment",
        "1,6,0,",
        "2,5,-11,",
        "2,3,0,",
        "99,3,0,",
        "21,3,0,",
        "3,=1+1,0,",
        "4,2.5,0,",
        "5,,0,",
        "6,3,0,",
        "6,3,0,",
      ].join("\n"),
    );
    const said = await world.refused(undefined, ...importing("bad.csv", quarters[0]));
    expect(said)
      .to.contain('bad.csv:2 field "quality": "6" is no whole number from 1 to 5')
      .and.to.contain("9 problems");
    for (const part of ["nobody's on the roster", 'of the unit "unit 8"', "is no whole number from -10 to 10"]) {
      expect(said).to.contain(part);
    }
    const errors = await readFile(join(world.folder, "bad.errors.csv"), "utf8");
    expect(errors.trimEnd().split("\r\n")).to.have.length(10);
    expect(errors).to.contain("is in line 3 already");
    expect(errors).to.contain("'=1+1");
    expect(await size()).to.equal(0n);
    for (const [argv, part] of [
      [importing(await sheet("q.csv", unitSeven), "2024-03"), "is no quarter"],
      [importing("q.csv", "2999-Q1"), "has not ended"],
      [importing("nowhere.csv", quarters[0]), "no such file"],
      [[...importing("q.csv", quarters[0]), "--undo", "x"], "takes no FILE"],
      [["feedback", "import", "staff", ...unit, "--period", quarters[0]], "name the CSV FILE"],
      [importing("q.csv", quarters[0], ["--unit", "a/b"]), "letters, digits"],
    ] as const) {
      expect(await world.refused(undefined, ...argv)).to.contain(part);
    }
    expect(await size()).to.equal(0n);
  });

  it("says with --dry-run what it would do, and does nothing", async () => {
    await sheet("q1.csv", unitSeven.slice(1));
    const said = await world.well(undefined, ...importing("q1.csv", quarters[0]), "--dry-run");
    expect(said).to.contain("11 records would be appended").and.to.contain("1 more of the unit");
    expect(await size()).to.equal(0n);
    expect(await readdir(join(world.folder, "staff"))).to.not.include("feedback");
  });

  it("FB1: records a period once", async () => {
    for (const [i, period] of quarters.entries()) {
      await sheet(`q${i + 1}.csv`, unitSeven, (n) => (n === 1 ? [5, 1, 3][i]! : 1 + (n % 5)));
      const said = await world.well(undefined, ...importing(`q${i + 1}.csv`, period));
      expect(said).to.contain(`Appended 12 records as urn:stele:feedback:unit%207:${period}.`);
      expect(await world.refused(undefined, ...importing(`q${i + 1}.csv`, period))).to.contain("is recorded already");
    }
    await sheet("four.csv", [21, 22, 23, 24]);
    await world.well(undefined, ...importing("four.csv", quarters[2], ["--unit", "unit 8"]));
    expect(await size()).to.equal(40n);
    await world.well("department", "log", "anchor", "staff");
  });

  it("FB4: shows tables as text, CSV, JSON and SVG, with four people withheld in all of them", async () => {
    const show = ["feedback", "show", "--book", "staff"];
    const text = await world.well(undefined, ...show);
    expect(text).to.contain("fewer than five people").and.to.contain("(all shown)");
    const told = await json<{ cells: Record<string, unknown>[] }>(...show);
    const small = told.cells.filter((cell) => cell["unit"] === "unit 8" && cell["period"] === quarters[2]);
    for (const cell of small) expect(cell).to.include({ people: null, median: null, withheld: "few" });
    const large = told.cells.find((cell) => cell["unit"] === "unit 7" && cell["period"] === quarters[2]);
    expect(large).to.include({ people: 12, lower: "2", median: "3", upper: "4", withheld: null });
    const all = told.cells.find((cell) => cell["unit"] === null && cell["period"] === quarters[2]);
    expect(all).to.include({ people: 12 });
    await world.well(undefined, ...show, "--format", "csv", "--out", "table.csv", "--offline");
    expect((await world.read("table.csv")).split("\r\n")).to.have.length(1 + 3 * 2 * 3 + 1);
    await world.well(undefined, ...show, "--unit", "unit 7", "--format", "svg", "--out", "chart.svg");
    expect(await world.read("chart.svg")).to.match(/^<svg[\s\S]*<\/svg>\s*$/);
    expect(await world.refused(undefined, "feedback", "show")).to.contain("name --book");
  });

  const standing = ["feedback", "show", "--person", "ada.json", "--criteria", "criteria.json"];
  const verify = ["feedback", "show", "--proof", "standing.json"];
  let mine: readonly string[];

  it("FB2: gives a person a standing that a third person verifies, against the chain and offline", async () => {
    await world.deliver("ada");
    const { records } = JSON.parse(await world.read("ada.json")) as { records: { proof: { index: string } }[] };
    mine = records.map(({ proof }) => proof.index);
    const before = await json<Told>(...standing);
    expect(before.standing).to.equal(null);
    expect(before.records.every(({ remark }) => remark?.includes("without notice"))).to.equal(true);
    for (const index of mine) {
      await world.well("stranger", "record", "acknowledge", "ada.json", index, "--person", "ada.keys");
    }
    const own = await json<Told>(...standing, "--proof", "standing.json");
    expect([own.standing?.count, own.gaps.leftOut, own.gaps.silent]).to.deep.equal([3, [], []]);
    expect(Number(own.standing?.means["quality"])).to.be.within(2_500, 3_100);
    const checked = await json<Told>(...verify, "--log", "staff");
    expect(checked.standing).to.deep.equal(own.standing);
    expect(checked.gaps.recorded).to.deep.equal([]);
    expect(await world.read("standing.json")).to.not.contain("well done");
    const book = await Book.open(join(world.folder, "staff"));
    const { verifierKey, checkpointAddress } = book;
    await book.close();
    for (const trusted of [
      ["--verifier-key", verifierKey],
      ["--checkpoint-key", checkpointAddress],
    ]) {
      expect((await json<Told>(...verify, "--offline", ...trusted)).standing).to.deep.equal(own.standing);
    }
    const another = ["--checkpoint-key", world.rewards.actor("thief").address];
    expect(await world.refused(undefined, ...verify, "--offline", ...another)).to.contain("records.0");
    expect(await world.refused(undefined, ...verify, "--offline")).to.contain("name something to trust");
    expect(await world.well(undefined, ...verify))
      .to.contain("Overall")
      .and.to.contain("resting on 3 records");
  });

  it("FB3: shows a verifier which records were left out, and nothing of what they say", async () => {
    const file = JSON.parse(await world.read("ada.json")) as { records: unknown[] };
    const part = async (keep: readonly number[]): Promise<Told> => {
      await world.write("part.json", { ...file, records: keep.map((i) => file.records[i]) });
      await world.well(undefined, ...standing.with(3, "part.json"), "--proof", "standing.json");
      return json<Told>(...verify, "--log", "staff");
    };
    const [first, second, third] = quarters;
    expect((await part([0, 2])).gaps).to.deep.include({ leftOut: [second], silent: [second], recorded: [second] });
    expect((await part([2])).gaps).to.deep.include({ leftOut: [second], silent: [], recorded: [] });
    // The last one is named by no record: the log alone tells that the unit recorded something then.
    expect((await part([0, 1])).gaps).to.deep.include({ leftOut: [], silent: [third], recorded: [third] });
    expect((await part([1])).gaps).to.deep.include({ leftOut: [first], recorded: [third] });
  });

  it("FB6: leaves a disputed record out until it is answered, and says so to whoever verifies", async () => {
    await world.well(undefined, ...standing, "--proof", "standing.json");
    const counted = async () => (await json<Told>(...verify)).records.map(({ counts }) => counts);
    expect(await counted()).to.deep.equal([true, true, true]);
    const bad = mine[1]!;
    await world.well("stranger", "record", "dispute", "ada.json", bad, "--person", "ada.keys", "--reason", "not-so");
    expect(await counted()).to.deep.equal([true, false, true]);
    expect(await world.well(undefined, ...verify)).to.contain("disputed, and not answered yet");
    await world.well("department", "record", "answer", "staff", bad);
    const answered = await json<Told>(...verify);
    expect(answered.records[1]).to.deep.include({
      counts: true,
      remark: "upheld by its owner; an appeal is still possible",
    });
    await world.well("stranger", "record", "appeal", "ada.json", bad, "--person", "ada.keys");
    expect(await counted()).to.deep.equal([true, false, true]);
    await world.well("arbiter", "record", "rule", world.logId, bad, "--outcome", "withdraw");
    expect((await json<Told>(...verify)).records[1]).to.deep.include({ counts: false, remark: "withdrawn" });
  });

  it("FB6: is not moved by a stranger's complaint", async () => {
    await world.well("ben", "record", "complain", world.logId, mine[2]!, "--reason", "envy");
    expect((await json<Told>(...verify)).records[2]).to.deep.include({ counts: true });
  });

  it("FB7: takes a period back, and records the right file as a revision", async () => {
    const undo = ["feedback", "import", "staff", ...unit, "--period", quarters[2], "--undo", "wrong-file"];
    const dry = await world.well("department", ...undo, "--dry-run");
    expect(dry).to.contain("12 records would be withdrawn");
    await world.well("department", ...undo, "--propose", "undo.json");
    expect((JSON.parse(await world.read("undo.json")) as { transactions: unknown[] }).transactions).to.have.length(12);
    expect(await world.refused("stranger", ...undo)).to.match(/refused/i);
    await sheet("right.csv", unitSeven, () => 4);
    expect(await world.refused(undefined, ...importing("right.csv", quarters[2]))).to.contain("with --undo first");
    expect(await world.well("department", ...undo)).to.contain("Withdrew 12 records");
    expect(await world.well("department", ...undo)).to.contain("All 12 records had ended before");
    const said = await world.well(undefined, ...importing("right.csv", quarters[2]));
    expect(said).to.contain(`urn:stele:feedback:unit%207:${quarters[2]}:r2`);
    await world.well("department", "log", "anchor", "staff");
    const table = await json<{ cells: Record<string, unknown>[] }>(
      "feedback",
      "show",
      "--book",
      "staff",
      "--unit",
      "unit 7",
    );
    const cell = table.cells.find((one) => one["period"] === quarters[2] && one["criterion"] === "quality");
    expect(cell).to.include({ people: 12, median: "4", lower: "4", upper: "4" });

    await world.deliver("ada");
    const own = await json<Told>(...standing);
    expect(own.records.map(({ period, counts }) => [period, counts])).to.deep.equal([
      [quarters[0], true],
      [quarters[1], false],
      [quarters[2], false],
      [quarters[2], false],
    ]);
    expect(own.records[3]?.remark).to.contain("without notice");
  });

  it("refuses a proof of which anything was changed", async () => {
    await world.well(undefined, ...standing, "--proof", "standing.json");
    const text = await world.read("standing.json");
    const changed = async (from: string | RegExp, to: string) => {
      expect(text).to.match(from instanceof RegExp ? from : new RegExp(from));
      await writeFile(join(world.folder, "standing.json"), text.replace(from, to));
      return world.refused(undefined, ...verify);
    };
    expect(await changed(/"value": 5/, '"value": 4')).to.contain("header commits to");
    const other = text.replace(/halfLifeDays\\": 365/, 'halfLifeDays\\": 366');
    expect(other).to.not.equal(text);
    await writeFile(join(world.folder, "standing.json"), other);
    const told = await json<Told>(...verify);
    expect([told.standing, told.records[0]?.remark]).to.deep.equal([null, "given by other criteria"]);
    expect(await world.refused(undefined, ...verify, "--criteria", "criteria.json")).to.contain("not by 0x");
  });
});
