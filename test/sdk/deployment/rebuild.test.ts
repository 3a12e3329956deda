import { expect } from "chai";
import { network } from "hardhat";

import { connect } from "../../../sdk/chain/connection.js";
import { providerExecutor } from "../../../sdk/chain/deployment/executor.js";
import { rebuild } from "../../../sdk/chain/deployment/rebuild.js";
import { memoryStore } from "../../../sdk/chain/deployment/state.js";
import { nonceOf } from "../../../sdk/chain/deployment/transact.js";
import type { SteleError } from "../../../sdk/common/errors.js";
import { deploySuite } from "../../../sdk/testing/index.js";
import { testProfile } from "../../support/anvil.js";
import { run } from "./support.js";

const { provider } = await network.create();

describe("rebuilding a deployment from the chain", () => {
  it("D5: finds everything again from the directory's address, and the next run sends nothing", async () => {
    const { suite, deployer, accounts } = await deploySuite(provider);
    const connection = await connect(testProfile(["http://127.0.0.1:1"], { logRange: 9 }), { transport: provider });
    const { manifest, state } = await rebuild(connection, { directory: suite.manifest.directory });
    const { contracts, ...rest } = manifest;
    expect(Object.keys(contracts)).to.deep.equal(Object.keys(suite.manifest.contracts));
    for (const [name, { address, codeHash }] of Object.entries(contracts)) {
      expect({ address, codeHash }).to.deep.equal({
        address: suite.manifest.contracts[name]?.address,
        codeHash: suite.manifest.contracts[name]?.codeHash,
      });
    }
    expect(rest.suiteId).to.equal(suite.manifest.suiteId);
    expect(rest.governance).to.deep.equal(suite.manifest.governance);
    const executor = providerExecutor(provider, deployer.address);
    const nonce = await nonceOf(executor);
    const addresses = accounts.map(({ address }) => address);
    await run(executor, addresses, { store: memoryStore(state), handOver: false });
    expect(await nonceOf(executor)).to.equal(nonce);
    connection.close();
  });

  it("says so where there is no directory", async () => {
    const connection = await connect(testProfile(["http://127.0.0.1:1"]), { transport: provider });
    const error = await rebuild(connection, { directory: `0x${"12".repeat(20)}` }).then(
      () => undefined,
      (thrown: unknown) => thrown as SteleError,
    );
    expect(error?.code).to.equal("missing");
    expect(error?.message).to.include("no directory of a suite");
    connection.close();
  });
});
