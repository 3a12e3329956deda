import {
  AccessManager__factory,
  Directory__factory,
  Members__factory,
  OpenClock__factory,
} from "../../../typechain-types/index.js";
import type { ContractSource } from "./deployment.js";

/** Parts of the suite that can be deployed one after the other; each is a tag of `hardhat deploy`. */
export const modules = ["authority"] as const;
export type Module = (typeof modules)[number];

/** Numbers that are fixed in constructors; seconds of open time. */
export interface SuiteSettings {
  /** To second a recovery or to decide a vetoed one. */
  readonly decisionPeriod: number;
  /** Before a recovery that nobody vetoes completes. */
  readonly recoveryDelay: number;
  /** Before a recovery that the arbiter granted completes. */
  readonly arbitratedDelay: number;
}

const day = 86_400;
export const defaultSettings: SuiteSettings = {
  decisionPeriod: 7 * day,
  recoveryDelay: 7 * day,
  arbitratedDelay: 30 * day,
};

/** What constructors are given. */
export interface ConstructorContext {
  readonly suiteId: string;
  readonly deployer: string;
  readonly settings: SuiteSettings;
  address(name: string): string;
}

/** A contract of the suite: its name in the directory, its code, its arguments. */
export interface ContractPlan {
  readonly name: string;
  readonly module: Module;
  readonly source: ContractSource;
  args(context: ConstructorContext): readonly unknown[];
}

const authority: readonly ContractPlan[] = [
  {
    name: "AccessManager",
    module: "authority",
    source: AccessManager__factory,
    args: ({ deployer }) => [deployer],
  },
  {
    name: "Directory",
    module: "authority",
    source: Directory__factory,
    args: ({ address, suiteId }) => [address("AccessManager"), suiteId],
  },
  { name: "Members", module: "authority", source: Members__factory, args: ({ address }) => [address("AccessManager")] },
  {
    name: "OpenClock",
    module: "authority",
    source: OpenClock__factory,
    args: ({ address }) => [address("AccessManager")],
  },
];

/** Every contract of the suite, in the order in which they are created. */
export const suiteContracts: readonly ContractPlan[] = [...authority];
