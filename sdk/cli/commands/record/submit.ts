import type { Hex } from "../../../common/bytes.js";
import type { Context } from "../../context.js";

/** Sends a call of the desk about a record, or proposes or simulates it, and says what became of it. */
export async function submitToDesk(
  context: Context,
  method: string,
  values: readonly unknown[],
  { logId, index }: { readonly logId: Hex; readonly index: bigint },
  { label, done, more = {} }: { readonly label: string; readonly done: string; readonly more?: object },
): Promise<void> {
  const { callOf } = await import("../../../chain/governance/call.js");
  const session = await context.session();
  const desk = session.suite.contract("RecordDesk");
  const target = { contract: "RecordDesk", address: session.suite.address("RecordDesk"), abi: desk.interface };
  const submitted = await session.submit(callOf(target, method, [...values], label));
  context.print({ logId, index, ...more, submitted }, () => session.describe(submitted, done));
}
