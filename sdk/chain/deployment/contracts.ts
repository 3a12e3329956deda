import {
  AccessManager__factory,
  AwardPicture__factory,
  Awards__factory,
  Campaigns__factory,
  Datasets__factory,
  Directory__factory,
  Engagements__factory,
  LogPolicies__factory,
  LogRegistry__factory,
  Members__factory,
  MeritPoints__factory,
  OpenClock__factory,
  RecordDesk__factory,
  Subjects__factory,
} from "../../../typechain-types/index.js";
import type { ContractSource } from "./deployment.js";

/** Parts of the suite that can be deployed one after the other; each is a tag of `hardhat deploy`. */
export const modules = ["authority", "log", "audit", "rewards"] as const;
export type Module = (typeof modules)[number];

/** Numbers that are fixed in constructors; seconds of open time. */
export interface SuiteSettings {
  /** To second a recovery or to decide a vetoed one. */
  readonly decisionPeriod: number;
  /** Before a recovery that nobody vetoes completes. */
  readonly recoveryDelay: number;
  /** Before a recovery that the arbiter granted completes. */
  readonly arbitratedDelay: number;
  /** To produce a chunk of a dataset, from its drawing on. */
  readonly challengePeriod: number;
  /** To answer a challenge of a dataset, from the draw on. */
  readonly answerPeriod: number;
}

const day = 86_400;
export const defaultSettings: SuiteSettings = {
  decisionPeriod: 7 * day,
  recoveryDelay: 7 * day,
  arbitratedDelay: 30 * day,
  challengePeriod: day,
  answerPeriod: 3 * day,
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
  {
    name: "Subjects",
    module: "authority",
    source: Subjects__factory,
    args: ({ address, suiteId, settings }) => [
      ...["AccessManager", "Members", "OpenClock"].map(address),
      suiteId,
      settings.decisionPeriod,
      settings.recoveryDelay,
      settings.arbitratedDelay,
    ],
  },
];

const log: readonly ContractPlan[] = [
  {
    name: "LogPolicies",
    module: "log",
    source: LogPolicies__factory,
    args: ({ address }) => ["AccessManager", "Members"].map(address),
  },
  {
    name: "LogRegistry",
    module: "log",
    source: LogRegistry__factory,
    args: ({ address, suiteId }) => [...["AccessManager", "Members", "LogPolicies", "OpenClock"].map(address), suiteId],
  },
  {
    name: "RecordDesk",
    module: "log",
    source: RecordDesk__factory,
    args: ({ address }) => ["Members", "Subjects", "OpenClock", "LogPolicies", "LogRegistry"].map(address),
  },
];

const audit: readonly ContractPlan[] = [
  {
    name: "Engagements",
    module: "audit",
    source: Engagements__factory,
    args: ({ address, suiteId }) => [...["AccessManager", "Members", "LogRegistry"].map(address), suiteId],
  },
  {
    name: "Datasets",
    module: "audit",
    source: Datasets__factory,
    args: ({ address, suiteId, settings }) => [
      ...["AccessManager", "Members", "OpenClock", "Engagements"].map(address),
      suiteId,
      settings.challengePeriod,
    ],
  },
];

const rewards: readonly ContractPlan[] = [
  {
    name: "Campaigns",
    module: "rewards",
    source: Campaigns__factory,
    args: ({ address, suiteId }) => [
      ...["AccessManager", "Members", "LogRegistry", "RecordDesk"].map(address),
      suiteId,
    ],
  },
  {
    name: "AwardPicture",
    module: "rewards",
    source: AwardPicture__factory,
    args: ({ address }) => [address("Campaigns")],
  },
  {
    name: "Awards",
    module: "rewards",
    source: Awards__factory,
    args: ({ address }) =>
      ["AccessManager", "Members", "Subjects", "LogRegistry", "RecordDesk", "Campaigns", "AwardPicture"].map(address),
  },
  {
    name: "MeritPoints",
    module: "rewards",
    source: MeritPoints__factory,
    args: ({ address }) => ["AccessManager", "Members", "Subjects", "Campaigns"].map(address),
  },
];

/** Every contract of the suite, in the order in which they are created. */
export const suiteContracts: readonly ContractPlan[] = [...authority, ...log, ...audit, ...rewards];
