import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives each test folders of its own, removed after the suite's last test. Call inside `describe`. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  after(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  return () => {
    const folder = mkdtempSync(join(tmpdir(), "stele-"));
    made.push(folder);
    return folder;
  };
}
