import { network } from "hardhat";

import { deploySuite, type TestSuite } from "../../sdk/testing/index.js";

/** The in-process chain of a test file. */
export const connection = await network.create();

/**
 * The whole suite through the real deployment steps, handed over to governance without delays. For
 * `connection.networkHelpers.loadFixture(deploySuiteFixture)`.
 */
export async function deploySuiteFixture(): Promise<TestSuite> {
  return deploySuite(connection.provider);
}
