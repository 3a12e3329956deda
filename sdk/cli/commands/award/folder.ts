import type { Suite } from "../../../chain/suite.js";
import { SteleError } from "../../../common/errors.js";
import type { IssuerFolder } from "../../../rewards/credentials/issuer.js";

/** @throws SteleError `refused` where the keys in a folder are of another deployment than the network's */
export function requireDeploymentOf({ config }: IssuerFolder, suite: Suite, shown: string): void {
  const { chainId } = suite.manifest;
  if (config.chainId === chainId && config.members.toLowerCase() === suite.address("Members").toLowerCase()) return;
  throw new SteleError("refused", `keeps keys for chain ${config.chainId}, the network is chain ${chainId}`, {
    place: { file: shown },
  });
}
