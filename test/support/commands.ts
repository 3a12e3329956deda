import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonRpcSigner } from "ethers";

import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import type { SafeBatch } from "../../sdk/chain/governance/proposal.js";
import type { Command } from "../../sdk/cli/command.js";
import { runCommand } from "../../sdk/cli/run.js";
import type { TestSuite } from "../../sdk/testing/index.js";
import { sessionsOn, worldIn } from "./program.js";

export interface CommandResult {
  readonly output: string;
  /** What the proposal file holds, where one was asked for. */
  readonly proposal?: SafeBatch;
}

/** Runs commands against a suite on an in-process chain, with a folder of their own. */
export function commandRunner(provider: Eip1193, deployed: TestSuite) {
  const openSession = sessionsOn(provider, deployed.suite, { logRange: 11 });
  return async (
    command: Command,
    signer: JsonRpcSigner | undefined,
    raw: Readonly<Record<string, unknown>> = {},
  ): Promise<CommandResult> => {
    const cwd = mkdtempSync(join(tmpdir(), "stele-command-"));
    const { world, said } = worldIn(cwd, { openSession });
    const index = deployed.accounts.findIndex(({ address }) => address === signer?.address);
    const account = signer === undefined ? {} : { account: String(index) };
    await runCommand(command, { ...raw, ...account }, world);
    const { out: output } = said();
    if (typeof raw["propose"] !== "string") return { output };
    return { output, proposal: JSON.parse(readFileSync(join(cwd, raw["propose"]), "utf8")) as SafeBatch };
  };
}
