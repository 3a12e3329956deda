import type { AccessManager } from "../../../typechain-types/index.js";
import { roleName } from "../capabilities.js";
import { SteleError } from "../../common/errors.js";
import { formatInstant } from "../../common/time.js";
import type { Call } from "./call.js";
import { executeOf, operationId, scheduleOf } from "./proposal.js";

/** How an account brings a restricted call about. */
export type Route =
  | { readonly kind: "direct"; readonly call: Call }
  /** Now; it can be executed `delay` seconds later. */
  | { readonly kind: "schedule"; readonly call: Call; readonly delay: bigint }
  | { readonly kind: "execute"; readonly call: Call };

/**
 * The transaction that comes next for a restricted call of an account: the call itself, its scheduling, or, once
 * scheduled and due, its execution.
 * @param now block time, seconds
 * @throws SteleError `refused` where the account has no role for it, or the delay is not over
 */
export async function routeOf(manager: AccessManager, account: string, call: Call, now: bigint): Promise<Route> {
  const selector = call.data.slice(0, 10);
  const [immediate, delay] = await manager.canCall(account, call.address, selector);
  if (immediate) return { kind: "direct", call };
  if (delay === 0n) {
    const role = roleName(await manager.getTargetFunctionRole(call.address, selector));
    throw new SteleError("refused", `${account} may not call ${call.contract}.${call.method}; it belongs to ${role}`);
  }
  const address = await manager.getAddress();
  const due = await manager.getSchedule(operationId(account, call.address, call.data));
  if (due === 0n) return { kind: "schedule", call: scheduleOf(address, call), delay };
  if (due <= now) return { kind: "execute", call: executeOf(address, call) };
  throw new SteleError(
    "refused",
    `"${call.label}" is scheduled already and can be executed from ${formatInstant(due)}`,
  );
}
