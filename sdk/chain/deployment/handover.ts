import { SteleError } from "../../common/errors.js";
import { readAccess, type Access } from "../governance/access.js";
import { grantsOf, type Grant } from "../governance/config.js";
import { differences, type MatrixContract } from "../governance/matrix.js";
import { roles, type RoleName } from "../capabilities.js";
import { guardedRoles } from "../governance/roles.js";
import type { Plan, Step } from "./plan.js";

/** Blocks that one log query may span where nobody says otherwise. */
const defaultRange = 2_000;

/**
 * Gives every role to governance, proves from the chain that it has them, and only then lets the deployer renounce,
 * ADMIN last. Afterwards the chain is read once more.
 * @throws SteleError `refused` where the chain is not what the table of roles says; the deployer keeps its roles
 */
export async function handOver(plan: Plan, range = defaultRange): Promise<Access> {
  const { governance, deployment } = plan;
  const deployer = deployment.state.deployer;
  const grants = grantsOf(governance);
  const clash = grants.find(({ account }) => account.toLowerCase() === deployer.toLowerCase());
  if (clash !== undefined) {
    throw new SteleError("usage", `${clash.role} cannot go to ${deployer}: the deployer keeps no role`);
  }
  for (const grant of grants) await plan.submit(grantStep(plan, grant));
  for (const role of guardedRoles) await plan.submit(guardianStep(plan, role));
  const before = await requireMatrix(plan, grants, range, deployer);
  if (plan.unsent.length > 0) return before; // governance has the suite already and decides about the rest
  for (const role of ["REGISTRAR", "GUARDIAN", "GOVERNOR", "ADMIN"] as const) await renounce(plan, role);
  return requireMatrix(plan, grants, range);
}

function grantStep(plan: Plan, { role, account, delay }: Grant): Step {
  return {
    call: plan.managerCall("grantRole", [roles[role], account, delay], `grant ${role} to ${account}`),
    done: async () => {
      const [isMember, held] = await plan.manager.hasRole(roles[role], account);
      return isMember && held === BigInt(delay);
    },
  };
}

function guardianStep(plan: Plan, role: RoleName): Step {
  const values = [roles[role], roles.GUARDIAN];
  return {
    call: plan.managerCall("setRoleGuardian", values, `let GUARDIAN cancel operations of ${role}`),
    done: async () => (await plan.manager.getRoleGuardian(roles[role])) === roles.GUARDIAN,
  };
}

async function renounce(plan: Plan, role: RoleName): Promise<void> {
  const { account } = plan.deployment.executor;
  const call = plan.managerCall("renounceRole", [roles[role], account], `renounce ${role}`);
  await plan.deployment.ensureCall({
    label: call.label,
    to: call.address,
    data: call.data,
    done: async () => (await plan.manager.getAccess(roles[role], account)).since === 0n,
  });
}

/** Compares roles, holders, guardians and admins on the chain with the table; contracts must all be there. */
async function requireMatrix(plan: Plan, grants: readonly Grant[], range: number, leaving?: string): Promise<Access> {
  const contracts: MatrixContract[] = plan.contracts.map(({ name, source }) => ({
    name,
    address: plan.address(name),
    abi: source.abi,
  }));
  const source = { provider: plan.provider, fromBlock: plan.deployment.state.block, range };
  const access = await readAccess(plan.address("AccessManager"), source);
  const wrong = differences(access, contracts, grants, leaving);
  const pendingFixes = plan.unsent.length > 0;
  if (wrong.length > 0 && !pendingFixes) {
    throw new SteleError(
      "refused",
      `the chain is not what the table of roles says, so nothing is renounced: ${wrong.join("; ")}`,
    );
  }
  return access;
}
