import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { expect } from "chai";
import { id, Wallet } from "ethers";

import { keepKey, openKey } from "../../../../sdk/book/secrets.js";
import { toHex, type Hex } from "../../../../sdk/common/bytes.js";
import { sha256 } from "../../../../sdk/common/sha256.js";
import { writeAtomically } from "../../../../sdk/common/node/files.js";
import { personCommitment, type Person } from "../../../../sdk/rewards/roster/person.js";
import { Roster } from "../../../../sdk/rewards/roster/roster.js";
import { refused } from "../table/fixtures.js";
import { key, newFolder, personOf } from "./fixtures.js";

async function rosterOf(count: number): Promise<{ roster: Roster; folder: string; people: Person[] }> {
  const folder = newFolder();
  const roster = await Roster.create(folder, key);
  const people = Array.from({ length: count }, (_, n) => personOf(n));
  await roster.add(people);
  return { roster, folder, people };
}

/** Everything that the folder's files hold. */
function contentOf(folder: string): Buffer {
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

describe("a roster", () => {
  it("finds people by staff number, subject and account, and gives all in their order", async () => {
    const { roster, folder, people } = await rosterOf(2_500);
    roster.close();
    const again = await Roster.open(folder, key);
    const [one] = people.slice(1_700);
    expect(again.person("S1700")).to.deep.equal(one);
    expect(again.bySubject(one!.subject.toUpperCase().replace("0X", "0x") as Hex)).to.deep.equal(one);
    expect(again.byAccount(one!.account)).to.deep.equal(one);
    expect([again.person("s1700"), again.bySubject(id("?") as Hex), again.size]).to.deep.equal([
      undefined,
      undefined,
      2_500,
    ]);
    const all: Person[] = [];
    for await (const person of again.people()) all.push(person);
    expect(all).to.deep.equal(people);
    again.close();
  });

  it("knows one staff number in every form of Unicode", async () => {
    const { roster } = await rosterOf(0);
    roster.addAll([{ person: personOf(1, { staffNumber: "é1" }) }]);
    expect(roster.person("e\u03011")?.name).to.equal("Person 1");
    expect(() => roster.addAll([{ person: personOf(2, { staffNumber: "e\u03011" }) }])).to.throw(/staff number/);
  });

  it("O1: has nothing readable on disk, and its files are the owner's alone", async () => {
    const { roster, folder, people } = await rosterOf(50);
    const wallet = new Wallet(id("held"));
    roster.addAll([{ person: personOf(50, { account: wallet.address.toLowerCase() as Hex, held: true }), wallet }]);
    roster.close();
    const content = contentOf(folder);
    const [one] = people;
    const secrets = [one!.staffNumber + '"', one!.name!, one!.unit, one!.subject.slice(2), one!.account.slice(2)];
    for (const secret of [...secrets, wallet.privateKey.slice(2)]) {
      expect(content.includes(secret), secret).to.equal(false);
      if (/^[0-9a-f]{40,}$/.test(secret)) expect(content.includes(Buffer.from(secret, "hex")), secret).to.equal(false);
    }
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).to.equal(0);
  });

  it("O2: refuses another key", async () => {
    const { roster, folder } = await rosterOf(3);
    roster.close();
    const error = await refused(Roster.open(folder, new Uint8Array(32)));
    expect(error.code).to.equal("refused");
    expect(error.sentence).to.equal("is encrypted with another key");
    expect((await refused(Roster.open(folder, new Uint8Array(31)))).code).to.equal("usage");
  });

  /** Changes the database behind the roster's back. */
  async function tampered(sql: string, count = 3): Promise<Roster> {
    const { roster, folder } = await rosterOf(count);
    roster.close();
    const db = new DatabaseSync(join(folder, "roster.db"));
    db.exec(sql);
    db.close();
    return Roster.open(folder, key);
  }

  const others = "(SELECT %c FROM people WHERE n = 2)";
  for (const [what, sql] of [
    ["a changed value", "UPDATE people SET sealed = zeroblob(100) WHERE n = 1"],
    ["a value cut short", "UPDATE people SET sealed = x'00' WHERE n = 1"],
    ["another person's value", `UPDATE people SET sealed = ${others.replace("%c", "sealed")} WHERE n = 1`],
    ["another account", "UPDATE people SET account = zeroblob(32) WHERE n = 1"],
    ["another subject", "UPDATE people SET subject = zeroblob(32) WHERE n = 1"],
  ] as const) {
    it(`O3: refuses ${what}`, async () => {
      const roster = await tampered(sql);
      expect(() => roster.person("S0")).to.throw(/changed or moved/);
      expect(roster.person("S2")?.name).to.equal("Person 2");
    });
  }

  it("O3: refuses people that were swapped, and a person of another roster under the same key", async () => {
    const swap = "UPDATE people SET staff = zeroblob(32) WHERE n = 1; UPDATE people SET staff = %1 WHERE n = 2";
    const { roster, folder } = await rosterOf(2);
    const { roster: second, folder: other } = await rosterOf(2);
    roster.close();
    second.close();
    const db = new DatabaseSync(join(folder, "roster.db"));
    const first = db.prepare("SELECT staff FROM people WHERE n = 1").get()!["staff"] as Uint8Array;
    db.exec(swap.replace("%1", `x'${Buffer.from(first).toString("hex")}'`));
    db.exec(`ATTACH '${join(other, "roster.db")}' AS other; UPDATE other.roster SET id = (SELECT id FROM main.roster)`);
    db.close();
    const swapped = await Roster.open(folder, key);
    expect(() => swapped.person("S0")).to.throw(/changed or moved/);
    expect((await refused(Roster.open(other, key))).sentence).to.equal("is encrypted with another key");
  });

  it("adds all or none, and says what is there already", async () => {
    const { roster } = await rosterOf(3);
    const add = (...people: Person[]) => roster.addAll(people.map((person) => ({ person })));
    expect(() => add(personOf(9), personOf(2))).to.throw("the roster has the staff number S2 already");
    expect(() => add(personOf(9, { account: personOf(1).account }))).to.throw(/has the account 0x/);
    expect(() => add(personOf(9, { subject: personOf(1).subject }))).to.throw(/has the subject 0x/);
    expect(roster.size).to.equal(3);
    expect((await refused(Roster.create(newFolder(), new Uint8Array(3)))).code).to.equal("usage");
  });

  it("updates a person, and nobody else", async () => {
    const { roster } = await rosterOf(3);
    const moved = personOf(1, { unit: "Unit 9", account: personOf(7).account });
    roster.update(moved);
    expect(roster.person("S1")).to.deep.equal(moved);
    expect(roster.byAccount(personOf(1).account)).to.equal(undefined);
    expect(() => roster.update(personOf(8))).to.throw(/nobody on the roster has the staff number S8/);
    expect(() => roster.update(personOf(1, { account: personOf(2).account }))).to.throw(/has the account/);
  });

  it("O4: overwrites whom it removes, with the key that was held", async () => {
    const { roster, folder } = await rosterOf(3);
    const wallet = new Wallet(id("held"));
    const account = wallet.address.toLowerCase() as Hex;
    roster.addAll([{ person: personOf(5, { account, held: true }), wallet }]);
    const db = new DatabaseSync(join(folder, "roster.db"), { readOnly: true });
    const sealed = ["people ORDER BY n DESC", "custody"].map(
      (from) => db.prepare(`SELECT sealed FROM ${from} LIMIT 1`).get()!["sealed"] as Uint8Array,
    );
    db.close();
    for (const value of sealed) expect(contentOf(folder).includes(Buffer.from(value))).to.equal(true);
    expect([roster.remove("S5"), roster.remove("S5")]).to.deep.equal([true, false]);
    for (const value of sealed) expect(contentOf(folder).includes(Buffer.from(value))).to.equal(false);
    expect([roster.person("S5"), roster.custody.holds(account), roster.size]).to.deep.equal([undefined, false, 3]);
  });

  it("refuses a second one in a folder, none at all, and what is no roster", async () => {
    const { folder } = await rosterOf(0);
    expect((await refused(Roster.create(folder, key))).sentence).to.equal("there is a roster here already");
    expect((await refused(Roster.open(newFolder(), key))).code).to.equal("missing");
    const odd = newFolder();
    await writeAtomically(join(odd, "roster.db"), "not a database at all, but long enough to be looked at as one");
    expect((await refused(Roster.open(odd, key))).code).to.equal("corrupt");
  });

  it("cannot be used once closed", async () => {
    const { roster } = await rosterOf(1);
    roster.close();
    roster.close();
    expect(() => roster.person("S0")).to.throw("the roster is closed");
  });
});

