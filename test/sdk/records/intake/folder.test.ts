import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import type { Draft } from "../../../../sdk/records/intake/draft.js";
import { FILE_SCHEMA, readFolder } from "../../../../sdk/records/intake/folder.js";

describe("reading a folder into records", () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "stele-folder-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const read = async (): Promise<Draft[]> => Array.fromAsync(readFolder(folder));

  it("records path, size, digest and time of every file, in the order of the paths", async () => {
    await mkdir(join(folder, "b"));
    await writeFile(join(folder, "b", "inner.txt"), "two");
    await writeFile(join(folder, "a.txt"), "one");
    const drafts = await read();
    expect(drafts.map((draft) => draft.data["path"])).to.deep.equal(["a.txt", "b/inner.txt"]);
    expect(drafts[0]?.data).to.include({ size: 3, sha256: createHash("sha256").update("one").digest("hex") });
    expect(drafts[0]?.data["modified"]).to.match(/^\d{4}-.*Z$/);
    expect(drafts[0]?.schema).to.equal(FILE_SCHEMA);
  });

  it("records a link inside the folder as a link", async () => {
    await writeFile(join(folder, "a.txt"), "one");
    await symlink("a.txt", join(folder, "link"));
    expect((await read())[1]?.data).to.include({ path: "link", link: "a.txt" });
  });

  it("refuses a link out of the folder, a dangling link, a pipe and a missing folder", async () => {
    await symlink("/etc", join(folder, "out"));
    await rejects(read(), "out: is a link out of the folder");
    await rm(join(folder, "out"));
    await symlink("nowhere", join(folder, "dangling"));
    await rejects(read(), "leads nowhere");
    await rm(join(folder, "dangling"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    await rejects(read(), "pipe: is neither a file, a folder nor a link");
    await rm(folder, { recursive: true });
    await rejects(read(), "there is no such folder");
  });

  it("refuses a name that is not UTF-8", async () => {
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]), "x");
    await rejects(read(), "whose name is not UTF-8");
  });
});

async function rejects(promise: Promise<unknown>, part: string): Promise<void> {
  const message = await promise.then(
    () => "nothing was refused",
    (error: Error) => error.message,
  );
  expect(message).to.contain(part);
}
