/**
 * A process that imports awards by campaign: `child.ts SETTINGS`, a JSON file. Prints the stage and how far it is; at the
 * end the root, the transactions that it sent and its largest memory. For tests that kill it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { connect } from "../../../sdk/chain/connection.js";
import { developmentWallet } from "../../../sdk/chain/development.js";
import { readManifest } from "../../../sdk/chain/manifest.js";
import { Sender } from "../../../sdk/chain/sender.js";
import { connectSuite } from "../../../sdk/chain/suite.js";
import { importAwards } from "../../../sdk/rewards/granting/import.js";
import { Roster } from "../../../sdk/rewards/roster/roster.js";
import { testProfile } from "../anvil.js";
import { rosterKey } from "../granting.js";

/** What the process is told. */
export interface ChildSettings {
  readonly url: string;
  readonly manifest: string;
  readonly folder: string;
  readonly roster: string;
  readonly file: string;
  readonly typeId: string;
  readonly issuer: string;
}

const settings = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as ChildSettings;
const connection = await connect(testProfile([settings.url], { feeMode: "dynamic", pollingInterval: 0.02 }));
const manifest = await readManifest(settings.manifest);
const suite = connectSuite(connection.provider, manifest);
const signer = developmentWallet(4).connect(connection.provider);
const sender = await Sender.open({ connection, signer, folder: join(settings.folder, "sender") });
const roster = await Roster.open(settings.roster, rosterKey);
const imported = await importAwards(
  {
    file: settings.file,
    folder: join(settings.folder, "imports"),
    roster,
    key: rosterKey,
    typeId: BigInt(settings.typeId),
    issuer: BigInt(settings.issuer),
    way: "campaign",
    expires: 0n,
    points: false,
    batch: 500n,
  },
  {
    suite,
    source: { provider: connection.provider, fromBlock: manifest.deploymentBlock, range: 1_000 },
    async submit(call, key) {
      console.log("grant 0 1");
      const intent = { to: call.address, data: call.data, label: call.label, ...(key === undefined ? {} : { key }) };
      const { hash, receipt } = await sender.send(intent);
      return { kind: "sent", hash, block: receipt.blockNumber, gasUsed: receipt.gasUsed };
    },
    onProgress: (stage, done, total) => console.log(`${stage} ${done} ${total}`),
  },
);
await sender.close();
roster.close();
connection.close();
const peak = process.resourceUsage().maxRSS * 1_024;
console.log(`done ${imported.campaign?.root} ${imported.campaign?.size} ${imported.steps.length} ${peak}`);
