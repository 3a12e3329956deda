import { BrowserProvider, Interface, Network, type Provider } from "ethers";

import { AccessManager__factory, Directory__factory } from "../../../typechain-types/index.js";
import { SteleError } from "../../common/errors.js";
import { callOf, type Call } from "../governance/call.js";
import type { Governance } from "../governance/config.js";
import { roles, type RoleName } from "../capabilities.js";
import { restrictions } from "../governance/roles.js";
import { defaultSettings, suiteContracts, type ContractPlan, type Module, type SuiteSettings } from "./contracts.js";
import type { Deployment } from "./deployment.js";

/** A call and how the chain says that it has been made. */
export interface Step {
  readonly call: Call;
  done(): Promise<boolean>;
}

export interface PlanOptions {
  readonly deployment: Deployment;
  readonly governance: Governance;
  readonly settings?: SuiteSettings;
  /** The contracts to deploy; the suite's unless a test says otherwise. */
  readonly contracts?: readonly ContractPlan[];
}

/**
 * The plan of the suite over a guarded deployment. What the deployer may not do any more is collected in `unsent`, for
 * a proposal to governance.
 */
export class Plan {
  readonly deployment: Deployment;
  readonly governance: Governance;
  readonly contracts: readonly ContractPlan[];
  readonly provider: Provider;
  readonly unsent: Step[] = [];
  private readonly settings: SuiteSettings;

  constructor(options: PlanOptions) {
    this.deployment = options.deployment;
    this.governance = options.governance;
    this.contracts = options.contracts ?? suiteContracts;
    this.settings = options.settings ?? defaultSettings;
    this.provider = readingProvider(this.deployment);
  }

  /** Deploys a module, names its contracts in the directory, gives its functions to their roles. */
  async deployModule(module: Module): Promise<void> {
    const planned = this.contracts.filter((contract) => contract.module === module);
    for (const contract of planned) await this.deployContract(contract);
    for (const { name } of planned) await this.submit(this.nameStep(name));
    for (const { name } of planned) for (const step of this.roleSteps(name)) await this.submit(step);
  }

  get manager(): ReturnType<typeof AccessManager__factory.connect> {
    return AccessManager__factory.connect(this.address("AccessManager"), this.provider);
  }

  address(name: string): string {
    return this.deployment.addressOf(name);
  }

  /** A call of the AccessManager. */
  managerCall(method: string, values: readonly unknown[], label: string): Call {
    const target = {
      contract: "AccessManager",
      address: this.address("AccessManager"),
      abi: AccessManager__factory.abi,
    };
    return callOf(target, method, values, label);
  }

  /** Makes the call if it is needed and the deployer may; else keeps it for governance. */
  async submit(step: Step): Promise<void> {
    if (await step.done()) return;
    const permitted = await this.permit(step.call);
    if (!permitted) {
      this.unsent.push(step);
      return;
    }
    const { label, address: to, data } = step.call;
    await this.deployment.ensureCall({ label, to, data, done: step.done });
  }

  /** Whether the deployer may make the call now; an admin takes the role it lacks, until the hand-over. */
  private async permit(call: Call): Promise<boolean> {
    const account = this.deployment.executor.account;
    const [isAdmin, adminDelay] = await this.manager.hasRole(roles.ADMIN, account);
    if (!isAdmin || adminDelay !== 0n) return false;
    if (call.contract === "AccessManager") return true;
    const selector = call.data.slice(0, 10);
    const [immediate] = await this.manager.canCall(account, call.address, selector);
    if (immediate) return true;
    const role = await this.manager.getTargetFunctionRole(call.address, selector);
    await this.deployment.ensureCall({
      ...this.grantCall(role, account, 0),
      done: async () => (await this.manager.hasRole(role, account)).isMember,
    });
    return true;
  }

  private grantCall(role: bigint, account: string, delay: number): { label: string; to: string; data: Call["data"] } {
    const call = this.managerCall("grantRole", [role, account, delay], `lend role ${role} to the deployer`);
    return { label: call.label, to: call.address, data: call.data };
  }

  private async deployContract(contract: ContractPlan): Promise<void> {
    const { suiteId, deployer } = this.deployment.state;
    const address = (name: string) => this.deployment.addressOf(name);
    const args = contract.args({ suiteId, deployer, settings: this.settings, address });
    await this.deployment.ensureContract(contract.name, contract.source, args);
  }

  private nameStep(name: string): Step {
    const directory = Directory__factory.connect(this.address("Directory"), this.provider);
    const target = { contract: "Directory", address: this.address("Directory"), abi: Directory__factory.abi };
    const address = this.address(name);
    return {
      call: callOf(target, "set", [name, address], `name ${name} in the directory`),
      done: async () => (await directory.names()).includes(name) && (await directory.lookup(name)) === address,
    };
  }

  private roleSteps(name: string): Step[] {
    const abi = new Interface(this.contracts.find((contract) => contract.name === name)?.source.abi ?? []);
    const own = restrictions.filter(({ contract }) => contract === name);
    return [...new Set(own.map(({ role }) => role))].map((role) => {
      const methods = own.filter((restriction) => restriction.role === role).map(({ method }) => method);
      return this.roleStep(
        name,
        role,
        methods.map((method) => selectorOf(abi, name, method)),
      );
    });
  }

  private roleStep(name: string, role: RoleName, selectors: readonly string[]): Step {
    const target = this.address(name);
    return {
      call: this.managerCall("setTargetFunctionRole", [target, selectors, roles[role]], `give ${name} to ${role}`),
      done: async () => {
        const now = await Promise.all(
          selectors.map((selector) => this.manager.getTargetFunctionRole(target, selector)),
        );
        return now.every((held) => held === roles[role]);
      },
    };
  }
}

function selectorOf(abi: Interface, contract: string, method: string): string {
  const selector = abi.getFunction(method)?.selector;
  if (selector === undefined)
    throw new SteleError("usage", `${contract} has no function ${method}, the table of roles says so`);
  return selector;
}

/** ethers' provider over the executor's requests. No answer is cached: one of a moment ago would be a wrong one. */
function readingProvider({ executor, state }: Deployment): Provider {
  const network = new Network("stele", BigInt(state.chainId));
  const transport = {
    request: ({ method, params }: { method: string; params?: unknown[] | Record<string, unknown> }) =>
      executor.request(method, (params ?? []) as unknown[]),
  };
  return new BrowserProvider(transport, network, { staticNetwork: network, cacheTimeout: -1 });
}
