import { sentenceOf, SteleError } from "../../../sdk/common/errors.js";
import { openLog } from "../../../sdk/log/log.js";
import { numbered } from "../../support/entries.js";

/**
 * A process for tests to kill or to starve: appends numbered entries in batches of many sizes and prints the size of the
 * log each time an append is acknowledged. Says `open` first, and `refused` when an append is.
 */
const [folder, origin, batches = "0"] = process.argv.slice(2);
const log = await openLog(folder!, { origin: origin! });
process.stdout.write(`open ${log.size()}\n`);
for (let i = 0; i < Number(batches); i++) {
  const count = 1 + ((i * 7919) % 1000);
  try {
    const { size } = await log.append(numbered(count, 100, Number(log.size())));
    process.stdout.write(`${size}\n`);
  } catch (error) {
    process.stdout.write(`refused ${error instanceof SteleError ? error.code : "?"} ${sentenceOf(error)}\n`);
    process.exit(3);
  }
}
setInterval(() => undefined, 1000);
