import { existsSync } from "node:fs";
import { join, posix } from "node:path";

import { importsOf } from "../checks/imports.js";
import { filesUnder, readText } from "../checks/support.js";

/** The suite's contracts with everything they import, by the names under which Solidity knows them. */
export async function collectSources(root: string): Promise<Record<string, { content: string }>> {
  const sources: Record<string, { content: string }> = {};
  const queue = [...filesUnder(root, "contracts", (path) => path.endsWith(".sol"))];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (sources[name] !== undefined) continue;
    const path = existsSync(join(root, name)) ? name : `node_modules/${name}`;
    const content = await readText(root, path);
    sources[name] = { content };
    const folder = posix.dirname(name);
    queue.push(...importsOf(content).map(({ from }) => (from.startsWith(".") ? posix.join(folder, from) : from)));
  }
  return sources;
}

/** Comments that silence Slither without a reason in the comment line above. */
export function unreasoned(file: string, text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    if (!/slither-disable-(next-line|start)/.test(line)) return [];
    const above = (lines[index - 1] ?? "").trim();
    const reasoned = /^\/\/\/?\s.{15,}/.test(above) && !above.includes("slither-disable");
    return reasoned ? [] : [`${file}:${index + 1} silences Slither without a reason in the line above`];
  });
}
