import type { RoleName } from "../capabilities.js";

/** A restricted function and the role it belongs to. */
export interface Restriction {
  /** Name in the directory. */
  readonly contract: string;
  readonly method: string;
  readonly role: RoleName;
}

const of = (contract: string, role: RoleName, ...methods: readonly string[]): readonly Restriction[] =>
  methods.map((method) => ({ contract, method, role }));

/** The guardian halts at once, governance resumes with delay. */
const haltable = (contract: string): readonly Restriction[] => [
  ...of(contract, "GUARDIAN", "halt"),
  ...of(contract, "GOVERNOR", "resume"),
];

/**
 * Every restricted function of the suite and its role. Deployment writes this table to the chain, the hand-over compares
 * the chain with it, the role matrix test walks it and docs/authority.md is printed from it.
 */
export const restrictions: readonly Restriction[] = [
  ...of("Directory", "GOVERNOR", "set"),
  ...of("Members", "REGISTRAR", "enrol", "suspend"),
  ...of("Members", "GOVERNOR", "setCapabilities", "setValidity", "reinstate", "replaceAdministrator"),
  ...haltable("Members"),
  ...of("OpenClock", "GUARDIAN", "declareOutage", "endOutage"),
  ...haltable("Subjects"),
  ...of("LogPolicies", "GOVERNOR", "publish"),
  ...haltable("LogRegistry"),
  ...haltable("Engagements"),
  ...haltable("Datasets"),
  ...haltable("Campaigns"),
  ...haltable("Awards"),
  ...haltable("MeritPoints"),
];

/** Roles whose scheduled operations the guardian may cancel before they are executed. */
export const guardedRoles: readonly RoleName[] = ["GOVERNOR", "REGISTRAR"];
