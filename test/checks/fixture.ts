import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import type { Check } from "../../scripts/checks/types.js";

const own = resolve(import.meta.dirname, "../..");

export interface Broken {
  /** Content by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files of this repository that the fixture has, too. */
  readonly copies?: readonly string[];
  /** Whether the tools of node_modules are needed. */
  readonly tools?: boolean;
  /** Whether everything so far is committed to git. */
  readonly git?: boolean;
  /** What changes after the commit. */
  readonly after?: Readonly<Record<string, string>>;
}

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** What a check says of a folder made for it. */
export async function verdict(check: Check, broken: Broken): Promise<readonly string[]> {
  const root = mkdtempSync(join(tmpdir(), "stele-check-"));
  try {
    write(root, broken.files ?? {});
    for (const path of broken.copies ?? []) cpSync(join(own, path), join(root, path));
    if (broken.tools === true) symlinkSync(join(own, "node_modules"), join(root, "node_modules"));
    if (broken.git === true) {
      const git = (...args: string[]) => execFileSync("git", args, { cwd: root, stdio: "ignore" });
      git("init", "--quiet");
      git("add", "--all");
      git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "Begin");
    }
    write(root, broken.after ?? {});
    return await check.run(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
