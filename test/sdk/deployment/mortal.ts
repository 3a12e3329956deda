import { expect } from "chai";

import { suiteContracts } from "../../../sdk/chain/deployment/contracts.js";
import type { Executor } from "../../../sdk/chain/deployment/executor.js";
import { memoryStore, type StateStore } from "../../../sdk/chain/deployment/state.js";
import { nonceOf } from "../../../sdk/chain/deployment/transact.js";
import { contractsCreated, freshChain, run } from "./support.js";

/**
 * A process that dies at its n-th dangerous moment (before or after a broadcast, before or after a write) and from then
 * on does nothing at all.
 */
export function mortal(executor: Executor, store: StateStore, dieAt: number) {
  let moment = 0;
  let dead = false;
  const breathe = () => {
    if (dead) throw new Error("killed");
  };
  const dangerous = async <T>(act: () => Promise<T>): Promise<T> => {
    breathe();
    dead = ++moment === dieAt;
    breathe();
    const result = await act();
    dead = ++moment === dieAt;
    breathe();
    return result;
  };
  return {
    moments: () => moment,
    isDead: () => dead,
    executor: {
      account: executor.account,
      async request(method: string, params: readonly unknown[]) {
        breathe();
        return executor.request(method, params);
      },
      broadcast: (transaction: Parameters<Executor["broadcast"]>[0]) =>
        dangerous(() => executor.broadcast(transaction)),
    },
    store: {
      load: () => store.load(),
      save: (state: Parameters<StateStore["save"]>[0]) => dangerous(() => store.save(state)),
    },
  };
}

/**
 * Kills the whole deployment at every n-th of its dangerous moments, each time on the same fresh chain, and runs it
 * again.
 * @returns how many moments were tried
 */
export async function killAndResume(stride: number): Promise<number> {
  const whole = await freshChain();
  const counter = mortal(whole.executor, memoryStore(), 0);
  await run(counter.executor, whole.accounts, { store: counter.store });
  const steps = await nonceOf(whole.executor);
  expect(counter.moments()).to.be.greaterThan(2 * steps);
  const { executor, accounts, provider } = await freshChain();
  let tried = 0;
  for (let dieAt = 1; dieAt <= counter.moments(); dieAt += stride) {
    const snapshot = await provider.request({ method: "evm_snapshot" });
    const store = memoryStore();
    const dying = mortal(executor, store, dieAt);
    await run(dying.executor, accounts, { store: dying.store }).catch(() => undefined);
    expect(dying.isDead(), `moment ${dieAt}`).to.equal(true);
    await run(executor, accounts, { store });
    expect(await contractsCreated(executor), `contracts after moment ${dieAt}`).to.equal(suiteContracts.length);
    expect(await nonceOf(executor), `transactions after moment ${dieAt}`).to.equal(steps);
    await provider.request({ method: "evm_revert", params: [snapshot] });
    tried++;
  }
  return tried;
}
