import type { Signer } from "ethers";

import { SteleError } from "../common/errors.js";
import { decodeRevert } from "./errors.js";
import { highestPrice, presentFees, raisedFees, type Fees } from "./fees.js";
import type { Intent } from "./intent.js";
import type { Attempt } from "./journal.js";
import type { NetworkProfile } from "./profile.js";
import { Gate } from "./queue.js";
import type { Rpc } from "./rpc.js";
import { emptyCall, signAttempt, type RawCall } from "./signing.js";

/** A node refuses at once what asks for more gas than a block has; so the margin ends there, where the node says where. */
function withMargin(gas: bigint, percent: number, blockLimit: bigint | undefined): bigint {
  const generous = (gas * BigInt(100 + percent)) / 100n;
  if (blockLimit === undefined || generous <= blockLimit) return generous;
  return blockLimit > gas ? blockLimit : gas;
}

/** Turns calls into signed transactions of one account; it neither stores nor sends them. */
export class Maker {
  readonly #estimates = new Gate(8);

  constructor(
    readonly rpc: Rpc,
    readonly profile: NetworkProfile,
    readonly signer: Signer,
    readonly account: string,
    /** Added to an estimate, per cent. */
    readonly margin: number,
  ) {}

  /**
   * Gas for an intent, with margin.
   * @throws RevertError with the contract's reason where it would refuse
   */
  async estimate(intent: Intent, signal: AbortSignal | undefined): Promise<bigint> {
    if (intent.gasLimit !== undefined) return intent.gasLimit;
    const { to, data, label, value = 0n } = intent;
    try {
      const call = { from: this.account, to, data, value };
      const [gas, block] = await this.#estimates.run(() =>
        Promise.all([this.rpc.estimateGas(call, signal), this.rpc.block("latest")]),
      );
      return withMargin(gas, this.margin, block?.gasLimit ?? undefined);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw decodeRevert(error, label);
    }
  }

  /** Signs at present fees, once the account is seen to afford them. */
  async make(call: RawCall, nonce: number, gasLimit: bigint, label: string): Promise<Attempt> {
    const fees = await presentFees(this.profile, this.rpc);
    await this.#requireFunds(gasLimit * highestPrice(fees) + call.value, label);
    return this.#sign(call, nonce, gasLimit, fees, false);
  }

  /** A transaction that uses up the nonce and does nothing else. */
  async makeEmpty(nonce: number): Promise<Attempt> {
    const call = emptyCall(this.account);
    const gas = await this.rpc.estimateGas({ from: this.account, ...call });
    return this.#sign(call, nonce, gas, await presentFees(this.profile, this.rpc), true);
  }

  /** The same call at fees that replace the last attempt's; `undefined` where the fee mode has no such. */
  async raise(call: RawCall, nonce: number, last: Attempt, percent: number): Promise<Attempt | undefined> {
    const fees = raisedFees(last.fees, await presentFees(this.profile, this.rpc), percent);
    if (fees === undefined) return undefined;
    const same = last.cancels ? emptyCall(this.account) : call;
    await this.#requireFunds(last.gasLimit * highestPrice(fees) + same.value, "a higher fee");
    return this.#sign(same, nonce, last.gasLimit, fees, last.cancels);
  }

  #sign(call: RawCall, nonce: number, gasLimit: bigint, fees: Fees, cancels: boolean): Promise<Attempt> {
    const { chainId } = this.profile;
    const unsigned = { ...call, ...fees, chainId, nonce, gasLimit };
    return signAttempt(this.signer, this.account, unsigned, cancels);
  }

  async #requireFunds(cost: bigint, label: string): Promise<void> {
    if (cost === 0n) return;
    const balance = await this.rpc.balance(this.account);
    if (balance >= cost) return;
    const sentence = `account ${this.account} holds ${balance} wei, and ${label} may cost ${cost}; fund it first`;
    throw new SteleError("refused", sentence);
  }
}
