/** Imports `count` steps in `folder`; each effect is a file that can be made once. Killed by kills.slow.ts. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openImport } from "../../../../sdk/rewards/imports/run.js";

const [folder = "", count = "0"] = process.argv.slice(2);
const run = await openImport(join(folder, "imports"), {
  kind: "kills",
  digest: `0x${"22".repeat(32)}`,
  parameters: {},
});
mkdirSync(join(folder, "effects"), { recursive: true });
console.log("open");
for (let n = 0; n < Number(count); n++) {
  const step = String(n).padStart(6, "0");
  const effect = join(folder, "effects", run.keyOf(step).replaceAll(" ", "-"));
  if (run.done(step) !== undefined) {
    if (!existsSync(effect)) throw new Error(`step ${step} is marked and was never done`);
    continue;
  }
  // What takes effect once under a key: made now, or by a process that was killed before it could mark the step.
  if (!existsSync(effect)) writeFileSync(effect, step, { flag: "wx", flush: true });
  run.mark(step, { effect: n });
}
run.finish();
run.close();
console.log("finished");
