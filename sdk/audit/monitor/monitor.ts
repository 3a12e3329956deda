import { sentenceOf } from "../../common/errors.js";
import { machineClock } from "../../common/time.js";
import { actOn, type Actor } from "./act.js";
import { tell } from "./alerts.js";
import { finding, sorted, type Finding } from "./finding.js";
import { inspect, type MonitorOptions } from "./round.js";
import { MonitorState } from "./state.js";

export interface MonitorRun extends MonitorOptions {
  /** What acts on findings; without one the monitor looks only. */
  readonly actor?: Actor | undefined;
  /** Whether alerts are written, where the configuration names a book for them. */
  readonly alert: boolean;
}

/**
 * One round of the monitor: looks, acts, alerts, in this order.
 * @returns what it found, worst first, with what became of the actions
 * @throws SteleError `network` where the chain does not answer
 * @example
 * const findings = await runMonitor({ config, suite, events, recipient, actor, alert: true });
 * process.exitCode = isWell(findings) ? 0 : 3;
 */
export async function runMonitor(run: MonitorRun): Promise<Finding[]> {
  const { config, actor, alert, signal, clock = machineClock } = run;
  const found = await inspect(run);
  const findings = actor === undefined ? found : await actOn(found, actor, signal);
  if (!alert || config.alerts === undefined) return findings;
  const state = new MonitorState(config.state);
  try {
    const { read } = await tell(config.alerts, findings, clock(), await state.alerts());
    await state.keepAlerts(read);
    return findings;
  } catch (error) {
    signal?.throwIfAborted();
    // What was found is not to be lost with the alert; the next round tells it.
    const sentence = `alerts could not be written: ${sentenceOf(error)}`;
    return sorted([...findings, finding("alerts", "warning", ["unwritten"], sentence, { subject: {} })]);
  }
}
