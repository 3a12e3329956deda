import { HDNodeWallet, Mnemonic } from "ethers";

/** The mnemonic that every development chain funds; it protects nothing. */
export const developmentMnemonic = "test test test test test test test test test test test junk";

/** Chains on which the development mnemonic may be used: those of local development nodes. */
export const developmentChains: ReadonlySet<bigint> = new Set([31_337n, 1_337n]);

/** Account N of the development mnemonic. */
export function developmentWallet(account: number): HDNodeWallet {
  return HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(developmentMnemonic), `m/44'/60'/0'/0/${account}`);
}
