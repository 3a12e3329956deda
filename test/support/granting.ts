import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";

import type { Hex } from "../../sdk/common/bytes.js";
import { connect } from "../../sdk/chain/connection.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import type { Submission } from "../../sdk/chain/governance/call.js";
import { Sender } from "../../sdk/chain/sender.js";
import { connectSuite, type Suite } from "../../sdk/chain/suite.js";
import { signGrant } from "../../sdk/rewards/granting/signed.js";
import type { GrantingChain } from "../../sdk/rewards/granting/work.js";
import { Roster } from "../../sdk/rewards/roster/roster.js";
import type { Person } from "../../sdk/rewards/roster/person.js";
import { testProfile } from "./anvil.js";
import type { Actor, PersonLabel, RewardsSuite } from "./rewards.js";

/** A key for rosters of tests. */
export const rosterKey = new Uint8Array(32).fill(7);

/** Person number n of a made-up department: not on any chain. */
function madeUpPerson(n: number): Person {
  const digest = (what: string) => `0x${createHash("sha256").update(`${what} ${n}`).digest("hex")}` as Hex;
  return {
    staffNumber: staffNumber(n),
    unit: "unit 1",
    subject: digest("subject"),
    account: digest("account").slice(0, 42) as Hex,
    domain: digest("domain"),
    opening: digest("opening"),
    held: false,
  };
}

function* people(count: number): Generator<Person> {
  for (let n = 0; n < count; n++) yield madeUpPerson(n);
}

export function staffNumber(n: number): string {
  return `S${`${n}`.padStart(7, "0")}`;
}

/** A roster of `count` people who are on no chain. */
export async function madeUpRoster(folder: string, count: number): Promise<Roster> {
  const roster = await Roster.create(folder, rosterKey);
  await roster.add(people(count));
  return roster;
}

/** A roster of people whom the suite's department enrolled. Their staff numbers are their labels. */
export async function rosterOf(folder: string, rewards: RewardsSuite, labels: readonly PersonLabel[]): Promise<Roster> {
  const roster = await Roster.create(folder, rosterKey);
  const people = labels.map((label, n) => ({
    ...madeUpPerson(n),
    staffNumber: label,
    subject: rewards.subject(label),
    account: rewards.actor(label).address,
  }));
  await roster.add(people);
  return roster;
}

/** Writes a file of awards, one for each of `count` made-up people. */
export async function writeAwards(file: string, count: number): Promise<void> {
  const out = createWriteStream(file);
  out.write("staff_number,citation,date,place\r\n");
  for (let n = 0; n < count; n++) {
    const line = `${staffNumber(n)},"For service in the year, with distinction ${n % 97}",2026-0${1 + (n % 9)}-1${n % 10},北京\r\n`;
    if (!out.write(line)) await once(out, "drain");
  }
  out.end();
  await finished(out);
}

/** The chain as an import of one actor works with it. */
export interface TestChain extends GrantingChain {
  readonly suite: Suite;
  readonly sender: Sender;
  /** Hashes of what was sent. */
  readonly sent: string[];
  close(): Promise<void>;
}

/** @param folder of the sender's journal */
export async function grantingChain(
  provider: Eip1193,
  rewards: RewardsSuite,
  actor: Actor,
  folder: string,
  options: Partial<GrantingChain> = {},
): Promise<TestChain> {
  const profile = testProfile(["http://127.0.0.1:1"], { feeMode: "dynamic", pollingInterval: 0.01 });
  const connection = await connect(profile, { transport: provider });
  const suite = connectSuite(connection.provider, rewards.suite.manifest);
  const signer = actor.wallet.connect(connection.provider);
  const sender = await Sender.open({ connection, signer, folder: join(folder, "sender") });
  const sent: string[] = [];
  const source = { provider: connection.provider, fromBlock: rewards.suite.manifest.deploymentBlock, range: 50 };
  return {
    suite,
    source,
    sender,
    sent,
    signer: { address: actor.address, signGrant: (grant) => signGrant(suite, signer, grant) },
    async submit(call, key): Promise<Submission> {
      const intent = { to: call.address, data: call.data, label: call.label, ...(key === undefined ? {} : { key }) };
      const { hash, receipt } = await sender.send(intent);
      sent.push(hash);
      return { kind: "sent", hash, block: receipt.blockNumber, gasUsed: receipt.gasUsed };
    },
    ...options,
    async close() {
      await sender.close();
      connection.close();
    },
  };
}
