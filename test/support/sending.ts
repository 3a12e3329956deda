/**
 * A process that sends: `sending.ts URL FOLDER FIRST COUNT`, a key and a call each, all at once. Prints each key whose
 * end it saw. For tests that kill it.
 */
import { connect } from "../../sdk/chain/connection.js";
import { developmentWallet } from "../../sdk/chain/development.js";
import { Sender } from "../../sdk/chain/sender.js";
import { SteleError } from "../../sdk/common/errors.js";
import { testProfile } from "./anvil.js";

const [url = "", folder = "", first = "0", count = "0"] = process.argv.slice(2);
const signer = developmentWallet(0);
const connection = await insisting(() => connect(testProfile([url], { pollingInterval: 0.02 })));
const sender = await insisting(() => Sender.open({ connection, signer, folder, resendAfter: 0.2 }));
console.log("open");
const ends = Array.from({ length: Number(count) }, async (_, i) => {
  const tag = Number(first) + i;
  const data = `0x${tag.toString(16).padStart(8, "0")}`;
  const to = "0x00000000000000000000000000000000000000aa";
  await insisting(() => sender.send({ to, data, key: `act-${tag}`, label: `act ${tag}` }));
  console.log(`done ${tag}`);
});
await Promise.all(ends);
await sender.close();
connection.close();

/** The line to the node is bad; asking again, with the same key, is how a caller goes on. */
async function insisting<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof SteleError) || error.code !== "network") throw error;
    }
  }
}
