import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { SteleError } from "../../../sdk/common/errors.js";
import { owningAccount, type Department } from "./department.js";
import { person, subjectOf } from "./records.js";

/** What an import of awards says of itself. */
interface Imported {
  readonly id: string;
  readonly awards: number;
  readonly campaignFolder: string;
}

/** Awards to everybody in a file by one root; the person makes a token of one; forgeries. */
export async function awarded(department: Department): Promise<void> {
  const { desk, narrator, outcomes, account } = department;
  const officer = account("personnel");
  narrator.step("Awards that nobody can buy, sell or fake");
  await desk.well(officer, "award", "type", "publish", "types/training.json");
  const granted = await desk.json<Imported>(officer, "award", "import", "awards-training.csv", "--type", "1");
  narrator.say(
    `${granted.awards} awards are granted by one root, in one transaction; the chain does not say for whom any is.`,
  );
  const again = await desk.refused(officer, "award", "import", "awards-training.csv", "--type", "1");
  narrator.say(`The same file again: ${again}`);
  outcomes.push(["a file of awards, imported twice", "granted once"]);
  const subject = await subjectOf(department, person);
  await desk.well(undefined, "campaign", "prove", granted.campaignFolder, "--subject", subject, "--out", "award.json");
  narrator.show(await desk.well(undefined, "award", "show", "award.json"));
  await forged(department);
  await desk.well(owningAccount(1), "campaign", "materialise", "award.json", "--sign", "wish.json");
  const made = await desk.json<{ tokenId: string }>(
    account("archive"),
    "campaign",
    "materialise",
    "--submit",
    "wish.json",
  );
  await pictured(department, BigInt(made.tokenId));
  outcomes.push(["an award of a campaign, made a token", "at its holder's wish, with a picture made on chain"]);
}

/** Somebody changes the proof of an award into their own. */
async function forged({ desk, narrator, outcomes, folder }: Department): Promise<void> {
  const proof = await readFile(join(folder, "award.json"), "utf8");
  const { leaf } = JSON.parse(proof) as { leaf: { subject: string } };
  await writeFile(join(folder, "forged.json"), proof.replace(leaf.subject, `0x${"ab".repeat(32)}`));
  const said = await desk.refused(undefined, "award", "show", "forged.json");
  narrator.say(`The same award, made out to somebody else: ${said}`);
  outcomes.push(["an award made out to somebody else", "refused: it does not lead to the root"]);
}

/** The token's picture, made on chain; and what happens to whoever tries to sell it. */
async function pictured({ stage, narrator, outcomes, folder }: Department, tokenId: bigint): Promise<void> {
  const awards = stage.suite.contract("Awards");
  const uri = await awards.tokenURI(tokenId);
  const { name, image } = JSON.parse(decoded(uri)) as { name: string; image: string };
  await writeFile(join(folder, "award.svg"), decoded(image));
  narrator.say(`Its picture is made on chain: "${name}", ${decoded(image).length} characters of SVG.`);
  const owner = await awards.ownerOf(tokenId);
  const buyer = stage.wallet("archive").address;
  const sold = await awards.transferFrom.staticCall(owner, buyer, tokenId, { from: owner }).then(
    () => undefined,
    (error: unknown) => awards.interface.parseError((error as { data: string }).data)?.name,
  );
  if (sold !== "AwardsNotTransferable") throw new SteleError("unproven", "an award could be transferred");
  outcomes.push(["a holder who sells an award", "refused by the contract: AwardsNotTransferable"]);
}

function decoded(uri: string): string {
  return Buffer.from(uri.slice(uri.indexOf(",") + 1), "base64").toString();
}
