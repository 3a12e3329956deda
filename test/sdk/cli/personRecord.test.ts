import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { Book } from "../../../sdk/book/book.js";
import { keepKey } from "../../../sdk/book/secrets.js";
import { appendPersonnel } from "../../../sdk/rewards/personnel/append.js";
import { Roster } from "../../../sdk/rewards/roster/roster.js";
import { openPersonnelWorld, type PersonnelWorld } from "../../support/personnelWorld.js";
import { personnelKind } from "../../support/rewards.js";

const { provider } = await network.create();
const zero = `0x${"00".repeat(32)}` as const;

interface Recorded {
  readonly source: string;
  readonly records: number;
  readonly before: number;
  readonly appended: number;
}

describe("the command person record", function () {
  this.timeout(120_000);
  let world: PersonnelWorld;

  before(async () => {
    world = await openPersonnelWorld(provider as never);
    const key = await keepKey(join(world.folder, "roster", "secrets", "roster.key"));
    const roster = await Roster.create(join(world.folder, "roster"), key);
    const common = { unit: "unit 7", domain: zero, opening: zero, held: false };
    await roster.add(
      (["ada", "ben"] as const).map((label, i) => ({
        ...common,
        staffNumber: `0000${i + 1}`,
        subject: world.rewards.subject(label),
        account: world.rewards.actor(label).address,
      })),
    );
    roster.close();
  });
  after(() => world.close());

  const put = (name: string, ...lines: readonly string[]) =>
    writeFile(join(world.folder, name), `\ufeff${lines.join("\r\n")}\r\n`);
  const json = async (...argv: string[]): Promise<Recorded> =>
    JSON.parse(await world.well(undefined, "person", "record", ...argv, "--json")) as Recorded;
  const shown = (index: number) => world.well(undefined, "record", "show", "staff", String(index), "--offline");

  it("records a file of trainings, each for its person, and refuses the file a second time", async () => {
    await put(
      "courses.csv",
      "工号,课程,开始日期,学时,结果",
      "00001,急救,2026-02-02,16,合格",
      "00002,急救,2026-02-02,8,",
    );
    const courses = ["staff", "courses.csv", "--kind", "training", "--cards", "."];
    const made = await json(...courses);
    expect([made.records, made.before, made.appended]).to.deep.equal([2, 0, 2]);
    const first = await shown(0);
    expect(first).to.contain("急救").and.contain("16").and.contain("合格");
    expect(await shown(1)).not.to.contain("合格");
    expect(await world.refused(undefined, "person", "record", ...courses)).to.contain("is recorded already");
  });

  it("goes on with a file whose recording was interrupted", async () => {
    await put(
      "moves.csv",
      "staff number,change,position,from",
      "00001,promoted,Lead,2026-03-01",
      "00002,joined,,2026-03-01",
    );
    const rewards = ["--policy", String(world.rewards.policy)];
    await world.well("department", "log", "open", "other", "--kind", personnelKind, "--name", "other", ...rewards);
    const { source } = await json("other", "moves.csv", "--kind", "career");
    const book = await Book.open(join(world.folder, "staff"));
    const payload = { change: "promoted", position: "Lead", from: "2026-03-01" } as const;
    const time = await world.rewards.now();
    await appendPersonnel(book, [{ kind: "career", subject: world.rewards.subject("ada"), time, source, payload }]);
    await book.close();
    const rest = await json("staff", "moves.csv", "--kind", "career");
    expect([rest.source, rest.before, rest.appended]).to.deep.equal([source, 1, 1]);
    expect(await shown(3)).to.contain("joined");
  });

  it("records performance reports by published criteria, an adverse one as such, under a one-time address", async () => {
    await put("criteria.md", "# Criteria");
    const head = "staff number,from,until,assessor,scores,conclusion,adverse";
    const said = "00001,2026-01-01,2026-06-30,Head of unit,diligence 4/5; cooperation 2/5,Good,no";
    await put("h1.csv", head, said, "00002,2026-01-01,2026-06-30,Head of unit,diligence 1/5,,yes");
    const terms = ["--criteria", "criteria.md", "--criteria-uri", "https://office.example/criteria.md"];
    await world.well(undefined, "person", "keys", "cards-ada.keys", "00001.card");
    const made = await json("staff", "h1.csv", "--kind", "performance", ...terms, "--cards", ".");
    expect(made.appended).to.equal(2);
    expect(await shown(4))
      .to.contain("cooperation")
      .and.match(/retention class\s*│ 0/);
    expect(await shown(5)).to.match(/retention class\s*│ 1/);
  });

  it("records the grounds of awards, which no line can mark as adverse", async () => {
    await put(
      "honours.csv",
      "工号,奖项,表彰日期,表彰事由",
      "00001,Life saver,2026-05-04,Pulled two out of the harbour",
    );
    expect((await json("staff", "honours.csv", "--kind", "award")).appended).to.equal(1);
    expect(await shown(6))
      .to.contain("Life saver")
      .and.contain("harbour")
      .and.match(/retention class\s*│ 0/);
    await put("odd.csv", "staff number,title,date,adverse", "00001,Life saver,2026-05-04,yes");
    const said = await world.refused(undefined, "person", "record", "staff", "odd.csv", "--kind", "award");
    expect(said).to.contain("adverse");
  });

  it("lists what is wrong with a file, and records nothing of it", async () => {
    await put(
      "bad.csv",
      "staff number,course,from,hours",
      "00009,First aid,2026-02-02,16",
      "00001,First aid,2026-02-30,16",
      "00001,First aid,2026-02-02,-3",
    );
    const said = await world.refused(undefined, "person", "record", "staff", "bad.csv", "--kind", "training");
    expect(said)
      .to.contain("is nobody's on the roster")
      .and.contain("does not exist")
      .and.contain("no number of hours");
    await put("twice.csv", "staff number,mission,from", "00001,Flood,2026-01-10", "00001,Flood,2026-01-10");
    await world.refused(undefined, "person", "record", "staff", "twice.csv", "--kind", "mission");
    await put(
      "scores.csv",
      "staff number,from,until,assessor,scores",
      "00001,2026-01-01,2026-06-30,Head,diligence four",
    );
    const terms = ["--kind", "performance", "--criteria", "criteria.md", "--criteria-uri", "urn:criteria:1"];
    const scores = await world.refused(undefined, "person", "record", "staff", "scores.csv", ...terms);
    expect(scores).to.contain("is not scores like");
    const none = await world.refused(undefined, "person", "record", "staff", "scores.csv", "--kind", "performance");
    expect(none).to.contain("--criteria FILE");
    const odd = ["courses.csv", "--kind", "training", "--criteria", "criteria.md"];
    expect(await world.refused(undefined, "person", "record", "staff", ...odd)).to.contain("goes with performance");
  });
});
