/**
 * Roles of governance in the AccessManager (contracts/authority/Roles.sol) and the one table that says which role may
 * call which restricted function. Deployment writes it to the chain, the hand-over compares the chain with it, the role
 * matrix test walks it and docs/authority.md is printed from it.
 */
export const roles = { ADMIN: 0n, GOVERNOR: 1n, REGISTRAR: 2n, GUARDIAN: 3n } as const;

export type RoleName = keyof typeof roles;

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

/** Every restricted function of the suite. */
export const restrictions: readonly Restriction[] = [
  ...of("Directory", "GOVERNOR", "set"),
  ...of("Members", "REGISTRAR", "enrol", "suspend"),
  ...of("Members", "GOVERNOR", "setCapabilities", "setValidity", "reinstate", "replaceAdministrator"),
  ...haltable("Members"),
  ...of("OpenClock", "GUARDIAN", "declareOutage", "endOutage"),
  ...haltable("Subjects"),
  ...of("LogPolicies", "GOVERNOR", "publish"),
  ...haltable("LogRegistry"),
];

/** Roles whose scheduled operations the guardian may cancel before they are executed. */
export const guardedRoles: readonly RoleName[] = ["GOVERNOR", "REGISTRAR"];

/** The name of a role's number, or the number itself where the suite has no such role. */
export function roleName(role: bigint): string {
  const known = Object.entries(roles).find(([, number]) => number === role);
  return known?.[0] ?? `role ${role}`;
}
