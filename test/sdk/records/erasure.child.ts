/** Erases records one after another until it is killed, and says which ones it was told are erased. */
import { readFileSync } from "node:fs";

import { fromHex } from "../../../sdk/common/bytes.js";
import { KeyStore } from "../../../sdk/records/keys.js";

const [store, journal, list] = process.argv.slice(2) as [string, string, string];
const keys = await KeyStore.open(store, { journal });
process.send!("ready");
for (const record of JSON.parse(readFileSync(list, "utf8")) as `0x${string}`[]) {
  if (keys.isErased(fromHex(record)) !== undefined) continue;
  keys.erase(fromHex(record), "killed in the middle");
  process.send!(record);
}
process.send!("done");
// Stays until it is killed, so that the parent reads everything.
setInterval(() => undefined, 1000);
