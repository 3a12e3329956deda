import type { JsonRpcSigner } from "ethers";

import { connect } from "../../sdk/chain/connection.js";
import { decodeRevert } from "../../sdk/chain/errors.js";
import type { Call } from "../../sdk/chain/governance/call.js";
import { parseProfile } from "../../sdk/chain/profile.js";
import { runCommand } from "../../sdk/cli/run.js";
import type { Command } from "../../sdk/cli/command.js";
import type { World } from "../../sdk/cli/context.js";
import type { SuiteSession } from "../../sdk/cli/governed.js";
import type { TestSuite } from "../../sdk/testing/index.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";

export interface CommandResult {
  readonly output: string;
  /** What a proposal would hold. */
  readonly proposed: readonly Call[];
}

/** Runs commands against a suite on an in-process chain, without the program around them. */
export function commandRunner(provider: Eip1193, deployed: TestSuite) {
  return async (
    command: Command,
    signer: JsonRpcSigner | undefined,
    raw: Readonly<Record<string, unknown>> = {},
  ): Promise<CommandResult> => {
    let output = "";
    const proposed: Call[] = [];
    const world: World = {
      stdout: { write: (text) => void (output += text) },
      stderr: { write: () => undefined },
      stdin: (async function* () {})(),
      cwd: process.cwd(),
      env: {},
      signal: new AbortController().signal,
      openSession: async (common) => {
        const dryRun = common.dryRun === true;
        return sessionOf(provider, deployed, signer, { dryRun, propose: common.propose, proposed });
      },
    };
    await runCommand(command, raw, world);
    return { output, proposed };
  };
}

async function sessionOf(
  provider: Eip1193,
  { suite }: TestSuite,
  signer: JsonRpcSigner | undefined,
  mode: { dryRun: boolean; propose: string | undefined; proposed: Call[] },
): Promise<SuiteSession> {
  const profile = parseProfile({
    name: "test",
    chainId: suite.manifest.chainId,
    endpoints: ["http://127.0.0.1:1"],
    feeMode: "dynamic",
    finality: { kind: "instant" },
    pollingInterval: 0.01,
    evm: "cancun",
    logRange: 11,
  });
  const connection = await connect(profile, { transport: provider });
  return {
    connection,
    provider: connection.provider,
    manifest: suite.manifest,
    suite: suite.connect(connection.provider),
    async signer() {
      if (signer === undefined) throw new Error("no account was given");
      return signer;
    },
    async submit(call) {
      if (mode.propose !== undefined) {
        mode.proposed.push(call);
        return { kind: "proposed", file: mode.propose };
      }
      const transaction = { from: signer?.address ?? "", to: call.address, data: call.data };
      try {
        const gas = await connection.provider.estimateGas(transaction);
        if (mode.dryRun) return { kind: "simulated", gas };
        const receipt = await (await signer?.sendTransaction(transaction))?.wait();
        return {
          kind: "sent",
          hash: receipt?.hash ?? "",
          block: receipt?.blockNumber ?? 0,
          gasUsed: receipt?.gasUsed ?? 0n,
        };
      } catch (error) {
        throw decodeRevert(error, `"${call.label}"`);
      }
    },
    close: async () => connection.close(),
  };
}