describe("custody of accounts", () => {
  it("gives the signer of a held account, and of no other", async () => {
    const { roster } = await rosterOf(0);
    const wallet = new Wallet(id("held"));
    const account = wallet.address.toLowerCase() as Hex;
    roster.addAll([{ person: personOf(1, { account, held: true }), wallet }]);
    expect(roster.custody.signer(account).privateKey).to.equal(wallet.privateKey);
    expect(() => roster.custody.signer(personOf(2).account)).to.throw(/is not kept here/);
    roster.custody.destroy(account);
    expect(roster.custody.holds(account)).to.equal(false);
    expect(roster.person("S1")?.account).to.equal(account);
  });

  it("O3: refuses a key that was moved to another account", async () => {
    const { roster, folder } = await rosterOf(0);
    const wallets = ["a", "b"].map((name) => new Wallet(id(name)));
    const accounts = wallets.map(({ address }) => address.toLowerCase() as Hex);
    roster.addAll(wallets.map((wallet, n) => ({ person: personOf(n, { account: accounts[n]!, held: true }), wallet })));
    const db = new DatabaseSync(join(folder, "roster.db"));
    db.exec("UPDATE custody SET sealed = (SELECT sealed FROM custody ORDER BY rowid LIMIT 1)");
    db.close();
    expect(() => accounts.map((account) => roster.custody.signer(account))).to.throw(/was changed/);
  });
});

describe("keys in files", () => {
  it("are made once, for the owner alone, and read afterwards", async () => {
    const file = join(newFolder(), "secrets", "roster.key");
    expect((await refused(openKey(file))).code).to.equal("missing");
    const made = await keepKey(file);
    expect(made).to.have.length(32);
    expect(statSync(file).mode & 0o077).to.equal(0);
    expect([await keepKey(file), await openKey(file)]).to.deep.equal([made, made]);
    await writeAtomically(file, "0x1234", 0o600);
    const error = await refused(openKey(file));
    expect([error.code, error.message.includes("1234"), error.cause]).to.deep.equal(["corrupt", false, undefined]);
  });
});

describe("a person's commitment", () => {
  it("is SHA-256 over tag, opening and staff number", () => {
    const opening = `0x${"11".repeat(32)}` as const;
    const bytes = Buffer.concat([Buffer.from("stele.person.v1\0"), Buffer.alloc(32, 0x11), Buffer.from("工1")]);
    expect(personCommitment("工1", opening)).to.equal(toHex(sha256(bytes)));
  });
});
