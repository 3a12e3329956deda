import { Interface, dataSlice, keccak256, type InterfaceAbi } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { createdAddress, deploysRuntime, initCodeOf, suiteIdOf } from "./bytecode.js";
import type { Executor } from "./executor.js";
import type { Creation, DeploymentState, StateStore } from "./state.js";
import { codeAt, defaultPatience, nonceOf, transact, type Patience } from "./transact.js";

/** A contract to be created. */
export interface ContractSource {
  readonly bytecode: string;
  readonly abi: InterfaceAbi;
}

/** A call that brings about something the chain can be asked about. */
export interface GuardedCall {
  readonly label: string;
  readonly to: string;
  readonly data: Hex;
  /** Whether what the call is for is so already. */
  done(): Promise<boolean>;
}

export interface DeploymentOptions {
  readonly executor: Executor;
  readonly store: StateStore;
  /** 32 bytes; counts at the first run only. */
  readonly salt?: string;
  readonly patience?: Patience;
  readonly signal?: AbortSignal;
  /** Contracts whose changed code is meant: a successor is created and takes over the name. */
  readonly successors?: readonly string[];
  /** One sentence for each thing that is done. */
  readonly progress?: (sentence: string) => void;
}

const zeroSalt = `0x${"00".repeat(32)}`;
const maxAttempts = 5;

/**
 * Creates contracts and makes calls so that a run can be killed anywhere and repeated: before a creation is broadcast
 * the address it will have is written down, before a call is sent the chain is asked whether it is needed, and both
 * keep their nonce until it is used. See README.md for the numbered guarantees.
 */
export class Deployment {
  readonly state: DeploymentState;
  private readonly options: DeploymentOptions;

  private constructor(options: DeploymentOptions, state: DeploymentState) {
    this.options = options;
    this.state = state;
  }

  /**
   * Opens a deployment where the last run left it.
   * @throws SteleError `network` where the chain is not the one the state speaks of
   */
  static async open(options: DeploymentOptions): Promise<Deployment> {
    const { executor, store } = options;
    const chainId = BigInt((await executor.request("eth_chainId", [])) as string);
    const genesis = await genesisOf(executor);
    const known = await store.load();
    if (known !== undefined) {
      assertSameChain(known, chainId, genesis);
      return new Deployment(options, known);
    }
    const state: DeploymentState = {
      format: 1,
      chainId: chainId.toString(),
      genesis,
      deployer: executor.account,
      suiteId: suiteIdOf(chainId, genesis, executor.account, options.salt ?? zeroSalt),
      block: Number(await executor.request("eth_blockNumber", [])),
      contracts: {},
      replaced: [],
    };
    return new Deployment(options, state);
  }

  get executor(): Executor {
    return this.options.executor;
  }

  /**
   * The address of a contract that stands.
   * @throws SteleError `missing`
   */
  addressOf(name: string): string {
    const creation = this.state.contracts[name];
    if (creation === undefined) throw new SteleError("missing", `${name} is not deployed yet; run its step first`);
    return creation.address;
  }

