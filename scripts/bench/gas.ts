import { getBytes, type TransactionResponse } from "ethers";

/** Gas of reading and writing, EIP-2929 and EIP-2200: of a contract and a slot not touched before in the transaction. */
export const COLD_CALL = 2_600;
export const COLD_SLOT = 2_100;
/** A slot from zero to a value, and from one value to another. */
export const FRESH_SLOT = 22_100;
export const USED_SLOT = 5_000;

/** Gas of a transaction that went through. */
export async function gasOf(tx: TransactionResponse): Promise<number> {
  const receipt = await tx.wait();
  if (receipt === null || receipt.status !== 1) throw new Error("the transaction failed");
  return Number(receipt.gasUsed);
}

/** What a transaction costs before it does anything. */
export function intrinsic(tx: TransactionResponse): number {
  return getBytes(tx.data).reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 21_000);
}
