import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import type { Command } from "../../sdk/cli/command.js";
import { personRecoverPropose } from "../../sdk/cli/commands/person/recover.js";
import { rosterImport } from "../../sdk/cli/commands/roster/import.js";
import { subjectConsent } from "../../sdk/cli/commands/subject/consent.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { openKey } from "../../sdk/book/secrets.js";
import { Roster } from "../../sdk/rewards/roster/roster.js";
import { commandRunner } from "./commands.js";
import type { ActorLabel, RewardsSuite } from "./rewards.js";

/** Commands run by people of the rewards suite, and a folder for a department's roster and files. */
export interface RosterWorld extends RewardsSuite {
  readonly folder: string;
  /** The command's result, parsed. Without a label nobody signs. */
  run(command: Command, label: ActorLabel | undefined, raw?: Readonly<Record<string, unknown>>): Promise<Json>;
  /** Writes a file of the folder. */
  file(name: string, content: string | Uint8Array): string;
  /** Where commands find the roster. */
  readonly place: { readonly roster: string };
  /** Imports a CSV as the department. */
  importRoster(content: string, raw?: Readonly<Record<string, unknown>>): Promise<Json>;
  /** Writes an account's consent to a subject into `consents/SUBJECT.json`. */
  consentFile(label: ActorLabel, subject: string): Promise<string>;
  /** Reads the roster. */
  withRoster<T>(body: (roster: Roster) => T | Promise<T>): Promise<T>;
  /** Proposes an account of an actor for a person, as one of the members. */
  propose(by: ActorLabel, person: string, to: ActorLabel, subject: Hex): Promise<Json>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- results of commands, looked at by expectations
type Json = any;

/** A department beside a suite that is deployed; accounts are the development mnemonic's, as `--account` has them. */
export function rosterWorld(provider: Eip1193, suite: RewardsSuite): RosterWorld {
  const runner = commandRunner(provider, suite.deployed);
  const folder = mkdtempSync(join(tmpdir(), "stele-people-"));
  const place = { roster: join(folder, "roster") };
  const run: RosterWorld["run"] = async (command, label, raw = {}) => {
    const address = label === undefined ? undefined : suite.actor(label).address;
    const signer = suite.deployed.accounts.find((account) => account.address === address);
    const { output, proposal } = await runner(command, signer, { ...raw, json: true });
    return proposal === undefined ? JSON.parse(output) : { ...JSON.parse(output), proposal };
  };
  const file: RosterWorld["file"] = (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  mkdirSync(join(folder, "consents"));
  const world: RosterWorld = {
    ...suite,
    folder,
    place,
    run,
    file,
    importRoster: (content, raw = {}) =>
      run(rosterImport, "department", { file: file("people.csv", content), ...place, ...raw }),
    async consentFile(label, subject) {
      const consent = await run(subjectConsent, label, { subject, lifetime: "30d" });
      return file(`consents/${subject}.json`, JSON.stringify(consent));
    },
    async withRoster(body) {
      const roster = await Roster.open(place.roster, await openKey(join(place.roster, "secrets", "roster.key")));
      try {
        return await body(roster);
      } finally {
        roster.close();
      }
    },
    propose: async (by, person, to, subject) =>
      run(personRecoverPropose, by, { person, ...place, consent: await world.consentFile(to, subject) }),
  };
  return world;
}
