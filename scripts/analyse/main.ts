/**
 * `npm run analyse`: Slither over the project's own contracts. Fails on a finding of high or medium impact. One that is
 * meant has its reason either in the code (in the comment line above `// slither-disable-next-line NAME`) or in
 * triage.json, by rule and function.
 */
import { sentenceOf } from "../../sdk/common/errors.js";
import { filesUnder, readText } from "../checks/support.js";
import { slither } from "./slither.js";
import { unreasoned } from "./sources.js";
import triage from "./triage.json" with { type: "json" };
import { judge } from "./triage.js";

async function main(): Promise<number> {
  const root = process.cwd();
  const findings = await slither(root);
  const grave = findings.filter((finding) => ["High", "Medium"].includes(finding.impact));
  const { open, stale } = judge(grave, triage);
  for (const finding of open) console.log(`${finding.impact} ${finding.check}: ${finding.description.trim()}\n`);
  for (const entry of stale) console.log(`triage.json excuses ${entry.check} in ${entry.where}, which is not found`);
  const problems: string[] = [];
  let silenced = 0;
  for (const file of filesUnder(root, "contracts", (path) => path.endsWith(".sol"))) {
    const text = await readText(root, file);
    silenced += text.split(/slither-disable-(?:next-line|start)/).length - 1;
    problems.push(...unreasoned(file, text));
  }
  for (const problem of problems) console.log(problem);
  const excused = grave.length - open.length + silenced;
  console.log(
    `Slither: ${open.length} findings of high or medium impact without a reason, ${excused} with one, ` +
      `${findings.length - grave.length} of low impact.`,
  );
  return open.length + stale.length + problems.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
