import { execute, readText } from "./support.js";
import type { Check } from "./types.js";

interface Rule {
  readonly what: string;
  readonly pattern: RegExp;
  /** Files in which this is meant. */
  readonly except?: RegExp;
}

/** Patterns are written so that they do not match themselves. */
const rules: readonly Rule[] = [
  {
    what: "the host of a package registry",
    pattern: /\b(registry\.[a-z]+js\.org|files\.python[a-z]+\.org|[a-z]+\.crates\.io)\b/,
  },
  { what: "a private address of a network", pattern: /\b(10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+)\b/ },
  { what: "a path of one machine", pattern: /(^|[\s"'`(=:])\/(root|home\/\w+|Users\/\w+|work)\// },
  { what: "a private key", pattern: /-----BEGIN [A-Z ]*PRIVATE[ ]KEY-----/ },
  {
    what: "a secret",
    pattern: /\b(private_?key|secret|mnemonic|password|token)["']?\s*[:=]\s*["'](0x[0-9a-f]{64}|(\w+ ){11}\w+)["']/i,
    // Keys of tests are made up for the test.
    except: /^test\//,
  },
];

/** What a text may not contain, with its line. */
export function leaks(file: string, text: string): readonly string[] {
  const problems: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    for (const rule of rules) {
      if (rule.except?.test(file) !== true && rule.pattern.test(line)) {
        problems.push(`${file}:${index + 1} holds ${rule.what}`);
      }
    }
  }
  return problems;
}

/** The public mnemonic of every development chain; its accounts are worth nothing. */
const development = /test test test test test test test test test test test junk/g;

const text = /\.(ts|mts|mjs|cjs|js|sol|json|md|yml|yaml|sh|toml|html|css)$|^[^.]+$|^\.[^/]+$|^\.ci\//;

export const hygiene: Check = {
  name: "hygiene",
  holds: "no secret, no registry host and no path of one machine is committed",
  async run(root) {
    const { output } = await execute("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root });
    const files = output.split("\n").filter((file) => text.test(file) && file !== "package-lock.json");
    const problems: string[] = [];
    for (const file of files) {
      const content = await readText(root, file).catch(() => "");
      problems.push(...leaks(file, content.replaceAll(development, "")));
    }
    return problems;
  },
};
