import type { Finding } from "../../../audit/monitor/finding.js";
import type { MonitorRun } from "../../../audit/monitor/monitor.js";
import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { flag, number, positional, text, value } from "../../fields.js";
import { table } from "../../output.js";

export const monitorRun = defineCommand({
  name: "monitor run",
  summary: "Check logs, engagements and datasets against the chain",
  description:
    "Looks for gaps, silence, split views, checkpoints that were not anchored, records outside of an engagement, " +
    "auditors without accreditation, missing mirrors and missed challenges; does what the chain lets anyone do about " +
    "them (marks, demands, evidence, draws) with the account that is named, and writes alerts into the book that CONFIG " +
    "names. Exit code 0: all is well; 3: there are alarms or warnings. Without an account, or with --look, it only " +
    "looks. The file is explained in sdk/audit/monitor/README.md.\n\n" +
    "Examples: stele monitor run monitor.json --account 4, stele monitor run monitor.json --watch 3600 --key office.key",
  reach: "writes",
  fields: {
    file: positional(text, "CONFIG", "JSON file that says what to watch"),
    look: flag("look only: no transaction and no alert"),
    watch: value(
      number.refine((seconds) => seconds >= 1 && seconds <= 604_800, "is not between 1 and 604800").optional(),
      "SECONDS",
      "look again at this interval until interrupted; print what changes",
    ),
  },
  async run(input, context) {
    const { watch, look } = input;
    if (watch !== undefined && context.common.propose !== undefined) {
      throw new SteleError("usage", "--watch and --propose exclude each other: a proposal is written at the end");
    }
    const run = await runOf(input.file, look, context);
    if (watch === undefined) await once(run, context);
    else await repeat(watch, run, context);
  },
});

async function runOf(file: string, look: boolean, context: Context): Promise<MonitorRun> {
  const { readMonitorConfig } = await import("../../../audit/monitor/config.js");
  const { readRecipient } = await import("../../../audit/monitor/recipient.js");
  const { logSource } = await import("../../governed.js");
  const settings = await readMonitorConfig(context.path(file), file);
  const session = await context.session();
  const { key, account, dryRun, propose } = context.common;
  const acts = !look && (key !== undefined || account !== undefined || propose !== undefined);
  const named = key === undefined && account === undefined ? undefined : (await session.signer()).getAddress();
  return {
    config: settings,
    suite: session.suite,
    events: logSource(session, context),
    recipient: settings.recipient === undefined ? undefined : await readRecipient(settings.recipient),
    account: await named,
    signal: context.signal,
    alert: !look && dryRun !== true && propose === undefined,
    ...(acts ? { actor: await actorOf(context) } : {}),
  };
}

async function actorOf(context: Context): Promise<NonNullable<MonitorRun["actor"]>> {
  const { wantedCall } = await import("../../governed.js");
  const session = await context.session();
  return {
    async act({ kind, contract, values, label }) {
      const call = wantedCall(session, { contract, method: kind, values, label });
      const submitted = await session.submit(call);
      if (submitted.kind === "sent") return { kind, state: "sent", transaction: submitted.hash };
      return { kind, state: submitted.kind };
    },
  };
}

async function once(run: MonitorRun, context: Context): Promise<void> {
  const { runMonitor } = await import("../../../audit/monitor/monitor.js");
  const { isWell } = await import("../../../audit/monitor/finding.js");
  const bar = context.progress("look");
  const findings = await runMonitor({ ...run, onProgress: () => bar.update(0) });
  bar.finish(`${findings.length} findings`);
  const well = isWell(findings);
  context.print({ well, findings: findings.map(shown) }, () => tableOf(findings, well));
  if (!well) context.conclude("findings");
}

async function repeat(seconds: number, run: MonitorRun, context: Context): Promise<void> {
  const { runMonitor } = await import("../../../audit/monitor/monitor.js");
  const { watch } = await import("../../../audit/monitor/watch.js");
  const { isWell } = await import("../../../audit/monitor/finding.js");
  await watch(seconds, () => runMonitor(run), {
    signal: context.signal,
    onRound: (round) => {
      if (round.kind === "failed") return context.note(`This round failed: ${round.error.message}`);
      const { raised, cleared } = round.changes;
      if (raised.length === 0 && cleared.length === 0) return;
      const well = isWell(round.findings);
      context.print({ well, raised: raised.map(shown), cleared }, () => changesText(raised, cleared));
    },
  });
}

/** A finding as it is printed: what was wanted and not tried is said as its kind. */
function shown({ wanted, ...rest }: Finding): object {
  return wanted === undefined ? rest : { ...rest, wanted: wanted.kind };
}

function tableOf(findings: readonly Finding[], well: boolean): string {
  if (findings.length === 0) return "All is well: nothing was found.";
  const rows = findings.map((one) => [one.severity, one.check, one.sentence, actionText(one)]);
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length;
  const sum = `${count("alarm")} alarms, ${count("warning")} warnings, ${count("notice")} notices`;
  return `${table(["severity", "check", "what", "action"], rows)}\n${well ? "All is well" : "Not all is well"}: ${sum}.`;
}

function changesText(raised: readonly Finding[], cleared: readonly string[]): string {
  const lines = raised.map((one) => `${one.severity}: ${one.sentence}${suffix(actionText(one))}`);
  return [...lines, ...cleared.map((id) => `cleared: ${id}`)].join("\n");
}

function suffix(action: string): string {
  return action === "" ? "" : ` (${action})`;
}

function actionText({ wanted, action }: Finding): string {
  if (action === undefined) return wanted === undefined ? "" : `could ${wanted.kind}`;
  if (action.state === "sent") return `${action.kind} ${action.transaction}`;
  if (action.state === "failed") return `${action.kind} failed: ${action.reason}`;
  return `${action.kind} ${action.state}`;
}
