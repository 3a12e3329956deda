import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { writeAtomically } from "../../../sdk/common/node/files.js";
import { temporaryFolders } from "../../support/folders.js";

describe("a file that is written whole", () => {
  const folder = temporaryFolders();

  it("writes through no link that lies where a temporary file may be, and leaves nothing of its own behind", async () => {
    const at = folder();
    const [file, victim, planted] = ["state.json", "victim", `state.json.${process.pid}.tmp`].map((n) => join(at, n));
    writeFileSync(victim!, "precious");
    symlinkSync(victim!, planted!);
    await writeAtomically(file!, "secret", 0o600);
    expect(readFileSync(victim!, "utf8")).to.equal("precious");
    expect(lstatSync(file!).isFile()).to.equal(true);
    expect([readFileSync(file!, "utf8"), statSync(file!).mode & 0o777]).to.deep.equal(["secret", 0o600]);
    expect(readdirSync(at)).to.have.members(["state.json", "victim", `state.json.${process.pid}.tmp`]);
  });

  it("replaces a link by the file, and leaves what the link led to alone", async () => {
    const at = folder();
    const [file, victim] = [join(at, "state.json"), join(at, "victim")];
    writeFileSync(victim, "precious");
    symlinkSync(victim, file);
    await writeAtomically(file, "new");
    expect(readFileSync(victim, "utf8")).to.equal("precious");
    expect([lstatSync(file).isFile(), readFileSync(file, "utf8")]).to.deep.equal([true, "new"]);
  });

  it("holds all of one content where one process writes it many times at once", async () => {
    const at = folder();
    const file = join(at, "state.json");
    const contents = Array.from({ length: 20 }, (_, n) => String(n % 10).repeat(50_000));
    await Promise.all(contents.map((content) => writeAtomically(file, content)));
    expect(contents).to.include(readFileSync(file, "utf8"));
    expect(readdirSync(at)).to.deep.equal(["state.json"]);
  });
});
