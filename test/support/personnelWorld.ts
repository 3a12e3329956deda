import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { Book } from "../../sdk/book/book.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import { developmentWallet } from "../../sdk/chain/development.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { fromHex } from "../../sdk/common/bytes.js";
import { openBookReader } from "../../sdk/book/reader.js";
import { appendPersonnel, type PersonnelEntry } from "../../sdk/rewards/personnel/append.js";
import { openingsAbout } from "../../sdk/rewards/personnel/deliver.js";
import { formatPersonFile } from "../../sdk/rewards/personnel/file.js";
import { parsePersonCard } from "../../sdk/rewards/personnel/keys.js";
import { sessionsOn, steleIn, type Ended } from "./program.js";
import { deployRewards, personnelKind, type ActorLabel, type PersonLabel, type RewardsSuite } from "./rewards.js";

/** The rewards suite, a folder in which people and offices run commands, and the department's log of its people. */
export interface PersonnelWorld {
  readonly rewards: RewardsSuite;
  readonly folder: string;
  /** Id of the log in the folder `staff`. */
  readonly logId: Hex;
  /** Runs a command with an account, or none. */
  stele(who: ActorLabel | undefined, ...argv: string[]): Promise<Ended>;
  /** The same, and it has to go well. @returns what it prints */
  well(who: ActorLabel | undefined, ...argv: string[]): Promise<string>;
  /** The same, and it has to be refused. @returns what it says */
  refused(who: ActorLabel | undefined, ...argv: string[]): Promise<string>;
  /** Appends records to the log and anchors it. @returns their places */
  record(...entries: readonly PersonnelEntry[]): Promise<readonly bigint[]>;
  /** Writes all openings of a person into `NAME.json`, as the office delivers them. */
  deliver(person: PersonLabel): Promise<string>;
  /** Meta-address of a person who made keys, `NAME.keys`. */
  metaAddressOf(person: PersonLabel): Promise<string>;
  write(name: string, content: unknown): Promise<string>;
  read(name: string): Promise<string>;
  /** Lets seconds pass on the chain. */
  pass(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** Deploys the suite, opens the department's log "staff", and makes keys for ada and ben. */
export async function openPersonnelWorld(provider: Eip1193): Promise<PersonnelWorld> {
  const rewards = await deployRewards(provider);
  const folder = await mkdtemp(join(tmpdir(), "stele-personnel-"));
  const stele = runner(provider, rewards, folder);
  const well = async (who: ActorLabel | undefined, ...argv: string[]): Promise<string> => {
    const ended = await stele(who, ...argv);
    expect(ended.code, `${argv.join(" ")}: ${ended.err}`).to.equal(0);
    return ended.out;
  };
  const at = (name: string): string => join(folder, name);
  const opening = ["--kind", personnelKind, "--name", "staff", "--policy", String(rewards.policy)];
  const { logId } = JSON.parse(await well("department", "log", "open", "staff", ...opening, "--json")) as {
    logId: Hex;
  };
  for (const person of ["ada", "ben"]) await well(undefined, "person", "keys", `${person}.keys`, `${person}.card`);
  return {
    rewards,
    folder,
    logId,
    stele,
    well,
    async refused(who, ...argv) {
      const ended = await stele(who, ...argv);
      expect(ended.code, `${argv.join(" ")}: ${ended.out}`).to.be.greaterThan(0);
      return ended.err;
    },
    async record(...entries) {
      const book = await Book.open(at("staff"));
      const places = await appendPersonnel(book, entries).finally(() => book.close());
      await well("department", "log", "anchor", "staff");
      return places.map(({ index }) => index);
    },
    async deliver(person) {
      const reader = await openBookReader(at("staff"));
      try {
        const records = await Array.fromAsync(openingsAbout(reader, fromHex(rewards.subject(person))));
        await writeFile(at(`${person}.json`), formatPersonFile({ records }));
        return `${person}.json`;
      } finally {
        await reader.close();
      }
    },
    metaAddressOf: async (person) => parsePersonCard(await readFile(at(`${person}.card`), "utf8")).metaAddress,
    async write(name, content) {
      await writeFile(at(name), JSON.stringify(content));
      return name;
    },
    read: (name) => readFile(at(name), "utf8"),
    async pass(seconds) {
      await provider.request({ method: "evm_increaseTime", params: [seconds] });
      await provider.request({ method: "evm_mine", params: [] });
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function runner(provider: Eip1193, { deployed, actor }: RewardsSuite, cwd: string): PersonnelWorld["stele"] {
  const openSession = sessionsOn(provider, deployed.suite);
  const accounts = Array.from({ length: 20 }, (_, index) => developmentWallet(index).address);
  return (who, ...argv) => {
    const account = who === undefined ? [] : ["--account", String(accounts.indexOf(actor(who).address))];
    return steleIn(cwd, [...argv, ...account], { openSession });
  };
}
