import { HDNodeWallet, id, type JsonRpcSigner, Wallet } from "ethers";

import { Capability as AuthorityBits, type CapabilityName } from "../../sdk/chain/capabilities.js";
