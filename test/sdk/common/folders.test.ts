import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { createAtomically, writeAtomically } from "../../../sdk/common/node/files.js";
import { makeFolder } from "../../../sdk/common/node/folders.js";
import { keepKey } from "../../../sdk/book/secrets.js";
import { openSqliteStore } from "../../../sdk/log/sqlite.js";
import { createCampaign } from "../../../sdk/rewards/campaign/campaign.js";
import { IssuerFolder } from "../../../sdk/rewards/credentials/issuer.js";
import { openImport } from "../../../sdk/rewards/imports/run.js";
import { Roster } from "../../../sdk/rewards/roster/roster.js";
import { temporaryFolders } from "../../support/folders.js";
import { refused } from "../rewards/table/fixtures.js";

const member = { chainId: 1n, members: `0x${"5b".repeat(20)}` as const, member: 1n };
const terms = { kind: "roster", digest: `0x${"5b".repeat(32)}` as const, parameters: {} };

/** Whatever makes a folder of its own. */
const makers: Readonly<Record<string, (folder: string) => unknown>> = {
  "a folder": (folder) => makeFolder(folder),
  "a file": (folder) => writeAtomically(join(folder, "file"), "text"),
  "a file made once": (folder) => createAtomically(join(folder, "file"), "text", 0o600),
  "a key": (folder) => keepKey(join(folder, "secrets", "roster.key")),
  "an issuer of credentials": (folder) => IssuerFolder.create(folder, member, 1n),
  "a roster": (folder) => Roster.create(folder, new Uint8Array(32)),
  "an import": (folder) => openImport(folder, terms, { again: false }),
  "a campaign": (folder) => createCampaign(folder, []),
  "a log": (folder) => openSqliteStore(folder, "example/log"),
};

describe("files and folders", () => {
  const temporary = temporaryFolders();

  for (const [what, make] of Object.entries(makers)) {
    it(`refuses at once to make ${what} where the system takes no folder, and names the folder`, async () => {
      for (const folder of ["/proc/keys2", "/proc/keys2/deep/er"]) {
        const error = await refused(Promise.resolve().then(() => make(folder)));
        expect(error.message).to.match(/^\/proc\/keys2: this folder cannot be made: [^\n]+$/);
        expect(error.code).to.equal("storage");
      }
    });

    it(`refuses to make ${what} below a file, and names the file`, async () => {
      const file = join(temporary(), "taken");
      writeFileSync(file, "text");
      const error = await refused(Promise.resolve().then(() => make(join(file, "deep"))));
      expect(error.message).to.equal(`${file}: is no folder, so nothing can be kept in it`);
      expect(readFileSync(file, "utf8")).to.equal("text");
    });
  }

  it("makes what is missing of a path with the mode that was asked for, and leaves what is there", () => {
    const folder = join(temporary(), "a", "b");
    makeFolder(folder, 0o700);
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    makeFolder(folder, 0o755);
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
  });

  it("names a file as the user does where it cannot be written, and leaves nothing beside it", async () => {
    const folder = temporary();
    makeFolder(join(folder, "page.html"));
    const error = await refused(writeAtomically(join(folder, "page.html"), "text", 0o600, "page.html"));
    expect(error.message).to.equal("page.html: cannot be written: it is a folder");
    expect(readdirSync(folder)).to.deep.equal(["page.html"]);
    const long = "p".repeat(300);
    const other = await refused(writeAtomically(join(folder, long), "text", 0o600, long));
    expect(other.message).to.equal(`${long}: cannot be written: its name is too long`);
    expect(existsSync(join(folder, long))).to.equal(false);
  });
});
