import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { keepKey } from "../../../sdk/book/secrets.js";
import { Roster } from "../../../sdk/rewards/roster/roster.js";
import { oneOfEach } from "../../support/personnel.js";
import { openPersonnelWorld, type PersonnelWorld } from "../../support/personnelWorld.js";
import { Category } from "../../support/rewards.js";

const { provider } = await network.create();
const zero = `0x${"00".repeat(32)}` as const;

describe("the command person page", function () {
  this.timeout(120_000);
  let world: PersonnelWorld;
  let subject: string;

  before(async () => {
    world = await openPersonnelWorld(provider as never);
    subject = world.rewards.subject("ada");
    const time = await world.rewards.now();
    await world.record(...oneOfEach(world.rewards.subject("ada")).map((entry) => ({ ...entry, time })));
    const roster = await Roster.create(join(world.folder, "roster"), await keepKey(join(world.folder, "roster.key")));
    await roster.add([
      {
        staffNumber: "N-00017",
        name: "张三",
        unit: "unit 7",
        subject: world.rewards.subject("ada"),
        account: world.rewards.actor("ada").address,
        domain: zero,
        opening: zero,
        held: false,
      },
    ]);
    roster.close();
  });
  after(() => world.close());

  const page = ["person", "page", "--book", "staff", "--out", "ada"];
  const roster = ["--roster", "roster", "--roster-key", "roster.key"];

  it("finds the person by staff number, and keeps number and name out of the file of proofs", async () => {
    const said = await world.well(undefined, ...page, ...roster, "--staff", "N-00017");
    expect(said).to.contain("7 records").and.contain("Wrote ada.html");
    const html = await world.read("ada.html");
    for (const text of ["N-00017", "张三", "unit 7", subject]) expect(html).to.contain(text);
    const file = await world.read("ada.json");
    for (const text of ["N-00017", "张三"]) expect(file).not.to.contain(text);
    expect(JSON.parse(await world.well(undefined, ...page, "--subject", subject, "--json"))).to.deep.include({
      records: 7,
      written: ["ada.html", "ada.json"],
    });
  });

  it("tells how each record stood, for machines", async () => {
    await world.well(undefined, ...page, "--subject", subject);
    const { readings } = JSON.parse(await world.read("ada.json")) as { readings: Record<string, unknown>[] };
    expect(readings[3]).to.include({ kind: "performance", state: "recorded", counts: false, disputed: false });
    expect(readings[3]!["steps"]).to.deep.equal(["acknowledge", "dispute"]);
  });

  it("tells points to the person alone: nobody else is on the page", async () => {
    const points = world.rewards.as("department", "MeritPoints");
    await points.openScale(Category.Service, 365 * 86_400);
    const typeId = await world.rewards.publishType({ category: Category.Service, points: 10n });
    await points.grant(typeId, [world.rewards.actor("ada").address, world.rewards.actor("ben").address]);
    await world.well(undefined, ...page, "--subject", subject);
    const html = await world.read("ada.html");
    expect(html).to.match(/10 in all, (9\.9|10\.0) weighed by age/);
    expect(html.toLowerCase()).not.to.contain(world.rewards.actor("ben").address.slice(2).toLowerCase());
    expect(html).not.to.contain(world.rewards.subject("ben").slice(2));
  });

  it("refuses who is nobody, nobody and two at once, before it writes anything", async () => {
    expect(await world.refused(undefined, ...page)).to.contain("say who");
    expect(await world.refused(undefined, ...page, "--staff", "1")).to.contain("say --roster-key");
    expect(await world.refused(undefined, ...page, ...roster, "--staff", "404")).to.contain("404");
    expect(await world.refused(undefined, ...page, "--subject", zero, "--staff", "1")).to.contain("say who");
    expect(await world.refused(undefined, ...page, "--subject", `0x${"77".repeat(32)}`)).to.contain("no subject");
    const nowhere = ["person", "page", "--book", "nowhere", "--out", "x", "--subject", subject];
    expect(await world.refused(undefined, ...nowhere)).to.contain("no log in this folder");
    expect(await world.refused(undefined, ...page, "--subject", subject, "--campaign", "none")).to.contain("none");
    const card = await world.write("bad.card", {
      format: "stele-person-card/1",
      recipient: "age1x",
      metaAddress: "st:",
    });
    expect(await world.refused(undefined, ...page, "--subject", subject, "--card", card)).to.contain("recipient");
  });
});
