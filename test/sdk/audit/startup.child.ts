/** Says whether vega is loaded by the program's commands, and by a chart. Run by report.test.ts. */
import { registerHooks } from "node:module";

let loaded = false;
registerHooks({
  resolve(specifier, context, next) {
    if (/^vega(-lite)?$/.test(specifier)) loaded = true;
    return next(specifier, context);
  },
});

await import("../../../sdk/cli/commands/index.js");
const { eventTimeline } = await import("../../../sdk/audit/index.js");
console.log(`before: ${loaded ? "yes" : "no"}`);
await eventTimeline([]);
console.log(`after: ${loaded ? "yes" : "no"}`);