  /**
   * Makes sure the contract stands, with exactly this code and these arguments.
   * @throws SteleError `refused` where another version stands, or the creation reverts
   */
  async ensureContract(name: string, source: ContractSource, args: readonly unknown[]): Promise<string> {
    const initCode = initCodeOf(source.bytecode, new Interface(source.abi), args);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const known = this.state.contracts[name];
      const code = known === undefined ? "0x" : await codeAt(this.executor, known.address);
      if (known !== undefined && code !== "0x") {
        if (isSame(known, initCode, source.bytecode, code))
          return await this.keep(name, source, initCode, known.address);
        await this.replace(name, known);
        continue;
      }
      await this.create(name, initCode, known);
    }
    throw new SteleError(
      "network",
      `${name} could not be created: other transactions of ${this.executor.account} take its nonces`,
    );
  }

  /**
   * Makes sure a call has had its effect; sends it at most once.
   * @throws SteleError `refused` where it reverts
   */
  async ensureCall(call: GuardedCall): Promise<"already" | "sent"> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      // The nonce comes first: should an earlier run's transaction be mined after it, ours is refused, not repeated.
      const nonce = await nonceOf(this.executor);
      if (await call.done()) return attempt === 0 ? "already" : "sent";
      this.options.progress?.(call.label);
      const outcome = await this.transact({ to: call.to, data: call.data, nonce, label: call.label });
      if (outcome.kind === "mined" && !outcome.succeeded) {
        throw new SteleError("refused", `"${call.label}" reverted in ${outcome.hash}`);
      }
    }
    throw new SteleError("corrupt", `"${call.label}" was mined but had no effect`);
  }

  private async create(name: string, initCode: Hex, known: Creation | undefined): Promise<void> {
    const nonce = await nonceOf(this.executor);
    if (known !== undefined && (await codeAt(this.executor, known.address)) !== "0x") return;
    const { account } = this.executor;
    const block = Number(await this.executor.request("eth_blockNumber", []));
    const creation = {
      address: createdAddress(account, nonce),
      from: account,
      nonce,
      initCodeHash: keccak256(initCode),
      block,
    };
    this.state.contracts[name] = creation;
    await this.save();
    this.options.progress?.(`create ${name} at ${creation.address}`);
    const outcome = await this.transact({ data: initCode, nonce, label: `the creation of ${name}` });
    if (outcome.kind === "taken") return;
    if (!outcome.succeeded) {
      delete this.state.contracts[name];
      await this.save();
      throw new SteleError("refused", `the creation of ${name} reverted in ${outcome.hash}; nothing is recorded of it`);
    }
    if ((await codeAt(this.executor, creation.address)) === "0x") {
      throw new SteleError(
        "network",
        `${outcome.hash} created ${name}, but the node shows no code at ${creation.address}`,
      );
    }
    this.state.contracts[name] = { ...creation, block: outcome.block };
    await this.save();
  }

  private async replace(name: string, known: Creation): Promise<void> {
    if (this.options.successors?.includes(name) !== true) {
      throw new SteleError(
        "refused",
        `${name} at ${known.address} is not what this version would deploy; deploy a successor by naming it in STELE_SUCCESSORS, or go back to the version that was deployed`,
      );
    }
    this.state.replaced.push({ ...known, name });
    delete this.state.contracts[name];
    await this.save();
  }

  private async keep(name: string, source: ContractSource, initCode: Hex, address: string): Promise<string> {
    const bytecode = source.bytecode as Hex;
    const argsData = dataSlice(initCode, (bytecode.length - 2) / 2) as Hex;
    await this.executor.keep?.({ name, address, bytecode, argsData });
    return address;
  }

  private transact(transaction: Parameters<typeof transact>[1]): ReturnType<typeof transact> {
    return transact(this.executor, transaction, this.options.patience ?? defaultPatience, this.options.signal);
  }

  private save(): Promise<void> {
    return this.options.store.save(this.state);
  }
}

function isSame(known: Creation, initCode: Hex, bytecode: string, code: string): boolean {
  if (known.initCodeHash !== undefined && known.initCodeHash !== keccak256(initCode)) return false;
  return deploysRuntime(bytecode, code);
}

/** The hash of block 0, as the node tells it. */
export async function genesisOf(executor: Pick<Executor, "request">): Promise<string> {
  const block = (await executor.request("eth_getBlockByNumber", ["0x0", false])) as { hash?: string } | null;
  if (typeof block?.hash !== "string") throw new SteleError("network", "the node does not give block 0");
  return block.hash;
}

/**
 * Refuses a chain that is not the one a deployment was made on.
 * @throws SteleError `network`, naming both
 */
export function assertSameChain(known: { chainId: string; genesis: string }, chainId: bigint, genesis: string): void {
  if (known.chainId !== chainId.toString()) {
    throw new SteleError("network", `the deployment is on chain ${known.chainId}, the node serves chain ${chainId}`);
  }
  if (known.genesis !== genesis) {
    throw new SteleError(
      "network",
      `the deployment is on the chain that began with block ${known.genesis}, the node's begins with ${genesis}; move the folder away to deploy anew`,
    );
  }
}
