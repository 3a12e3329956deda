import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { SteleError } from "../../../sdk/common/errors.js";
import { developmentWallet } from "../../../sdk/chain/development.js";
import { owningAccount, type Department } from "./department.js";
import { person, subjectOf } from "./records.js";

const day = 86_400;

/** The person's next account, of the development mnemonic. */
const nextAccount = 60;

/** A person loses the key to a thief, who vetoes; two offices and an arbiter give the account back, awards follow. */
export async function recovered(department: Department): Promise<void> {
  const { desk, narrator, outcomes, account, stage, folder } = department;
  narrator.step("A stolen key, and awards that follow their person");
  const subject = await subjectOf(department, person);
  const to = developmentWallet(nextAccount).address;
  const consent = await desk.run(nextAccount, "subject", "consent", subject, "--json");
  await writeFile(join(folder, "consent.json"), consent.out);
  await desk.well(account("personnel"), "person", "recover", "propose", person, "--consent", "consent.json");
  const backing = ["--proposer", String(stage.memberOf("personnel")), "--to", to];
  const alone = await desk.refused(account("personnel"), "person", "recover", "second", person, ...backing);
  narrator.say(`An officer of the same office cannot second it: ${alone}`);
  await desk.well(account("civic"), "person", "recover", "second", subject, ...backing);
  await fund(department, owningAccount(1));
  await desk.well(owningAccount(1), "person", "recover", "veto", subject);
  narrator.say("The thief, who holds the old key, vetoes; now a third member decides, and no veto stops that.");
  await desk.well(account("court"), "person", "recover", "decide", subject, "--decision", "grant", "--to", to);
  await stage.pass(31 * day);
  await desk.well(account("personnel"), "person", "recover", "complete", person);
  await desk.well(account("archive"), "award", "migrate", "--subject", subject);
  const awards = stage.suite.contract("Awards");
  if ((await awards.balanceOf(to)) !== 1n) throw new SteleError("unproven", "the award did not follow its person");
  narrator.say("The account is the person's again, and the award is in it.");
  outcomes.push(["an account taken by a thief, who vetoed", "back after 31 days, awards with it"]);
}

/** Coins to pay for a transaction: the thief brings them along. */
async function fund({ stage }: Department, account: number): Promise<void> {
  const rich = developmentWallet(19).connect(stage.connection.provider);
  await (await rich.sendTransaction({ to: developmentWallet(account).address, value: 10n ** 18n })).wait();
}
