import { expect } from "chai";
import { keccak256 } from "ethers";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Connection } from "../../../sdk/chain/connection.js";
import {
  readManifest,
  requireSameChain,
  requireSameCode,
  writeManifest,
  type Manifest,
} from "../../../sdk/chain/manifest.js";
import { connectSuite } from "../../../sdk/chain/suite.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { testProfile } from "../../support/anvil.js";
import { temporaryFolder } from "../../support/chain.js";
import { refusal } from "../../support/refusal.js";

const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;
const address: Hex = `0x${"ab".repeat(20)}`;

const manifest: Manifest = {
  format: 1,
  network: "test",
  chainId: 31337n,
  genesis: hash("1"),
  suiteId: hash("2"),
  deploymentBlock: 3,
  directory: address,
  contracts: { Members: { address, block: 3, codeHash: keccak256("0x60") as Hex } },
  governance: { account: address, delays: { governor: 86_400 } },
};

const connection = (genesis: Hex, code = "0x60") =>
  ({
    profile: testProfile(["http://127.0.0.1:1"]),
    genesis,
    provider: { getCode: () => Promise.resolve(code) },
  }) as unknown as Connection;

describe("manifest", function () {
  let folder: string;
  let file: string;
  let remove: () => Promise<void>;

  beforeEach(async function () {
    ({ folder, remove } = await temporaryFolder());
    file = join(folder, "deployments", "test", "manifest.json");
  });

  afterEach(() => remove());

  it("is read back as it was written, and leaves no other file", async function () {
    await writeManifest(file, manifest);
    await writeManifest(file, { ...manifest, deploymentBlock: 4 });
    expect(await readManifest(file)).to.deep.equal({ ...manifest, deploymentBlock: 4 });
    expect(await readdir(join(folder, "deployments", "test"))).to.deep.equal(["manifest.json"]);
  });

  it("CHAIN-7: says which file is missing, torn or wrong, and how to rebuild it", async function () {
    await refusal(readManifest(file), `${file}: there is no deployment here; deploy the suite first`);
    await writeManifest(file, manifest);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.slice(0, 100));
    await refusal(readManifest(file), /manifest\.json:\d+: is not JSON; move it away and run the deployment again/);
    await writeFile(file, text.replace('"format": 1', '"format": 2'));
    await refusal(readManifest(file), `${file} field "format": is not 1`);
    await writeFile(file, text.replace(address, "0x12"));
    await refusal(readManifest(file), 'field "directory": is not an address; move it away');
    await writeFile(file, text.replace('"network"', '"nettwork"'));
    await refusal(readManifest(file), /manifest\.json/);
  });

  it("CHAIN-7: refuses a chain with another genesis, naming both hashes", async function () {
    expect(() => requireSameChain(connection(hash("1")), manifest, file)).not.to.throw();
    expect(() => requireSameChain(connection(hash("9")), manifest, file)).to.throw(
      `is a deployment on a chain with genesis ${hash("1")}, but network "test" has genesis ${hash("9")}`,
    );
    const elsewhere = { ...manifest, chainId: 5n };
    expect(() => requireSameChain(connection(hash("1")), elsewhere, file)).to.throw("is a deployment on chain 5");
  });

  it("notices code that is not what was deployed, and a contract that is gone", async function () {
    await requireSameCode(connection(hash("1")), manifest, file);
    await refusal(
      requireSameCode(connection(hash("1"), "0x61"), manifest, file),
      'field "contracts.Members": the code',
    );
    await refusal(requireSameCode(connection(hash("1"), "0x"), manifest, file), "there is no contract at");
  });

  it("gives typed contracts by name, and says which module is not deployed", function () {
    const suite = connectSuite(connection(hash("1")).provider, manifest);
    expect(suite.has("Members")).to.equal(true);
    expect(suite.has("RecordDesk")).to.equal(false);
    expect(suite.contract("Members").interface.getFunction("enrol").name).to.equal("enrol");
    expect(() => suite.contract("RecordDesk")).to.throw('the deployment on network "test" has no RecordDesk');
  });
});
