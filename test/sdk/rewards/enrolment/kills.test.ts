import { expect } from "chai";
import fc from "fast-check";
import { id } from "ethers";

import type { Hex } from "../../../../sdk/common/bytes.js";
import { SteleError } from "../../../../sdk/common/errors.js";
import { enrolPending, refreshPerson, type EnrolmentPort } from "../../../../sdk/rewards/enrolment/enrol.js";
import { planPeople, undoPlan } from "../../../../sdk/rewards/enrolment/plan.js";
import type { RosterRow } from "../../../../sdk/rewards/enrolment/table.js";
import { Roster } from "../../../../sdk/rewards/roster/roster.js";
import { key, newFolder } from "../roster/fixtures.js";

const enrolling = {
  suiteId: id("suite") as Hex,
  member: 1,
  domain: id("personnel") as Hex,
  import: id("import") as Hex,
};

/** What Subjects keeps of accounts, and a wire that fails before or after a call took effect. */
class Ledger implements EnrolmentPort {
  readonly bound = new Map<Hex, Hex>();
  readonly fails: ("before" | "after" | "not")[];

  constructor(fails: ("before" | "after" | "not")[]) {
    this.fails = fails;
  }

  accountOf = async (subject: Hex): Promise<Hex | undefined> => this.bound.get(subject);
  consentOf = async (): Promise<{ deadline: number; signature: Hex }> => ({ deadline: 1, signature: "0x" });
  send: EnrolmentPort["send"] = async ({ subject, account }) => {
    const fails = this.fails.shift();
    if (fails === "before") throw new SteleError("network", "it was killed");
    if (this.bound.has(subject)) throw new Error("the chain takes a subject once");
    this.bound.set(subject, account);
    if (fails === "after") throw new SteleError("network", "it was killed");
    return true;
  };
}

describe("an enrolment that is killed at any moment", () => {
  it("EN1, EN6: enrols everybody once in the end, under the pseudonym and account of the roster", async () => {
    const fails = fc.array(fc.constantFrom("before", "after", "not"), { maxLength: 60 });
    const cuts = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fails, cuts, async (list, planned) => {
        const rows: RosterRow[] = Array.from({ length: 12 }, (_, n) => ({ staffNumber: `S${n}`, unit: "North" }));
        const folder = newFolder();
        (await Roster.create(folder, key)).close();
        const ledger = new Ledger(list as ("before" | "after" | "not")[]);
        const begin = async (some: RosterRow[]): Promise<boolean> => {
          const roster = await Roster.open(folder, key);
          try {
            await planPeople(roster, some, enrolling);
            const { enrolled: _, ...rest } = await enrolPending(roster, ledger);
            expect(rest).to.deep.equal({ proposed: 0, waiting: 0, refused: [], refusals: 0 });
            return true;
          } catch (error) {
            if (!(error instanceof SteleError)) throw error;
            return false;
          } finally {
            roster.close();
          }
        };
        for (const cut of planned) await begin(rows.slice(0, cut));
        while (!(await begin(rows)));
        const roster = await Roster.open(folder, key);
        expect([roster.size, ledger.bound.size]).to.deep.equal([12, 12]);
        for await (const { subject, account, pending, held } of roster.people()) {
          expect([ledger.bound.get(subject), pending, held]).to.deep.equal([account, undefined, true]);
          expect(roster.custody.signer(account).address.toLowerCase()).to.equal(account);
        }
        roster.close();
      }),
      { numRuns: 25 },
    );
  });

  it("EN4: undoes what was planned and not enrolled, and once more after a kill", async () => {
    const roster = await Roster.create(newFolder(), key);
    await planPeople(roster, [{ staffNumber: "S1", unit: "North" }], enrolling);
    await enrolPending(roster, new Ledger([]));
    await planPeople(roster, [{ staffNumber: "S2", unit: "North" }], enrolling);
    const ledger = new Ledger([]);
    expect(await undoPlan(roster, enrolling.import, ledger)).to.deep.equal({ removed: 1, restored: 0, enrolled: 1 });
    expect(await undoPlan(roster, enrolling.import, ledger)).to.deep.equal({ removed: 0, restored: 0, enrolled: 1 });
    expect([roster.person("S1")?.unit, roster.person("S2")]).to.deep.equal(["North", undefined]);
  });

  it("EN4: keeps whom the chain has, with the key, where the process died before it could note it", async () => {
    const roster = await Roster.create(newFolder(), key);
    await planPeople(roster, [{ staffNumber: "S1", unit: "North" }], enrolling);
    const ledger = new Ledger(["after"]);
    await enrolPending(roster, ledger).catch(() => undefined);
    const person = roster.require("S1");
    expect([person.pending, ledger.bound.size]).to.deep.equal([true, 1]);
    expect(await undoPlan(roster, enrolling.import, ledger)).to.deep.equal({ removed: 0, restored: 0, enrolled: 1 });
    expect(roster.require("S1")).to.include({ subject: person.subject }).and.not.have.property("pending");
    expect(roster.custody.holds(person.account)).to.equal(true);
  });

  it("EN6: keeps a held key until the chain has another account", async () => {
    const roster = await Roster.create(newFolder(), key);
    const ledger = new Ledger([]);
    await planPeople(roster, [{ staffNumber: "S1", unit: "North" }], enrolling);
    const person = roster.require("S1");
    expect(await refreshPerson(roster, person, ledger)).to.equal(person);
    await enrolPending(roster, ledger);
    await refreshPerson(roster, roster.require("S1"), ledger);
    expect(roster.custody.holds(person.account)).to.equal(true);
    ledger.bound.set(person.subject, `0x${"12".repeat(20)}`);
    expect(await refreshPerson(roster, roster.require("S1"), ledger)).to.include({ held: false });
    expect(roster.custody.holds(person.account)).to.equal(false);
  });
});
