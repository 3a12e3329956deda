import { openLog } from "../../../sdk/log/log.js";
import { numbered } from "../../support/entries.js";

/**
 * A process for tests to kill: appends numbered entries for ever, one batch of every size after the other, and prints
 * the size of the log each time an append is acknowledged. It says `open` first.
 */
const [folder, origin, batches = "0"] = process.argv.slice(2);
const log = await openLog(folder!, { origin: origin! });
process.stdout.write(`open ${log.size()}\n`);
for (let i = 0; i < Number(batches); i++) {
  const count = 1 + ((i * 7919) % 1000);
  const { size } = await log.append(numbered(count, 100, Number(log.size())));
  process.stdout.write(`${size}\n`);
}
setInterval(() => undefined, 1000);
