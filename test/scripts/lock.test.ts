import { expect } from "chai";

import { completed, entryOf, missingParts } from "../../scripts/lock/complete.js";

const lock = {
  packages: {
    "": {},
    "node_modules/oxlint": {
      version: "2.0.0",
      dev: true,
      optionalDependencies: { "@oxlint/binding-linux-x64-musl": "2.0.0", "@oxlint/binding-win32-ia32-msvc": "2.0.0" },
    },
    "node_modules/a/node_modules/b": { version: "1.0.0", optionalDependencies: { c: "1.0.0", d: "1.0.0" } },
    "node_modules/a/node_modules/d": { version: "1.0.0" },
    "node_modules/c": { version: "1.0.0" },
  },
};

describe("lock file", () => {
  it("lacks a part that npm left out, and none that is there", () => {
    expect(missingParts(lock).map((part) => part.name)).to.deep.equal([
      "@oxlint/binding-linux-x64-musl",
      "@oxlint/binding-win32-ia32-msvc",
    ]);
  });

  it("is completed with entries that npm skips on other machines", () => {
    const whole = completed(lock);
    expect(missingParts(whole)).to.deep.equal([]);
    expect(whole.packages["node_modules/@oxlint/binding-linux-x64-musl"]).to.deep.equal({
      version: "2.0.0",
      cpu: ["x64"],
      dev: true,
      libc: ["musl"],
      optional: true,
      os: ["linux"],
    });
    expect(entryOf({ name: "@x/anvil-darwin-amd64", version: "1.0.0", dev: false })).to.deep.equal({
      version: "1.0.0",
      cpu: ["x64"],
      optional: true,
      os: ["darwin"],
    });
  });
});
