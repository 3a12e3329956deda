import { parseMonitorConfig } from "../../../sdk/audit/monitor/config.js";
import type { Finding } from "../../../sdk/audit/monitor/finding.js";
import { runMonitor } from "../../../sdk/audit/monitor/monitor.js";
import { readRecipient } from "../../../sdk/audit/monitor/recipient.js";
import { abiOf } from "../../../sdk/chain/governance/abi.js";
import { callOf } from "../../../sdk/chain/governance/call.js";
import type { Stage } from "../stage.js";
import type { Agency } from "./agency.js";
import { eventsOf } from "./challenge.js";

/** What the office's monitor looks after. */
export interface Watched {
  /** Folder of the book of alerts. */
  readonly alerts: string;
  readonly state: string;
  readonly agencies: readonly Agency[];
  /** File of the office's private key. */
  readonly key: string;
}

/**
 * One round of the office's monitor, which acts and alerts.
 * @param elsewhere further addresses at which a log is shown, by its id
 */
export async function look(
  stage: Stage,
  { alerts, state, agencies, key }: Watched,
  elsewhere: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Finding[]> {
  const recipient = { id: "office", key };
  const config = parseMonitorConfig({
    format: 1,
    state,
    alerts,
    recipient,
    patience: "0",
    logs: agencies.map(({ book: { folder, config } }) => {
      const url = elsewhere[config.logId];
      return { log: config.logId, sources: [{ book: folder }, ...(url === undefined ? [] : [{ url }])] };
    }),
  });
  return runMonitor({
    config,
    suite: stage.suite,
    events: eventsOf(stage),
    recipient: await readRecipient(recipient),
    account: stage.wallet("office").address,
    alert: true,
    signal,
    actor: {
      async act({ kind, contract, values, label }) {
        const target = { contract, address: stage.suite.address(contract), abi: abiOf(contract) };
        const { address, data } = callOf(target, kind, values, label);
        const { hash } = await (await stage.sender("office")).send({ to: address, data, label });
        return { kind, state: "sent", transaction: hash };
      },
    },
  });
}
