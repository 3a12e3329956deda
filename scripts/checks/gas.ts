import { modules } from "../bench/modules.js";
import { runBench } from "../bench/run.js";
import { readJson } from "./support.js";
import type { Check } from "./types.js";

/** How measured gas differs from the baseline, in words. Gas is exact, so any difference is one. */
export function differences(
  baseline: Readonly<Record<string, number>>,
  measured: Readonly<Record<string, number>>,
): readonly string[] {
  const remedy = "if that is wanted, run npm run bench -- --baseline and commit the file";
  const names = [...new Set([...Object.keys(baseline), ...Object.keys(measured)])];
  return names.flatMap((name) => {
    const [before, now] = [baseline[name], measured[name]];
    if (before === now) return [];
    if (before === undefined) return [`"${name}" is not in the gas baseline; ${remedy}`];
    if (now === undefined) return [`"${name}" of the gas baseline was not measured; ${remedy}`];
    return [`"${name}" takes ${now} gas, ${before} in the baseline; ${remedy}`];
  });
}

export const gas: Check = {
  name: "gas",
  holds: "every operation takes the gas of scripts/bench/gas-baseline.json, to the unit",
  async run(root) {
    const baseline = await readJson<Record<string, number>>(root, "scripts/bench/gas-baseline.json");
    const only = modules.filter((listed) => listed.gas).map((listed) => listed.name);
    const rows = only.length === 0 ? [] : await runBench({ only, quick: true });
    const exact = rows.filter((row) => row.unit === "gas").map((row) => [row.name, row.value] as const);
    return differences(baseline, Object.fromEntries(exact));
  },
};
