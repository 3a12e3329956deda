import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonRpcSigner } from "ethers";

import { connect } from "../../sdk/chain/connection.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import type { SafeBatch } from "../../sdk/chain/governance/proposal.js";
import { parseProfile } from "../../sdk/chain/profile.js";
import type { Command } from "../../sdk/cli/command.js";
import type { World } from "../../sdk/cli/context.js";
import { runCommand } from "../../sdk/cli/run.js";
import { sessionOn } from "../../sdk/cli/session.js";
import type { TestSuite } from "../../sdk/testing/index.js";

export interface CommandResult {
  readonly output: string;
  /** What the proposal file holds, where one was asked for. */
  readonly proposal?: SafeBatch;
}

/** Runs commands against a suite on an in-process chain, with a folder of their own. */
export function commandRunner(provider: Eip1193, deployed: TestSuite) {
  const { manifest } = deployed.suite;
  const profile = parseProfile({
    name: "test",
    chainId: manifest.chainId,
    endpoints: ["http://127.0.0.1:1"],
    feeMode: "dynamic",
    finality: { kind: "instant" },
    pollingInterval: 0.01,
    evm: "cancun",
    logRange: 11,
  });
  return async (
    command: Command,
    signer: JsonRpcSigner | undefined,
    raw: Readonly<Record<string, unknown>> = {},
  ): Promise<CommandResult> => {
    let output = "";
    const cwd = mkdtempSync(join(tmpdir(), "stele-command-"));
    const world: World = {
      stdout: { write: (text) => void (output += text) },
      stderr: { write: () => undefined },
      stdin: (async function* () {})(),
      cwd,
      env: {},
      signal: new AbortController().signal,
      openSession: async (common) =>
        sessionOn(await connect(profile, { transport: provider }), manifest, common, world),
    };
    const index = deployed.accounts.findIndex(({ address }) => address === signer?.address);
    const account = signer === undefined ? {} : { account: String(index) };
    await runCommand(command, { ...raw, ...account }, world);
    if (typeof raw["propose"] !== "string") return { output };
    return { output, proposal: JSON.parse(readFileSync(join(cwd, raw["propose"]), "utf8")) as SafeBatch };
  };
}
