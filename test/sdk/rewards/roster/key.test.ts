import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { keepKey } from "../../../../sdk/book/secrets.js";
import { toHex } from "../../../../sdk/common/bytes.js";
import { newFolder } from "./fixtures.js";

describe("the key of a roster", () => {
  it("O6: is one, whoever begins at the same time: nobody's roster is left without its key", async () => {
    const folder = join(newFolder(), "secrets");
    const file = join(folder, "roster.key");
    const keys = await Promise.all(Array.from({ length: 20 }, () => keepKey(file)));
    expect(new Set(keys.map(toHex)).size).to.equal(1);
    expect(readFileSync(file, "utf8").trim()).to.equal(toHex(keys[0]!));
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(["roster.key"]);
    expect(await keepKey(file)).to.deep.equal(keys[0]);
  });
});
