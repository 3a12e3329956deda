import { Interface, type InterfaceAbi } from "ethers";

import type { Access } from "./access.js";
import type { Grant } from "./config.js";
import { roleName, roles } from "../capabilities.js";
import { guardedRoles, restrictions } from "./roles.js";

/** A contract of the deployment, as far as the matrix needs it. */
export interface MatrixContract {
  readonly name: string;
  readonly address: string;
  readonly abi: InterfaceAbi;
}

/**
 * Compares the chain with the table: every function's role, every role's holders, guardians and admins.
 * @param grants who shall hold which role, and nobody else
 * @param leaving an account whose roles are not looked at: the deployer, before it renounces
 * @returns one sentence for each difference; none where they are equal
 */
export function differences(
  access: Access,
  contracts: readonly MatrixContract[],
  grants: readonly Grant[],
  leaving?: string,
): readonly string[] {
  return [
    ...mappingDifferences(access, contracts),
    ...holdingDifferences(access, grants, leaving),
    ...guardianDifferences(access),
    ...access.admins
      .filter(({ admin }) => admin !== roles.ADMIN)
      .map(({ role, admin }) => `${roleName(role)} is administered by ${roleName(admin)}`),
    ...access.closed.map((target) => `${nameOf(contracts, target)} is closed in the AccessManager`),
  ];
}

function mappingDifferences(access: Access, contracts: readonly MatrixContract[]): string[] {
  const key = (target: string, selector: string) => `${target.toLowerCase()} ${selector}`;
  const wanted = new Map<string, { label: string; role: bigint }>();
  for (const { contract, method, role } of restrictions) {
    const found = contracts.find(({ name }) => name === contract);
    if (found === undefined) continue;
    const selector = new Interface(found.abi).getFunction(method)?.selector ?? "0x";
    wanted.set(key(found.address, selector), { label: `${contract}.${method}`, role: roles[role] });
  }
  const actual = new Map(access.mappings.map(({ target, selector, role }) => [key(target, selector), role]));
  const wrong = [...wanted]
    .filter(([at, { role }]) => (actual.get(at) ?? roles.ADMIN) !== role)
    .map(([at, { label, role }]) => `${label} belongs to ${roleName(actual.get(at) ?? 0n)}, not to ${roleName(role)}`);
  const extra = access.mappings
    .filter(({ target, role }) => role !== roles.ADMIN && contracts.some((known) => same(known.address, target)))
    .filter(({ target, selector }) => !wanted.has(key(target, selector)))
    .map(({ target, selector, role }) => `${nameOf(contracts, target)} ${selector} belongs to ${roleName(role)}`);
  return [...wrong, ...extra];
}

function holdingDifferences(access: Access, grants: readonly Grant[], leaving?: string): string[] {
  const found = (grant: Grant) =>
    access.holdings.find(({ role, account }) => role === roles[grant.role] && same(account, grant.account));
  const missing = grants.flatMap((grant) => {
    const delay = found(grant)?.delay;
    if (delay === BigInt(grant.delay)) return [];
    const has = delay === undefined ? "does not hold it" : `holds it with a delay of ${delay} s`;
    return [`${grant.role} shall be held by ${grant.account} with a delay of ${grant.delay} s, which ${has}`];
  });
  const extra = access.holdings
    .filter(({ account }) => leaving === undefined || !same(account, leaving))
    .filter(({ role, account }) => !grants.some((g) => roles[g.role] === role && same(g.account, account)))
    .map(({ role, account }) => `${account} holds ${roleName(role)} and shall not`);
  return [...missing, ...extra];
}

function guardianDifferences(access: Access): string[] {
  const guardian = (role: bigint) => access.guardians.find((known) => known.role === role)?.guardian ?? roles.ADMIN;
  return guardedRoles
    .filter((role) => guardian(roles[role]) !== roles.GUARDIAN)
    .map((role) => `operations of ${role} can be cancelled by ${roleName(guardian(roles[role]))}, not by GUARDIAN`);
}

function nameOf(contracts: readonly MatrixContract[], address: string): string {
  return contracts.find((contract) => same(contract.address, address))?.name ?? address;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
