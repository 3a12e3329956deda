import { RevertError } from "../../chain/revert.js";
import { sentenceOf } from "../../common/errors.js";
import type { Acted, Action, Finding } from "./finding.js";

/** What carries out actions: a sender, a simulation, a proposal. */
export interface Actor {
  /** @throws SteleError where the chain refuses or does not answer */
  act(action: Action): Promise<Acted>;
}

/**
 * Does what the findings ask for, one after the other, worst first. An action that fails is said with its finding and
 * leaves the others alone; the next round finds the matter again.
 */
export async function actOn(findings: readonly Finding[], actor: Actor, signal?: AbortSignal): Promise<Finding[]> {
  const done: Finding[] = [];
  for (const one of findings) {
    const { wanted, ...rest } = one;
    if (wanted === undefined) {
      done.push(one);
      continue;
    }
    signal?.throwIfAborted();
    done.push({ ...rest, action: await attempt(actor, wanted, signal) });
  }
  return done;
}

async function attempt(actor: Actor, action: Action, signal: AbortSignal | undefined): Promise<Acted> {
  try {
    return await actor.act(action);
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof RevertError ? `the chain refused: ${error.sentence}` : sentenceOf(error);
    return { kind: action.kind, state: "failed", reason };
  }
}
