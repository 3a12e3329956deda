import { filesUnder, readJson, readText } from "./support.js";
import type { Check } from "./types.js";

interface Cap {
  readonly kind: string;
  readonly lines: number;
  readonly matches: RegExp;
}

/** The first that matches counts. Function length is the linters' business. */
const caps: readonly Cap[] = [
  { kind: "interface", lines: 350, matches: /^contracts\/.*\/interfaces\/.*\.sol$/ },
  { kind: "library", lines: 200, matches: /^contracts\/.*\/libraries\/.*\.sol$/ },
  { kind: "contract", lines: 500, matches: /^contracts\/.*\.sol$/ },
  { kind: "test", lines: 400, matches: /^test\/.*\.(ts|sol)$/ },
  { kind: "deploy step", lines: 120, matches: /^deploy\/.*\.ts$/ },
  { kind: "SDK module", lines: 250, matches: /^sdk\/.*\.ts$/ },
  { kind: "script", lines: 250, matches: /^(scripts|networks|rocketh)\/.*\.[mc]?[jt]s$/ },
];

interface Exception {
  readonly lines: number;
  readonly why: string;
}

export const sizes: Check = {
  name: "sizes",
  holds: "no file is longer than its kind may be, but for exceptions with a reason in sizes.json",
  async run(root) {
    const { exceptions } = await readJson<{ exceptions: Record<string, Exception> }>(root, "scripts/checks/sizes.json");
    const problems: string[] = [];
    const unused = new Set(Object.keys(exceptions));
    for (const file of filesUnder(root, ".", () => true)) {
      const cap = caps.find((one) => one.matches.test(file));
      if (cap === undefined) continue;
      const lines = (await readText(root, file)).split("\n").length - 1;
      const exception = exceptions[file];
      if (lines <= cap.lines) continue;
      unused.delete(file);
      if (exception !== undefined && exception.why.length > 20 && lines <= exception.lines) continue;
      problems.push(`${file} has ${lines} lines; a ${cap.kind} may have ${exception?.lines ?? cap.lines}`);
    }
    for (const file of unused) problems.push(`sizes.json excuses ${file}, which needs no excuse`);
    return problems;
  },
};
