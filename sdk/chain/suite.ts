import type { ContractRunner } from "ethers";

import type { Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
// File by file: the index would bring the bytecode of everything along.
import { IDirectory__factory } from "../../typechain-types/factories/contracts/authority/interfaces/IDirectory__factory.js";
import { IAwardPicture__factory } from "../../typechain-types/factories/contracts/rewards/interfaces/IAwardPicture__factory.js";
import { IAwards__factory } from "../../typechain-types/factories/contracts/rewards/interfaces/IAwards__factory.js";
import { ICampaigns__factory } from "../../typechain-types/factories/contracts/rewards/interfaces/ICampaigns__factory.js";
import { IDatasets__factory } from "../../typechain-types/factories/contracts/audit/interfaces/IDatasets__factory.js";
import { IEngagements__factory } from "../../typechain-types/factories/contracts/audit/interfaces/IEngagements__factory.js";
import { ILogPolicies__factory } from "../../typechain-types/factories/contracts/log/interfaces/ILogPolicies__factory.js";
import { ILogRegistry__factory } from "../../typechain-types/factories/contracts/log/interfaces/ILogRegistry__factory.js";
import { IMeritPoints__factory } from "../../typechain-types/factories/contracts/rewards/interfaces/IMeritPoints__factory.js";
import { IMembers__factory } from "../../typechain-types/factories/contracts/authority/interfaces/IMembers__factory.js";
import { IOpenClock__factory } from "../../typechain-types/factories/contracts/authority/interfaces/IOpenClock__factory.js";
import { IRecordDesk__factory } from "../../typechain-types/factories/contracts/log/interfaces/IRecordDesk__factory.js";
import { ISubjects__factory } from "../../typechain-types/factories/contracts/authority/interfaces/ISubjects__factory.js";
import { AccessManager__factory } from "../../typechain-types/factories/@openzeppelin/contracts/access/manager/AccessManager__factory.js";
import type { Manifest } from "./manifest.js";

/** The suite's contracts by the name they have in the directory. One line a contract. */
const bindings = {
  AccessManager: AccessManager__factory,
  Directory: IDirectory__factory,
  Members: IMembers__factory,
  Subjects: ISubjects__factory,
  OpenClock: IOpenClock__factory,
  LogPolicies: ILogPolicies__factory,
  LogRegistry: ILogRegistry__factory,
  RecordDesk: IRecordDesk__factory,
  Engagements: IEngagements__factory,
  Datasets: IDatasets__factory,
  Campaigns: ICampaigns__factory,
  AwardPicture: IAwardPicture__factory,
  Awards: IAwards__factory,
  MeritPoints: IMeritPoints__factory,
} as const;

export type ContractName = keyof typeof bindings;

/** All names that the suite knows, deployed or not. */
export const contractNames = Object.keys(bindings) as readonly ContractName[];

/** The typed contract of a name. */
export type ContractOf<N extends ContractName> = ReturnType<(typeof bindings)[N]["connect"]>;

/** A deployed suite: typed contracts by name. */
export interface Suite {
  readonly manifest: Manifest;
  readonly runner: ContractRunner;
  has(name: ContractName): boolean;
  /** @throws SteleError `missing` where this deployment lacks the contract */
  address(name: ContractName): Hex;
  /** @throws SteleError `missing` where this deployment lacks the contract */
  contract<N extends ContractName>(name: N): ContractOf<N>;
  /** The same suite through another runner, for instance a signer. */
  connect(runner: ContractRunner): Suite;
}

/** Binds a deployment's contracts. @param runner a provider to read with, or a signer */
export function connectSuite(runner: ContractRunner, manifest: Manifest): Suite {
  const address = (name: ContractName): Hex => {
    const deployed = name === "Directory" ? manifest.directory : manifest.contracts[name]?.address;
    if (deployed !== undefined) return deployed;
    const sentence = `the deployment on network "${manifest.network}" has no ${name}; deploy that module first`;
    throw new SteleError("missing", sentence);
  };
  return {
    manifest,
    runner,
    has: (name) => name === "Directory" || manifest.contracts[name] !== undefined,
    address,
    contract: <N extends ContractName>(name: N) => bindings[name].connect(address(name), runner) as ContractOf<N>,
    connect: (other) => connectSuite(other, manifest),
  };
}
