import type { ContractName, ContractOf, Suite } from "../../sdk/chain/suite.js";
import type { TestSuite } from "../../sdk/testing/index.js";

/** A suite whose people act by their labels. */
interface Acting {
  readonly deployed: TestSuite;
  readonly suite: Suite;
  actor(label: string): { readonly address: string; readonly member: bigint };
  as<N extends ContractName>(label: string, contract: N): ContractOf<N>;
}

const forever = 2n ** 40n - 1n;

/** Enrols members by label, each with what it may do; every one accepts to administer itself. */
export async function enrolMembers(
  { deployed, suite, actor, as }: Acting,
  cast: Readonly<Record<string, { readonly capabilities: bigint }>>,
): Promise<void> {
  const members = suite.contract("Members");
  for (const [label, { capabilities }] of Object.entries(cast)) {
    const { address, member } = actor(label);
    await members.connect(deployed.registrar).enrol(label, address, capabilities, 0n, forever);
    await as(label, "Members").acceptAdministration(member);
  }
}

/** Makes accounts delegates of members, with a capability; every one accepts. */
export async function nameDelegates(
  { actor, as }: Acting,
  delegates: Readonly<Record<string, { readonly of: string }>>,
  capability: bigint,
): Promise<void> {
  for (const [label, { of }] of Object.entries(delegates)) {
    const { address, member } = actor(label);
    await as(of, "Members").nameDelegate(address, capability, forever);
    await as(label, "Members").acceptDelegation(member);
  }
}
