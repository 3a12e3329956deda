import { Wallet } from "ethers";

import { subjectIdOf } from "../../chain/governance/consent.js";
import { toHex, type Hex } from "../../common/bytes.js";
import { randomBytes } from "../../common/random.js";
import { settled, type EnrolmentPort } from "./enrol.js";
import { personCommitment, type Person } from "../roster/person.js";
import type { NewPerson, Roster } from "../roster/roster.js";
import type { RosterRow } from "./table.js";

/** Whose people they are, and what their pseudonyms are for. */
export interface Enrolling {
  readonly suiteId: Hex;
  /** The enrolling member. */
  readonly member: number;
  readonly domain: Hex;
  /** Id of the import. */
  readonly import: Hex;
}

/** What an import did to the roster. */
export interface Planned {
  readonly added: number;
  readonly changed: number;
  readonly same: number;
}

/** People that are written at once. */
const BATCH = 500;

/**
 * Takes rows into the roster: new people get a pseudonym, and an account of which the department keeps the key where
 * they have none, and wait for their enrolment; of known ones name and unit are brought up to date. Whatever was killed,
 * the same rows again add nobody twice.
 */
export async function planPeople(
  roster: Roster,
  rows: AsyncIterable<RosterRow> | Iterable<RosterRow>,
  enrolling: Enrolling,
  work: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void } = {},
): Promise<Planned> {
  let [added, changed, same] = [0, 0, 0];
  let [fresh, moved]: [NewPerson[], Person[]] = [[], []];
  const flush = (): void => {
    work.signal?.throwIfAborted();
    if (fresh.length > 0) roster.addAll(fresh);
    if (moved.length > 0) roster.updateAll(moved);
    [added, changed] = [added + fresh.length, changed + moved.length];
    [fresh, moved] = [[], []];
    work.onProgress?.(added + changed + same);
  };
  for await (const row of rows) {
    const known = roster.person(row.staffNumber);
    const moves = known !== undefined && (known.unit !== row.unit || (row.name ?? known.name) !== known.name);
    if (known === undefined) fresh.push(newPerson(row, enrolling));
    else if (moves) moved.push(withConsent(changedPerson(known, row, enrolling.import), row));
    else {
      same++;
      // A consent that comes later than the person is no change that could be undone.
      if (known.pending === true && row.consent !== undefined) roster.update(withConsent(known, row));
    }
    if (fresh.length + moved.length >= BATCH) flush();
  }
  flush();
  return { added, changed, same };
}

function newPerson({ staffNumber, name, unit, account, consent }: RosterRow, enrolling: Enrolling): NewPerson {
  const { suiteId, member, domain } = enrolling;
  const opening = toHex(randomBytes(32));
  const subject = subjectIdOf(suiteId, member, domain, personCommitment(staffNumber, opening));
  const wallet = account === undefined ? new Wallet(toHex(randomBytes(32))) : undefined;
  const person: Person = {
    staffNumber,
    ...(name === undefined ? {} : { name }),
    unit,
    subject,
    account: account ?? (wallet!.address.toLowerCase() as Hex),
    domain,
    opening,
    held: account === undefined,
    pending: true,
    ...(consent === undefined ? {} : { consent }),
    import: enrolling.import,
  };
  return wallet === undefined ? { person } : { person, wallet };
}

function changedPerson(known: Person, { name, unit }: RosterRow, id: Hex): Person {
  const { name: formerName, unit: formerUnit, former: _, ...rest } = known;
  const former = { import: id, ...(formerName === undefined ? {} : { name: formerName }), unit: formerUnit };
  const kept = name ?? formerName; // a file without names takes none away
  return { ...rest, ...(kept === undefined ? {} : { name: kept }), unit, former };
}

function withConsent(person: Person, { consent }: RosterRow): Person {
  return consent === undefined || person.pending !== true ? person : { ...person, consent };
}

/** What undoing an import did. */
export interface UndonePlan {
  /** People that were taken off the roster again. */
  readonly removed: number;
  /** People whose name or unit is as it was before. */
  readonly restored: number;
  /** People that are on chain already: an enrolment cannot be taken back, so they stay. */
  readonly enrolled: number;
}

/**
 * Undoes what an import did to the roster. Whoever is on chain by now stays, also where the process that enrolled them
 * was killed before it could note it: their pseudonym, and the key that is held for them, are here alone. It can be
 * repeated after a kill.
 */
export async function undoPlan(
  roster: Roster,
  id: Hex,
  { accountOf }: Pick<EnrolmentPort, "accountOf">,
): Promise<UndonePlan> {
  let [removed, restored, enrolled] = [0, 0, 0];
  for await (const person of roster.people()) {
    const { former, ...rest } = person;
    if (former?.import === id) {
      const { import: _, ...before } = former;
      const { name: __, ...others } = rest;
      roster.update({ ...others, ...before });
      restored++;
    } else if (person.import === id) {
      const waits = person.pending === true;
      if (waits && (await accountOf(person.subject)) === undefined) {
        roster.remove(person.staffNumber);
        removed++;
        continue;
      }
      if (waits) roster.update(settled(person));
      enrolled++;
    }
  }
  return { removed, restored, enrolled };
}
