import { join } from "node:path";

import { writeAtomically } from "../../common/node/files.js";
import { proposalOf, operationId, safeBatch, type Proposal } from "../governance/proposal.js";
import { parseGovernance, type Governance } from "../governance/config.js";
import { manifestPath, writeManifest, type Manifest } from "../manifest.js";
import type { Access } from "../governance/access.js";
import type { Module, SuiteSettings } from "./contracts.js";
import { Deployment } from "./deployment.js";
import type { Executor } from "./executor.js";
import { fileStore, readJson } from "./files.js";
import { handOver } from "./handover.js";
import { manifestOf } from "./manifest.js";
import { Plan, type Step } from "./plan.js";
import { memoryStore, type StateStore } from "./state.js";
import type { Patience } from "./transact.js";

export interface SuiteRunOptions {
  readonly executor: Executor;
  readonly network: string;
  /** Folder of all deployments; left out, nothing is written (a chain that ends with the process). */
  readonly deployments?: string;
  /** Instead of the folder's memory. */
  readonly store?: StateStore;
  readonly governance: Governance;
  readonly settings?: SuiteSettings;
  readonly salt?: string;
  readonly patience?: Patience;
  readonly successors?: readonly string[];
  readonly progress?: (sentence: string) => void;
  readonly signal?: AbortSignal;
}

/** One run of deployment steps on a network, with what it leaves behind: memory, manifest, proposals to governance. */
export class SuiteRun {
  readonly plan: Plan;
  private readonly options: SuiteRunOptions;

  private constructor(options: SuiteRunOptions, plan: Plan) {
    this.options = options;
    this.plan = plan;
  }

  /** @throws SteleError `network` on another chain than before, `corrupt` where the memory is torn */
  static async open(options: SuiteRunOptions): Promise<SuiteRun> {
    const { deployments, network } = options;
    const store = options.store ?? (deployments === undefined ? memoryStore() : fileStore(join(deployments, network)));
    const governance = parseGovernance(options.governance);
    const deployment = await Deployment.open({ ...options, store });
    const settings = options.settings === undefined ? {} : { settings: options.settings };
    return new SuiteRun(options, new Plan({ deployment, governance, ...settings }));
  }

  /** Deploys one module, or what is missing of it. */
  async deployModule(module: Module): Promise<void> {
    await this.plan.deployModule(module);
    await this.leave(module);
  }

  /** Hands governance over and lets the deployer go. */
  async handOver(): Promise<Access> {
    const access = await handOver(this.plan);
    await this.leave("handover");
    return access;
  }

  /** The deployment as it stands now. */
  manifest(): Promise<Manifest> {
    return manifestOf(this.plan, this.options.network);
  }

  private async leave(step: string): Promise<void> {
    const { deployments, network } = this.options;
    if (deployments === undefined) return;
    await writeManifest(manifestPath(network, deployments), await this.manifest());
    const unsent = this.plan.unsent.splice(0);
    if (unsent.length > 0) await this.propose(step, unsent, join(deployments, network, "proposals"));
  }

  /** Writes what only governance may do as files for its multisig: one to schedule, one to execute after the delay. */
  private async propose(step: string, steps: readonly Step[], folder: string): Promise<void> {
    const { now, later } = await this.proposal(steps);
    for (const [when, calls] of [
      ["schedule", now],
      ["execute", later],
    ] as const) {
      if (calls.length === 0) continue;
      const chainId = BigInt(this.plan.deployment.state.chainId);
      const safe = this.plan.governance.account;
      const batch = safeBatch(calls, { chainId, safe, name: `Stele ${step}: ${when}`, createdAt: Date.now() });
      const file = join(folder, `${step}-${when}.json`);
      const before = (await readJson(file)) as { transactions?: unknown } | undefined;
      if (JSON.stringify(before?.transactions) === JSON.stringify(batch.transactions)) continue;
      await writeAtomically(file, `${JSON.stringify(batch, null, 2)}\n`);
      this.options.progress?.(`${calls.length} calls for governance are in ${file}`);
    }
  }

  private async proposal(steps: readonly Step[]): Promise<Proposal> {
    const { plan } = this;
    const { account, delays } = plan.governance;
    const calls = steps.map(({ call }) => ({
      call,
      delay: call.contract === "AccessManager" ? delays.admin : delays.governor,
    }));
    const { now, later } = proposalOf(plan.address("AccessManager"), calls);
    const scheduled = await Promise.all(
      calls.map(({ call }) => plan.manager.getSchedule(operationId(account, call.address, call.data))),
    );
    return { now: now.filter((_, i) => scheduled[i] === 0n), later };
  }
}
