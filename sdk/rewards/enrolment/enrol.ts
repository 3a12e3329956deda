import type { Consent } from "../../chain/governance/consent.js";
import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import type { Person } from "../roster/person.js";
import type { Roster } from "../roster/roster.js";

/** Largest time on chain: a held account's consent to its holder needs no end. */
export const noDeadline = 2 ** 40 - 1;

/** What enrolling asks of chain and people. */
export interface EnrolmentPort {
  /** The account bound to a subject now; undefined where there is none. */
  accountOf(subject: Hex): Promise<Hex | undefined>;
  /** The consent of an account; undefined where it was not given yet. */
  consentOf(person: Person): Promise<Pick<Consent, "deadline" | "signature"> | undefined>;
  /** @returns whether it is on chain now, and not only simulated or proposed */
  send(person: Person, consent: Pick<Consent, "deadline" | "signature">): Promise<boolean>;
}

/** How an enrolment went. */
export interface Enrolled {
  readonly enrolled: number;
  /** Calls that were simulated or put into a proposal. */
  readonly proposed: number;
  /** People whose account's consent is missing. */
  readonly waiting: number;
  /** People whom the chain refused, with its reason; the first 20. */
  readonly refused: readonly { readonly staffNumber: string; readonly sentence: string }[];
  readonly refusals: number;
}

/** Calls that are on their way at once. */
const WINDOW = 16;

/**
 * Enrols everybody on the roster who is pending. Whoever is on chain already, since a process was killed before it could
 * note it, is noted only; one refusal does not stop the others.
 */
export async function enrolPending(
  roster: Roster,
  port: EnrolmentPort,
  work: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void } = {},
): Promise<Enrolled> {
  const refused: { staffNumber: string; sentence: string }[] = [];
  let [enrolled, proposed, waiting, refusals] = [0, 0, 0, 0];
  let window: Person[] = [];
  const flush = async (): Promise<void> => {
    work.signal?.throwIfAborted();
    const ended = await Promise.allSettled(window.map((person) => enrolOne(person, port)));
    const there: Person[] = [];
    window.forEach((person, i) => {
      const end = ended[i]!;
      if (end.status === "rejected") {
        if (!isRefusal(end.reason) || refusals++ >= 20) return;
        refused.push({ staffNumber: person.staffNumber, sentence: end.reason.message });
      } else if (end.value === "waiting") waiting++;
      else if (end.value === "proposed") proposed++;
      else there.push(settled(person));
    });
    if (there.length > 0) roster.updateAll(there);
    enrolled += there.length;
    work.onProgress?.(enrolled);
    for (const end of ended) if (end.status === "rejected" && !isRefusal(end.reason)) throw end.reason;
    window = [];
  };
  for await (const person of roster.people()) {
    if (person.pending !== true) continue;
    if (window.push(person) === WINDOW) await flush();
  }
  await flush();
  return { enrolled, proposed, waiting, refused, refusals };
}

function isRefusal(error: unknown): error is SteleError {
  return error instanceof SteleError && error.code === "refused";
}

async function enrolOne(person: Person, port: EnrolmentPort): Promise<"enrolled" | "proposed" | "waiting"> {
  const bound = await port.accountOf(person.subject);
  if (bound !== undefined) return "enrolled"; // by the process that was killed: nobody else knows the commitment
  const consent = (await port.consentOf(person)) ?? person.consent;
  if (consent === undefined) return "waiting";
  return (await port.send(person, consent)) ? "enrolled" : "proposed";
}

/** Brings the account of a person up to date after a claim or a recovery, and destroys a key that was held for it. */
export async function refreshPerson(
  roster: Roster,
  person: Person,
  port: Pick<EnrolmentPort, "accountOf">,
): Promise<Person> {
  const account = await port.accountOf(person.subject);
  if (account === undefined || account === person.account) return person;
  const renewed: Person = { ...settled(person), account, held: false };
  roster.update(renewed);
  if (person.held) roster.custody.destroy(person.account);
  return renewed;
}

/** A person who waits for nothing any more. */
export function settled(person: Person): Person {
  const { pending: _, consent: __, ...rest } = person;
  return rest;
}
