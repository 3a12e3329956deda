import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

import type { HDNodeWallet } from "ethers";

import { developmentWallet } from "../../sdk/chain/development.js";
import { parseProfile, type NetworkProfile, type NetworkProfileInput } from "../../sdk/chain/profile.js";

/** A node of its own process, on loopback. */
export interface Node {
  readonly url: string;
  readonly profile: NetworkProfile;
  /** One of its funded accounts. */
  account(index: number): HDNodeWallet;
  rpc(method: string, ...params: unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

const zeroFees = ["--block-base-fee-per-gas", "0", "--gas-price", "0"];

/** Starts anvil from its npm package. Fails where the platform has none. */
export async function startAnvil(
  options: {
    feeMode?: NetworkProfile["feeMode"];
    args?: readonly string[];
    profile?: Partial<NetworkProfileInput>;
  } = {},
): Promise<Node> {
  const { feeMode = "zero", args = [] } = options;
  const fees = feeMode === "zero" ? zeroFees : [];
  const child = spawn(binary(), ["--port", "0", "--hardfork", "cancun", ...fees, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`anvil ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => {
      const address = /^Listening on (\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(`http://${address}`);
    });
  });
  return {
    url,
    profile: testProfile([url], { feeMode, ...options.profile }),
    account: developmentWallet,
    rpc: (method, ...params) => rpc(url, method, params),
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A profile for a node or proxy of a test. */
export function testProfile(endpoints: readonly string[], change: Partial<NetworkProfileInput> = {}): NetworkProfile {
  const usual: NetworkProfileInput = {
    name: "test",
    chainId: 31337,
    endpoints,
    feeMode: "zero",
    finality: { kind: "instant" },
    pollingInterval: 0.01,
    evm: "cancun",
  };
  return parseProfile({ ...usual, ...change });
}

async function rpc(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
  if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  return result;
}

function binary(): string {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const require = createRequire(import.meta.url);
  const wrapper = createRequire(require.resolve("@foundry-rs/anvil/package.json"));
  const folder = dirname(wrapper.resolve(`@foundry-rs/anvil-${process.platform}-${architecture}/package.json`));
  return join(folder, "bin", "anvil");
}
