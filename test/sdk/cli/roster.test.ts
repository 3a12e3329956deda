import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { personClaim } from "../../../sdk/cli/commands/person/claim.js";
import { rosterImport } from "../../../sdk/cli/commands/roster/import.js";
import {
  rosterExport,
  rosterRefresh,
  rosterRemove,
  rosterShow,
  rosterUndo,
} from "../../../sdk/cli/commands/roster/show.js";
import { deployRewards } from "../../support/rewards.js";
import { rosterWorld } from "../../support/roster.js";
import { refused } from "../rewards/table/fixtures.js";

const { provider, networkHelpers } = await network.create();

async function chain() {
  return deployRewards(provider);
}

async function world() {
  return rosterWorld(provider, await networkHelpers.loadFixture(chain));
}

describe("roster import", () => {
  it("enrols people without an account at once, and others when their consent is there", async () => {
    const { actor, importRoster, consentFile, withRoster, suite, run, place, folder } = await world();
    const file = `staffNumber,name,unit,account\nS1,Person 1,North,\nS2,Person 2,North,${actor("fresh").address}\n`;
    const first = await importRoster(file);
    expect(first).to.include({ finished: false, added: 2, enrolled: 1, waiting: 1 });
    const shown = await run(rosterShow, undefined, { staff: "S2", ...place });
    expect(shown).to.include({
      unit: "North",
      held: false,
      pending: true,
      account: actor("fresh").address.toLowerCase(),
    });
    await consentFile("fresh", shown.subject);
    const second = await importRoster(file, { consents: join(folder, "consents") });
    expect(second).to.include({ import: first.import, finished: true, added: 0, same: 2, enrolled: 1, waiting: 0 });
    await withRoster(async (roster) => {
      for (const [staff, held] of [
        ["S1", true],
        ["S2", false],
      ] as const) {
        const person = roster.require(staff);
        expect(person.pending).to.equal(undefined);
        const info = await suite.contract("Subjects").subjectInfo(person.subject);
        expect([info.account.toLowerCase(), info.held, info.member]).to.deep.equal([person.account, held, 1n]);
        expect(roster.custody.holds(person.account)).to.equal(held);
      }
    });
    expect((await refused(importRoster(file))).sentence).to.match(/was imported so already/);
  });

  it("takes deadline and signature from the file as well", async () => {
    const { actor, importRoster, consentFile, run, place } = await world();
    const { address } = actor("fresh");
    await importRoster(`工号,单位,钱包地址\nS2,North,${address}\n`);
    const { subject } = await run(rosterShow, undefined, { staff: "S2", ...place });
    const { deadline, signature } = JSON.parse(readFileSync(await consentFile("fresh", subject), "utf8")) as Record<
      string,
      string
    >;
    const result = await importRoster(
      `工号,单位,钱包地址,授权期限,授权签名\nS2,North,${address},${deadline},${signature}\n`,
    );
    expect(result).to.include({ finished: true, enrolled: 1, same: 1 });
  });

  it("EN4: brings names and units up to date, and undoes that", async () => {
    const { importRoster, withRoster, run, place } = await world();
    await importRoster("staffNumber,name,unit\nS1,Person 1,North\nS2,Person 2,North\n");
    const later = "staffNumber,unit\nS1,South\nS2,North\nS3,South\n";
    const moved = await importRoster(later);
    expect(moved).to.include({ added: 1, changed: 1, same: 1, enrolled: 1 });
    await withRoster((roster) => expect(roster.person("S1")).to.include({ name: "Person 1", unit: "South" }));
    const undone = await run(rosterUndo, undefined, { import: moved.import, ...place });
    expect(undone).to.include({ removed: 0, restored: 1, enrolled: 1 });
    await withRoster((roster) => {
      expect(roster.person("S1")).to.include({ name: "Person 1", unit: "North" }).and.not.have.property("former");
      expect(roster.person("S3")).to.include({ unit: "South" });
    });
    expect((await refused(run(rosterUndo, undefined, { import: moved.import, ...place }))).sentence).to.match(
      /undone already/,
    );
    expect((await refused(importRoster(later))).sentence).to.match(/say --again/);
    expect(await importRoster(later, { again: true })).to.include({ changed: 1, same: 2 });
  });

  it("EN4: takes people off again who are not on chain, when their import is undone", async () => {
    const { actor, importRoster, withRoster, run, place } = await world();
    const result = await importRoster(`staffNumber,unit,account\nS1,North,${actor("fresh").address}\n`);
    expect(await run(rosterUndo, undefined, { import: result.import, ...place })).to.include({ removed: 1 });
    await withRoster((roster) => expect(roster.size).to.equal(0));
  });

  it("EN2: changes nothing where the file has a problem, and lists it", async () => {
    const { actor, importRoster, folder, place } = await world();
    const { address } = actor("fresh");
    const rows = [
      "S1,North,0x12",
      `S2,North,${address}`,
      `S3,North,${address}`,
      "S2,North,",
      `S4,,0x${"0".repeat(40)}`,
    ];
    rows.push(`S5,N,${address.replace(/[a-f]/, (letter) => letter.toUpperCase())}`);
    const error = await refused(importRoster(`staffNumber,unit,account\n${rows.join("\n")}\n`));
    const told = [error.message, ...error.details].map((line) => line.replace(/^.*people\.csv:/, ""));
    expect(told.slice(0, 4)).to.deep.equal([
      '2 field "account": "0x12" is not an account: 0x and 40 hex digits',
      `4 field "account": "${address.toLowerCase().slice(0, 39)}…" is in line 3 already`,
      '5 field "staffNumber": "S2" is in line 3 already',
      '6 field "unit": is empty',
    ]);
    expect(existsSync(join(folder, "people.errors.csv"))).to.equal(true);
    expect(existsSync(join(place.roster, "imports"))).to.equal(false);
  });

  it("EN3: refuses another account for a known person, and another's account", async () => {
    const { actor, importRoster } = await world();
    await importRoster(`staffNumber,unit,account\nS1,North,${actor("fresh").address}\n`);
    const other = await refused(importRoster(`staffNumber,unit,account\nS1,North,${actor("thief").address}\n`));
    expect(other.sentence).to.match(/takes stele person claim or recover/);
    const taken = await refused(importRoster(`staffNumber,unit,account\nS2,North,${actor("fresh").address}\n`));
    expect(taken.sentence).to.match(/is another person's on the roster/);
  });

  it("reads GB18030 where that is said", async () => {
    const { importRoster, run, place, file } = await world();
    const content = Buffer.concat([
      Buffer.from("staffNumber,unit,name\nS1,North,"),
      Buffer.from([0xd5, 0xc5, 0xc8, 0xfd, 0x0a]),
    ]);
    const raw = { file: file("gb.csv", content), ...place };
    expect((await refused(run(rosterImport, "department", raw))).sentence).to.match(/try --encoding gb18030/);
    await run(rosterImport, "department", { ...raw, encoding: "gb18030" });
    expect(await run(rosterShow, undefined, { staff: "S1", ...place })).to.include({ name: "张三" });
    expect((await refused(importRoster("a", { encoding: "latin1" }))).message).to.match(/none of utf-8, gb18030/);
  });

  it("only looks with --dry-run, and only proposes with --propose", async () => {
    const { importRoster, withRoster, place } = await world();
    const file = "staffNumber,unit\nS1,North\nS2,North\n";
    expect(await importRoster(file, { dryRun: true })).to.deep.equal({ rows: "2" });
    expect(existsSync(join(place.roster, "roster.db"))).to.equal(false);
    const proposed = await importRoster(file, { propose: "safe.json" });
    expect(proposed).to.include({ finished: false, enrolled: 0, proposed: 2 });
    expect(proposed.proposal.transactions).to.have.length(2);
    expect(await importRoster(file, { dryRun: true })).to.deep.equal({ rows: "2" });
    await withRoster((roster) => expect(roster.person("S1")?.pending).to.equal(true));
    expect(await importRoster(file)).to.include({ finished: true, enrolled: 2, same: 2 });
  });

  it("refuses who is no officer, before anything", async () => {
    const { run, file, place } = await world();
    const raw = { file: file("people.csv", "staffNumber,unit\nS1,North\n"), ...place };
    expect((await refused(run(rosterImport, "stranger", raw))).sentence).to.match(
      /may not enrol people for any member/,
    );
    expect(existsSync(place.roster)).to.equal(false);
  });

  it("EN5: goes on after one person whom the chain refuses, and tells of them", async () => {
    const { actor, importRoster, consentFile, run, place, folder } = await world();
    const file = `staffNumber,unit,account\nS1,North,${actor("ada").address}\nS2,North,\nS3,North,${actor("fresh").address}\n`;
    await importRoster(file);
    const subjects = await Promise.all(
      ["S1", "S3"].map(async (staff) => (await run(rosterShow, undefined, { staff, ...place })).subject),
    );
    await consentFile("ada", subjects[0]);
    await consentFile("thief", subjects[1]);
    const result = await importRoster(file, { consents: join(folder, "consents") });
    expect(result).to.include({ finished: false, enrolled: 0, refusals: 2 });
    expect(result.refused[0]).to.include({ staffNumber: "S1" });
    expect(result.refused[0].sentence).to.match(/SubjectsAccountTaken/);
    expect(result.refused[1].sentence).to.include(`${subjects[1]}.json: is the consent of another account`);
  });

  it("EN1: notes only, and sends nothing, where a killed process had enrolled somebody already", async () => {
    const { importRoster, withRoster, deployed } = await world();
    await importRoster("staffNumber,unit\nS1,North\n");
    await withRoster((roster) => roster.update({ ...roster.require("S1"), pending: true }));
    const before = await deployed.provider.getBlockNumber();
    expect(await importRoster("staffNumber,unit\nS1,North\n\n")).to.include({ finished: true, enrolled: 1 });
    expect(await deployed.provider.getBlockNumber()).to.equal(before);
  });
});

describe("the roster's other commands", () => {
  it("show counts by unit and the imports", async () => {
    const { importRoster, run, place } = await world();
    const { import: id } = await importRoster("staffNumber,unit\nS1,North\nS2,North\nS3,South\n");
    const shown = await run(rosterShow, undefined, place);
    expect(shown.people).to.equal(3);
    expect(shown.units).to.deep.equal({
      North: { people: 2, held: 2, pending: 0 },
      South: { people: 1, held: 1, pending: 0 },
    });
    expect(shown.imports[0]).to.include({ id, kind: "roster", state: "finished" });
    expect((await refused(run(rosterShow, undefined, { staff: "S9", ...place }))).message).to.match(
      /nobody on the roster/,
    );
  });

  it("show prints the opening for the person, and never a key", async () => {
    const { importRoster, run, place, withRoster } = await world();
    await importRoster("staffNumber,unit\nS1,North\n");
    const text = JSON.stringify(await run(rosterShow, undefined, { staff: "S1", ...place }));
    await withRoster((roster) => {
      const { opening, account } = roster.require("S1");
      expect(text).to.include(opening); // for the person: it opens the pseudonym
      expect(text).to.not.include(roster.custody.signer(account).privateKey.slice(2));
    });
  });

  it("export writes a CSV for the owner alone, formulas escaped, without keys and openings", async () => {
    const { importRoster, run, place, folder, withRoster } = await world();
    await importRoster("staffNumber,name,unit\nS1,=1+1,North\n");
    const file = join(folder, "out.csv");
    expect(await run(rosterExport, undefined, { file, ...place })).to.include({ people: 1 });
    const { opening, account } = await withRoster((roster) => roster.require("S1"));
    const content = readFileSync(file, "utf8");
    expect(content).to.match(/^\ufeffstaffNumber,name,unit,account,subject,held,enrolled\r\nS1,'=1\+1,North,/);
    expect(content).to.include(account).and.not.include(opening);
    expect(statSync(file).mode & 0o077).to.equal(0);
  });

  it("export refuses in a sentence where the file cannot be written", async () => {
    const { importRoster, run, place, folder } = await world();
    await importRoster("staffNumber,unit\nS1,North\n");
    const [missing, through] = [join(folder, "nowhere", "out.csv"), join(folder, "people.csv", "out.csv")];
    expect((await refused(run(rosterExport, undefined, { file: missing, ...place }))).message).to.equal(
      `${missing}: cannot be written: there is no such folder, or it takes nothing new`,
    );
    expect((await refused(run(rosterExport, undefined, { file: through, ...place }))).message).to.equal(
      `${through}: cannot be written: its path leads through a file`,
    );
  });

  it("remove erases a person, but no key that is held unless that is said", async () => {
    const { importRoster, run, place, withRoster } = await world();
    await importRoster("staffNumber,unit\nS1,North\n");
    expect((await refused(run(rosterRemove, undefined, { staff: "S1", ...place }))).sentence).to.match(
      /let it be claimed first/,
    );
    await run(rosterRemove, undefined, { staff: "S1", yes: true, ...place });
    await withRoster((roster) => expect(roster.size).to.equal(0));
  });

  it("say where the roster or its key is not", async () => {
    const { importRoster, run, place } = await world();
    expect((await refused(run(rosterShow, undefined, place))).sentence).to.match(/say --roster-key, or make one/);
    await importRoster("staffNumber,unit\nS1,North\n");
    rmSync(join(place.roster, "secrets"), { recursive: true });
    expect((await refused(run(rosterShow, undefined, place))).code).to.equal("missing");
  });

  it("refresh follows the chain, and destroys keys of claimed accounts", async () => {
    const { importRoster, run, place, consentFile, as, withRoster, actor } = await world();
    await importRoster("staffNumber,unit\nS1,North\nS2,North\n");
    const { subject, account } = await withRoster((roster) => roster.require("S1"));
    const { deadline, signature } = JSON.parse(readFileSync(await consentFile("fresh", subject), "utf8")) as Record<
      string,
      string
    >;
    await as("department", "Subjects").claim(subject, actor("fresh").address, deadline!, signature!);
    expect(await run(rosterRefresh, undefined, place)).to.deep.equal({ looked: 2, changed: 1 });
    await withRoster((roster) => {
      expect(roster.require("S1")).to.include({ held: false, account: actor("fresh").address.toLowerCase() });
      expect(roster.custody.holds(account)).to.equal(false);
    });
    expect(await run(rosterRefresh, undefined, { staff: "S2", ...place })).to.deep.equal({ looked: 1, changed: 0 });
  });
});

describe("person claim", () => {
  it("EN6: hands a held account over and destroys its key, also when it is run again", async () => {
    const { importRoster, run, place, consentFile, withRoster, suite, actor } = await world();
    await importRoster("staffNumber,unit\nS1,North\n");
    const before = await withRoster((roster) => roster.require("S1"));
    const raw = { staff: "S1", consent: await consentFile("fresh", before.subject), ...place };
    await run(personClaim, "department", { ...raw, dryRun: true });
    await withRoster((roster) => expect(roster.custody.holds(before.account)).to.equal(true));
    expect(await run(personClaim, "department", raw)).to.include({ from: before.account });
    const info = await suite.contract("Subjects").subjectInfo(before.subject);
    expect([info.account, info.held]).to.deep.equal([actor("fresh").address, false]);
    await withRoster((roster) => {
      expect(roster.custody.holds(before.account)).to.equal(false);
      roster.update(before); // as a process killed in between would leave it
    });
    expect(await run(personClaim, "department", raw)).to.not.have.property("submitted");
    await withRoster((roster) => expect(roster.require("S1").held).to.equal(false));
    const third = await refused(
      run(personClaim, "department", { ...raw, consent: await consentFile("fresher", before.subject) }),
    );
    expect(third.sentence).to.match(/is the person's own already/);
  });

  it("refuses a consent for somebody else and a person who is not enrolled", async () => {
    const { importRoster, run, place, consentFile, actor, withRoster } = await world();
    await importRoster(`staffNumber,unit,account\nS1,North,\nS2,North,${actor("fresh").address}\n`);
    const [one, two] = await withRoster((roster) => [roster.require("S1"), roster.require("S2")]);
    const consent = await consentFile("fresher", two!.subject);
    expect((await refused(run(personClaim, "department", { staff: "S1", consent, ...place }))).message).to.include(
      `not for ${one!.subject}`,
    );
    expect((await refused(run(personClaim, "department", { staff: "S2", consent, ...place }))).sentence).to.equal(
      "S2 is not enrolled yet",
    );
  });
});
