import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";

import { Book } from "../../sdk/book/book.js";
import { decodeHeader } from "../../sdk/records/header.js";
import { fromHex } from "../../sdk/common/bytes.js";
import { parseOpenings } from "../../sdk/rewards/personnel/file.js";
import { oneOfEach } from "../support/personnel.js";
import { openPersonnelWorld, type PersonnelWorld } from "../support/personnelWorld.js";
import { day, type PersonLabel } from "../support/rewards.js";

const { provider } = await network.create();
const year = 365 * day;

describe("a person's way with the records about them", function () {
  this.timeout(120_000);
  let world: PersonnelWorld;

  before(async () => {
    world = await openPersonnelWorld(provider as never);
    const metaAddress = await world.metaAddressOf("ada");
    const time = await world.rewards.now();
    const ada = oneOfEach(world.rewards.subject("ada")).map((entry) => ({ ...entry, time, metaAddress }));
    const ben = oneOfEach(world.rewards.subject("ben")).map((entry) => ({ ...entry, time }));
    await world.record(...ada, ...ben);
  });
  after(() => world.close());

  /** Makes a person's page and file anew, as the department does. */
  async function page(person: PersonLabel = "ada"): Promise<string> {
    const argv = ["person", "page", "--book", "staff", "--subject", world.rewards.subject(person), "--out", person];
    await world.well(undefined, ...argv);
    return world.read(`${person}.html`);
  }
  /** The section of an entry on a page. */
  const section = (html: string, index: number): string => {
    const sections = html.split('<article class="card').slice(1);
    return sections.find((part) => new RegExp(`<h3>([^<]*, e|E)ntry ${index}</h3>`).test(part)) ?? "";
  };
  const [training, performance] = [0, 3];
  const mine = (index: number): string[] => ["ada.json", String(index), "--person", "ada.keys"];

  it("gives each person the records about them, and nobody else's", async () => {
    const html = await page();
    for (const index of [0, 1, 2, 3, 4, 5, 6]) expect(section(html, index)).to.contain("Not acknowledged");
    expect(section(html, 7)).to.equal("");
    const openings = parseOpenings(await world.read("ada.json"));
    expect(openings.map(({ proof }) => Number(proof.index))).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
    await page("ben");
    const others = parseOpenings(await world.read("ben.json"));
    expect(others.map(({ proof }) => Number(proof.index))).to.deep.equal([7, 8, 9, 10, 11, 12, 13]);
  });

  it("delivers page and file sealed to the person, who acts with them", async () => {
    const sealed = ["person", "page", "--book", "staff", "--subject", world.rewards.subject("ada"), "--out", "sealed"];
    await world.well(undefined, ...sealed, "--card", "ada.card");
    expect(await world.read("sealed.json.age")).not.to.contain("First aid");
    expect(await world.refused(undefined, "record", "show", "sealed.json.age", "0")).to.contain("is sealed");
    const ben = ["record", "show", "sealed.json.age", "0", "--person", "ben.keys"];
    expect(await world.refused(undefined, ...ben)).to.contain("sealed for other keys");
    const ada = ["record", "show", "sealed.json.age", "0", "--person", "ada.keys", "--offline"];
    expect(await world.well(undefined, ...ada)).to.contain("First aid");
    await world.well("stranger", "record", "acknowledge", "sealed.json.age", "0", "--person", "ada.keys");
  });

  it("lets the person read the page that was sealed to them", async () => {
    const open = ["person", "open", "sealed.html.age", "--out", "opened.html", "--person"];
    expect(await world.refused(undefined, ...open, "ben.keys")).to.contain("sealed for other keys");
    await world.well(undefined, ...open, "ada.keys");
    expect(await world.read("opened.html")).to.contain("First aid");
    const again = ["person", "open", "opened.html", "--person", "ada.keys", "--out", "x"];
    expect(await world.refused(undefined, ...again)).to.contain("is not sealed");
  });

  it("lets a person whose records have no one-time address act with their account on a sealed file", async () => {
    const sealed = ["person", "page", "--book", "staff", "--subject", world.rewards.subject("ben"), "--out", "bens"];
    await world.well(undefined, ...sealed, "--card", "ben.card");
    const acknowledge = ["record", "acknowledge", "bens.json.age", "7", "--person", "ben.keys"];
    const told = (await world.refused("stranger", ...acknowledge)).toLowerCase();
    expect(told).to.contain("no one-time address").and.contain(world.rewards.actor("ben").address.toLowerCase());
    await world.well("ben", ...acknowledge);
    await page("ben");
    const { readings } = JSON.parse(await world.read("ben.json")) as { readings: { counts: boolean }[] };
    expect(readings[0]!.counts).to.equal(true);
  });

  it("lets the person show one field to a third one, who checks it offline and against the chain", async () => {
    await world.well(undefined, "record", "show", ...mine(training), "--field", "/hours", "--out", "shown.json");
    expect(await world.well(undefined, "proof", "verify", "shown.json"))
      .to.contain("/hours  16")
      .and.not.contain("First aid");
    const log = ["log", "open", "staff", "--kind", "personnel.records", "--name", "staff", "--policy", "1", "--json"];
    const { checkpointKey } = JSON.parse(await world.well("department", ...log)) as { checkpointKey: string };
    const offline = ["proof", "verify", "shown.json", "--offline", "--checkpoint-key", checkpointKey];
    expect(await world.well(undefined, ...offline)).to.contain("Everything holds.");
    expect(await world.read("shown.json")).not.to.contain(world.rewards.subject("ada").slice(2));
  });

  it("leads from a dispute under the one-time address to the arbiter's ruling, and the page tells each step", async () => {
    expect(
      await world.well("stranger", "record", "dispute", ...mine(performance), "--reason", "wrong-period"),
    ).to.contain("is disputed");
    let told = section(await page(), performance);
    expect(told).to.contain("Under dispute").and.contain(">Disputed</span>").and.contain("The office has 10 days left");
    expect(told).not.to.contain("stele record dispute");

    await world.pass(3 * day);
    await world.well("department", "record", "answer", "staff", String(performance), "--content", id("it is right"));
    told = section(await page(), performance);
    expect(told).to.contain(">Disputed</span>").and.contain("You have 10 days left to appeal");
    expect(told).to.contain("stele record appeal ada.json 3 --content HASH --person keys.json --key sender.key");

    await world.well("stranger", "record", "appeal", ...mine(performance), "--content", id("it is not"));
    told = section(await page(), performance);
    expect(told).to.contain("Under appeal").and.contain("The arbiter has 30 days left");

    const rule = [
      "record",
      "rule",
      world.logId,
      String(performance),
      "--outcome",
      "withdraw",
      "--content",
      id("ruling"),
    ];
    await world.well("arbiter", ...rule);
    told = section(await page(), performance);
    expect(told).to.contain("Withdrawn").and.contain("bad over").and.contain("taken back");
  });

  it("says nothing on chain of who disputed: no account, pseudonym or salt of the person's", async () => {
    const { suite, deployed, actor, subject } = world.rewards;
    const desk = suite.contract("RecordDesk");
    const acts = await desk.queryFilter(desk.filters.RecordDisputed());
    const [{ opened, disputeAddress }] = parseOpenings(await world.read("ada.json"))
      .filter(({ proof }) => Number(proof.index) === performance)
      .map(({ proof, salt }) => ({
        opened: salt,
        disputeAddress: decodeHeader(fromHex(proof.entry)).disputeAddress,
      })) as [{ opened: string; disputeAddress: Uint8Array }];
    expect(disputeAddress.some((byte) => byte !== 0)).to.equal(true);
    for (const { transactionHash } of acts) {
      const { data, from } = (await deployed.provider.getTransaction(transactionHash))!;
      for (const part of [subject("ada"), actor("ada").address, opened]) {
        expect(`${data}${from}`.toLowerCase()).not.to.contain(part.toLowerCase().slice(2));
      }
    }
  });

  it("ends a record whose owner does not answer in time", async () => {
    await world.well("stranger", "record", "dispute", ...mine(2), "--reason", "never-happened");
    await world.pass(10 * day + 60);
    const told = section(await page(), 2);
    expect(told).to.contain("Lapsed").and.contain("was silent").and.not.contain(">Disputed</span>");
    const late = await world.refused("department", "record", "answer", "staff", "2");
    expect(late).to.match(/WrongState|TooLate/);
  });

  it("puts a correction in the place of what was wrong, and the person acts on it with the same keys", async () => {
    await world.write("right.json", { change: "promoted", position: "Deputy head", from: "2026-03-01" });
    const made = await world.well("department", "record", "correct", "staff", "1", "--payload", "right.json", "--json");
    const { appended } = JSON.parse(made) as { appended: string };
    await world.well("department", "log", "anchor", "staff");
    await world.well("department", "record", "correct", "staff", "1", "--with", appended);
    const html = await page();
    expect(section(html, 1)).to.contain("Corrected").and.contain(`entry ${appended} stands in its place`);
    expect(section(html, Number(appended)))
      .to.contain("Deputy head")
      .and.contain("Not acknowledged");
    await world.well("stranger", "record", "acknowledge", ...mine(Number(appended)));
    expect(section(await page(), Number(appended))).to.contain("It counts");
  });

  it("tells the person what was erased; the log stays whole, and other proofs hold", async () => {
    const erase = ["record", "erase", "staff", "4", "--reason", "wrong person's file"];
    await world.well(undefined, ...erase);
    await world.well("department", "log", "anchor", "staff");
    const told = section(await page(), 4);
    expect(told).to.contain("Erased").and.contain("wrong person");
    const book = await Book.open(`${world.folder}/staff`);
    try {
      expect((await book.log.verify()).size).to.equal(book.log.size());
    } finally {
      await book.close();
    }
    await world.well(undefined, "record", "show", ...mine(training), "--field", "/hours", "--out", "again.json");
    await world.well(undefined, "proof", "verify", "again.json");
  });

  it("lets an adverse record end after five years, and nothing else with it", async () => {
    await world.well("stranger", "record", "acknowledge", ...mine(6));
    expect(section(await page(), 6))
      .to.contain("It counts")
      .and.match(/in 18\d\d days/);
    await world.pass(5 * year);
    const html = await page();
    expect(section(html, 6)).to.contain("Expired").and.contain("bad over");
    expect(section(html, training)).to.contain("It counts");
    expect(await world.well(undefined, "record", "show", "staff", "6")).to.contain("NOT VALID");
  });
});
