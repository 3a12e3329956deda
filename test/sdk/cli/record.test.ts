import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";

import type { PersonnelEntry } from "../../../sdk/rewards/personnel/append.js";
import { openPersonnelWorld, type PersonnelWorld } from "../../support/personnelWorld.js";
import { criteria } from "../../support/personnel.js";

const { provider } = await network.create();

describe("commands about records", function () {
  this.timeout(120_000);
  let world: PersonnelWorld;
  let assessment: PersonnelEntry;

  before(async () => {
    world = await openPersonnelWorld(provider as never);
    assessment = {
      kind: "performance",
      adverse: true,
      subject: world.rewards.subject("ada"),
      time: await world.rewards.now(),
      metaAddress: await world.metaAddressOf("ada"),
      payload: {
        from: "2025-01-01",
        until: "2025-12-31",
        criteria,
        assessor: "Head of unit 7",
        scores: [{ criterion: "diligence", score: 1, of: 5 }],
      },
    };
  });
  after(() => world.close());

  const state = async (index: bigint): Promise<{ desk: { state: string; valid: boolean; disputed: boolean } }> =>
    JSON.parse(await world.well(undefined, "record", "show", "staff", String(index), "--json")) as never;
  /** Records the assessment once more and delivers it. */
  const recorded = async (): Promise<bigint> => {
    const [index] = await world.record(assessment);
    await world.deliver("ada");
    return index!;
  };

  it("make keys once, and never over keys that are there", async () => {
    const before = await world.read("ada.keys");
    expect(await world.well(undefined, "person", "keys", "ada.keys", "ada.card")).to.contain("was there already");
    expect(await world.read("ada.keys")).to.equal(before);
    await world.write("broken.keys", { identity: "AGE-SECRET-KEY-1SECRET" });
    const error = await world.refused(undefined, "person", "keys", "broken.keys", "x.card");
    expect(error).to.contain("broken.keys").and.not.contain("SECRET");
  });

  it("let a record count once its person acknowledged it, under the one-time address", async () => {
    const index = await recorded();
    expect((await state(index)).desk).to.include({ state: "recorded", valid: false });
    const argv = ["record", "acknowledge", "ada.json", String(index), "--person", "ada.keys"];
    expect(await world.refused("ada", ...argv)).to.contain("is the subject's own");
    expect(await world.well("stranger", ...argv, "--dry-run")).to.contain("Nothing was sent");
    expect(await world.well("stranger", ...argv)).to.contain("is acknowledged");
    expect((await state(index)).desk).to.include({ state: "noticed", valid: true });
  });

  it("let a proposal carry a one-time signature, made without any account", async () => {
    const index = await recorded();
    const argv = ["record", "dispute", "ada.json", String(index), "--person", "ada.keys", "--reason", "not-mine"];
    await world.well(undefined, ...argv, "--propose", "dispute.json");
    const text = await world.read("dispute.json");
    expect(text).not.to.contain(world.rewards.subject("ada").slice(2));
    const { transactions } = JSON.parse(text) as { transactions: { to: string; data: string }[] };
    const [{ to, data }] = transactions as [{ to: string; data: string }];
    await world.rewards.actor("outsider").wallet.sendTransaction({ to, data });
    expect((await state(index)).desk).to.include({ state: "disputed", disputed: true });
  });

  it("leave nothing for whoever sends a signed act to change or to use later", async () => {
    const index = await recorded();
    const argv = ["record", "dispute", "ada.json", String(index), "--person", "ada.keys", "--reason", "not-mine"];
    await world.well(undefined, ...argv, "--within", "1h", "--propose", "signed.json");
    const { transactions } = JSON.parse(await world.read("signed.json")) as { transactions: { data: string }[] };
    const { suite, actor } = world.rewards;
    const desk = suite.connect(actor("outsider").wallet).contract("RecordDesk");
    const parts = desk.interface.decodeFunctionData("dispute", transactions[0]!.data).toArray(true);
    const [shown, standing, reason, evidence] = parts as Parameters<typeof desk.dispute>;
    const changed = desk.dispute(shown, standing, id("another reason"), evidence);
    await expect(changed).to.be.revertedWithCustomError(desk, "RecordDeskNotSubject");
    await world.pass(3_601);
    await expect(desk.dispute(shown, standing, reason, evidence)).to.be.revertedWithCustomError(
      desk,
      "RecordDeskExpired",
    );
    await world.well("stranger", ...argv);
    expect((await state(index)).desk.state).to.equal("disputed");
  });

  it("refuse the keys of another person", async () => {
    const index = await recorded();
    const argv = ["record", "dispute", "ada.json", String(index), "--reason", "not-mine"];
    expect(await world.refused("stranger", ...argv, "--person", "ben.keys")).to.contain(
      "does not belong to these keys",
    );
    expect(await world.refused("stranger", ...argv)).to.contain("NotSubject");
  });

  it("lead from a dispute over answer and appeal to a ruling", async () => {
    const index = await recorded();
    const mine = [String(index), "--person", "ada.keys"];
    await world.well("stranger", "record", "dispute", "ada.json", ...mine, "--reason", "wrong-year");
    expect(await world.refused("stranger", "record", "appeal", "ada.json", ...mine)).to.contain("WrongState");
    await world.well("department", "record", "answer", "staff", String(index), "--content", id("we stand by it"));
    expect((await state(index)).desk).to.include({ state: "answered", disputed: true });
    const appealed = await world.well(
      "stranger",
      "record",
      "appeal",
      "ada.json",
      ...mine,
      "--content",
      id("it was 2024"),
    );
    expect(appealed).to.contain("the arbiter has to rule");
    const rule = ["record", "rule", world.logId, String(index), "--outcome", "withdraw"];
    expect(await world.refused("department", ...rule)).to.match(/capability/i);
    expect(await world.refused("arbiter", ...rule, "--round", "2")).to.contain("WrongRound");
    expect(await world.well("arbiter", ...rule)).to.contain("Ruled on dispute 1");
    expect((await state(index)).desk).to.include({ state: "withdrawn", valid: false, disputed: false });
  });

  it("correct a record by a later one of the same one-time address, without showing whom both are about", async () => {
    const index = await recorded();
    const right = { ...assessment.payload, scores: [{ criterion: "diligence", score: 5, of: 5 }] };
    await world.write("right.json", right);
    const correct = ["record", "correct", "staff", String(index)];
    expect(await world.refused("department", ...correct)).to.contain("give --payload");
    await world.write("wrong.json", { ...right, from: "2026-01-01" });
    expect(await world.refused("department", ...correct, "--payload", "wrong.json")).to.contain(
      'wrong.json field "until"',
    );
    expect(await world.well("department", ...correct, "--payload", "right.json", "--dry-run")).to.contain(
      "Nothing was",
    );
    const made = await world.well("department", ...correct, "--payload", "right.json", "--json");
    const { appended } = JSON.parse(made) as { appended: string };
    expect(await world.refused("department", ...correct, "--with", appended)).to.contain("is not anchored yet");
    await world.well("department", "log", "anchor", "staff");
    await world.well("department", ...correct, "--with", appended, "--propose", "correct.json");
    expect(await world.read("correct.json")).not.to.contain(world.rewards.subject("ada").slice(2));
    expect(await world.well("department", ...correct, "--with", appended)).to.contain("is corrected by record");
    expect((await state(index)).desk).to.include({ state: "corrected", valid: false });

    await world.deliver("ada");
    const acknowledge = ["record", "acknowledge", "ada.json", appended, "--person", "ada.keys"];
    await world.well("stranger", ...acknowledge);
    expect((await state(BigInt(appended))).desk).to.include({ state: "noticed", valid: true });
  });

  it("correct a record without such an address only where that may be seen", async () => {
    const plain = { ...assessment, metaAddress: undefined };
    const [index, other, bens] = await world.record(plain, plain, { ...plain, subject: world.rewards.subject("ben") });
    const correct = ["record", "correct", "staff", String(index), "--with"];
    expect(await world.refused("department", ...correct, String(bens))).to.contain("about different people");
    expect(await world.refused("department", ...correct, String(other))).to.contain("--reveal");
    await world.well("department", ...correct, String(other), "--reveal");
    expect((await state(index!)).desk.state).to.equal("corrected");
  });

  it("withdraw a record, and erase one so that its person is told", async () => {
    const index = await recorded();
    expect(await world.refused("institute", "record", "withdraw", "staff", String(index), "--reason", "x")).to.contain(
      "NotOwner",
    );
    await world.well("department", "record", "withdraw", "staff", String(index), "--reason", "entered-twice");
    expect((await state(index)).desk.state).to.equal("withdrawn");
    expect(await world.well(undefined, "record", "erase", "staff", String(index), "--reason", "not needed")).to.contain(
      "is erased",
    );
    expect(await world.refused(undefined, "record", "show", "staff", String(index))).to.contain("erased");
    await world.well("department", "log", "anchor", "staff");
  });

  it("show some fields of a record that the person holds", async () => {
    const index = String(await recorded());
    await world.well("stranger", "record", "acknowledge", "ada.json", index, "--person", "ada.keys");
    await world.well(undefined, "record", "show", "ada.json", index, "--field", "/assessor", "--out", "shown.json");
    expect(await world.well(undefined, "proof", "verify", "shown.json"))
      .to.contain("Head of unit 7")
      .and.not.contain("diligence");
    expect(await world.refused(undefined, "record", "show", "ada.json", "--field", "/x", "--out", "y")).to.contain(
      "say which",
    );
    expect(await world.refused(undefined, "record", "show", "shown.json", "--out", "y")).to.contain("an opening");
    expect(await world.refused(undefined, "record", "show", "shown.json", "3")).to.contain("a file of openings");
  });

  it("prove an old file under the chain's head from any copy of the log", async () => {
    const index = String(await recorded());
    const old = await world.write("old.json", JSON.parse(await world.read("ada.json")));
    await world.record(assessment);
    const acknowledge = ["record", "acknowledge", old, index, "--person", "ada.keys"];
    expect(await world.refused("stranger", ...acknowledge)).to.contain("--copy");
    expect(await world.refused("stranger", ...acknowledge, "--copy", "nowhere")).to.contain("nowhere");
    await world.well("stranger", ...acknowledge, "--copy", "staff");
    expect((await state(BigInt(index))).desk.state).to.equal("noticed");
  });

  it("attest notice for a person who does not acknowledge, and end a record whose owner is silent", async () => {
    const index = String(await recorded());
    const attest = ["record", "attest", world.logId, index, "--content", id("served by hand")];
    expect(await world.refused("arbiter", ...attest)).to.match(/capability/i);
    await world.well("supervisor", ...attest);
    expect((await state(BigInt(index))).desk.state).to.equal("noticed");
    const complain = ["record", "complain", world.logId, index];
    expect(await world.refused("ben", ...complain)).to.contain("give --reason");
    await world.well("ben", ...complain, "--reason", "opening-withheld");
    const subject = world.rewards.subject("ben");
    expect(await world.refused("stranger", "record", "lapse", world.logId, index, subject)).to.contain("TooEarly");
    await world.well(
      "department",
      "record",
      "answer",
      "staff",
      index,
      "--complaint",
      subject,
      "--content",
      id("not yours"),
    );
    await world.well("ben", ...complain, "--appeal", id("it is"));
    await world.well("arbiter", "record", "rule", world.logId, index, "--complaint", subject, "--outcome", "uphold");
    expect((await state(BigInt(index))).desk).to.include({ state: "noticed", disputed: false });
  });

  it("end a record about which a complaint stays without an answer", async () => {
    const index = String(await recorded());
    await world.well("ben", "record", "complain", world.logId, index, "--reason", "opening-withheld");
    await world.pass(11 * 86_400);
    const lapse = ["record", "lapse", world.logId, index, world.rewards.subject("ben")];
    expect(await world.well("stranger", ...lapse)).to.contain("has lapsed");
    expect((await state(BigInt(index))).desk).to.include({ state: "lapsed", valid: false });
  });
});
