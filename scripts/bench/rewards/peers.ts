import { createRequire } from "node:module";

import {
  AbiCoder,
  type BaseContract,
  ContractFactory,
  type InterfaceAbi,
  type Wallet,
  type TransactionResponse,
  ZeroAddress,
  ZeroHash,
} from "ethers";

import { testContract } from "../../../test/support/compile.js";
import { gasOf } from "../gas.js";

/** The same work by others, each given the same accounts; every figure is a whole transaction's gas. */
export interface PeerFigures {
  /** OpenZeppelin's ERC-721 with ERC-5192's event: no types, no evidence, no expiry, no people behind accounts. */
  readonly token: Readonly<Record<"single" | "batch" | "burn" | "moveTen", number>>;
  /** OpenZeppelin's ERC-1155: no decay, no record of grants. */
  readonly points: Readonly<Record<"first" | "repeat", number>>;
  /** The Ethereum Attestation Service with the type in the attestation's data. */
  readonly eas: Readonly<Record<"single" | "batch" | "revoke" | "isValid", number>>;
}

/** @param accounts a batch; for the second time each, so that balances are warm where ours are */
export async function peers(signer: Wallet, accounts: readonly string[]): Promise<PeerFigures> {
  return {
    token: await tokens(signer, accounts),
    points: await points(signer, accounts),
    eas: await attestations(signer, accounts),
  };
}

const gas = { gasLimit: 250_000_000n };
type Call = (method: string, ...args: unknown[]) => Promise<TransactionResponse>;
const callsOf = (contract: BaseContract): Call => {
  return (method, ...args) => contract.getFunction(method).send(...args, gas) as Promise<TransactionResponse>;
};

async function tokens(signer: Wallet, accounts: readonly string[]): Promise<PeerFigures["token"]> {
  const call = callsOf(await (await testContract("PeerAwards", signer)).deploy());
  await call("mint", [signer.address]);
  await call("mint", accounts);
  const batch = await gasOf(await call("mint", accounts));
  const single = await gasOf(await call("mint", [accounts[0]]));
  const from = signer.address;
  const first = 3 + 2 * accounts.length;
  await call(
    "mint",
    Array.from({ length: 12 }, () => from),
  );
  const ten = Array.from({ length: 10 }, (_, i) => first + i);
  const moveTen = await gasOf(await call("move", ten, from, accounts[0]));
  const burn = await gasOf(await call("burn", 2 + accounts.length));
  return { single, batch, burn, moveTen };
}

async function points(signer: Wallet, accounts: readonly string[]): Promise<PeerFigures["points"]> {
  const call = callsOf(await (await testContract("PeerPoints", signer)).deploy());
  const first = await gasOf(await call("mint", accounts, 1n, 10n));
  return { first, repeat: await gasOf(await call("mint", accounts, 1n, 10n)) };
}

async function attestations(signer: Wallet, accounts: readonly string[]): Promise<PeerFigures["eas"]> {
  const registry = await deploy("SchemaRegistry", signer);
  const eas = await deploy("EAS", signer, await registry.getAddress());
  const call = callsOf(eas);
  await callsOf(registry)("register", "uint32 typeId", ZeroAddress, true);
  const found = await registry.queryFilter("Registered");
  const schema = found[0]!.topics[1]!;
  const data = (recipient: string) => ({
    recipient,
    expirationTime: 0n,
    revocable: true,
    refUID: ZeroHash,
    data: AbiCoder.defaultAbiCoder().encode(["uint32"], [1]),
    value: 0n,
  });
  const batch = await gasOf(await call("multiAttest", [{ schema, data: accounts.map(data) }]));
  const attested = await call("attest", { schema, data: data(accounts[0]!) });
  const single = await gasOf(attested);
  // The uid is the event's only word of data.
  const uid = (await attested.wait())!.logs[0]!.data;
  const isValid = await gasOf(await call("isAttestationValid", uid));
  const revoke = await gasOf(await call("revoke", { schema, data: { uid, value: 0n } }));
  return { single, batch, revoke, isValid };
}

async function deploy(name: string, signer: Wallet, ...args: unknown[]): Promise<BaseContract> {
  const folder = "@ethereum-attestation-service/eas-contracts/artifacts/contracts";
  const artifact = createRequire(import.meta.url)(`${folder}/${name}.sol/${name}.json`) as {
    abi: InterfaceAbi;
    bytecode: string;
  };
  const contract = await new ContractFactory(artifact.abi, artifact.bytecode, signer).deploy(...args);
  await contract.waitForDeployment();
  return contract;
}
