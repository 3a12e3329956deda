import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { hexlify, randomBytes, type Wallet } from "ethers";
import { exportJWK, generateKeyPair, type JWK } from "jose";

import { authorize } from "../../sdk/audit/authorization.js";
import { auditEvent, auditEventSchema, type EventDraft, type Operation } from "../../sdk/audit/event.js";
import type { Actor } from "../../sdk/audit/monitor/act.js";
import { parseMonitorConfig } from "../../sdk/audit/monitor/config.js";
import type { Check, Finding } from "../../sdk/audit/monitor/finding.js";
import { runMonitor, type MonitorRun } from "../../sdk/audit/monitor/monitor.js";
import { Book } from "../../sdk/book/book.js";
import type { BookConfig } from "../../sdk/book/config.js";
import { toHex, type Hex } from "../../sdk/common/bytes.js";
import { type ActorLabel, auditKind, type AuditSuite, type OpenedLog } from "./audit.js";

/** The office, as somebody who may open payloads. */
export interface OfficeKey {
  readonly id: "office";
  readonly publicKey: JWK;
  readonly privateKey: JWK;
}

export async function officeKey(): Promise<OfficeKey> {
  const { privateKey } = await generateKeyPair("ECDH-ES+A256KW", { crv: "X25519", extractable: true });
  const jwk = await exportJWK(privateKey);
  const { d: _, ...publicKey } = jwk;
  return { id: "office", publicKey, privateKey: jwk };
}

/** A book of a log that is open on the chain, in a folder that holds the log's checkpoint key. */
export async function openBookOf(
  audit: AuditSuite,
  log: OpenedLog,
  folder: string,
  recipients: readonly OfficeKey[] = [],
): Promise<Book> {
  mkdirSync(join(folder, "secrets"), { recursive: true });
  writeFileSync(join(folder, "secrets", "checkpoint.key"), log.key.privateKey, { mode: 0o600 });
  const config: BookConfig = {
    format: 1,
    kind: auditKind,
    name: log.name,
    chainId: audit.suite.manifest.chainId,
    registry: audit.suite.address("LogRegistry"),
    logId: log.logId,
    keyEpoch: 0,
    source: `urn:stele:test:${log.owner}`,
    schema: "urn:stele:schema:json:1",
    retentionClass: 0,
    recipients: recipients.map(({ id, publicKey }) => ({ id, publicKey })),
  };
  await Book.prepare(folder, config);
  return Book.open(folder);
}

/** Publishes a book and brings the chain's head to it; its policy asks for no witness. */
export async function anchorBook(audit: AuditSuite, log: OpenedLog, book: Book): Promise<void> {
  await book.publish();
  const [{ size }] = await audit.suite.contract("LogRegistry").headOf(log.logId);
  const { size: newSize, root } = book.log.head();
  const proof = size === 0n ? [] : await book.log.consistencyProof(size, newSize);
  const registry = audit.as(log.owner, "LogRegistry");
  await registry.advance(log.logId, size, newSize, toHex(root), proof.map(toHex), [], []);
}

/** An event as tests describe it. */
export interface TestEvent {
  readonly operation?: Operation;
  readonly time: bigint;
  readonly by: Wallet;
  readonly engagement?: Hex | undefined;
  readonly subject?: string;
  readonly outcome?: "done" | "failed";
  readonly source?: string;
  /** Who signs; the auditor unless told, nobody for null. */
  readonly signer?: Wallet | null;
}

/** Appends data events to a book, in order. */
export async function record(audit: AuditSuite, book: Book, events: readonly TestEvent[]): Promise<void> {
  const { chainId, registry: address, logId } = book.config;
  for (const { operation = "read", time, by, engagement, subject, outcome = "done", source, signer = by } of events) {
    const draft: EventDraft = {
      id: hexlify(randomBytes(16)).slice(2),
      operation,
      subject,
      time,
      auditor: by.address,
      engagement,
      data: { outcome },
    };
    const place = { source: source ?? book.config.source, sequence: 0n };
    const unsigned = auditEvent(draft, place);
    const authorization = signer === null ? undefined : await authorize(signer, { chainId, address, logId }, unsigned);
    const data = { outcome, ...(authorization === undefined ? {} : { authorization }) };
    const payload = (at: { source: string; sequence: bigint }): object => auditEvent({ ...draft, data }, at);
    await book.append([{ source, time, schema: auditEventSchema, payload }]);
  }
}

/** Acts on the chain through an account of the cast. */
export function actorOf(audit: AuditSuite, label: ActorLabel = "outsider"): Actor {
  return {
    async act({ kind, contract, values }) {
      const bound = audit.as(label, contract) as unknown as Record<
        string,
        (...values: unknown[]) => Promise<{ hash: string }>
      >;
      return { kind, state: "sent", transaction: (await bound[kind]!(...values)).hash };
    },
  };
}

/** A monitor of the given configuration, by the chain's clock. */
export function monitorOf(
  audit: AuditSuite,
  state: string,
  config: object,
  more: Partial<MonitorRun> = {},
): MonitorRun {
  const { suite, deployed } = audit;
  return {
    config: parseMonitorConfig({ format: 1, state, patience: 0, logs: [], ...config }),
    suite,
    events: { provider: deployed.provider, fromBlock: suite.manifest.deploymentBlock, range: 1_000 },
    clock: () => 0n,
    alert: false,
    ...more,
  };
}

/** Runs a monitor. @returns findings that are no notices, as `severity check`, and all findings */
export async function look(
  run: MonitorRun,
): Promise<{ said: string[]; findings: Finding[]; of(check: Check): Finding[] }> {
  const findings = await runMonitor(run);
  return {
    said: findings.filter(({ severity }) => severity !== "notice").map(({ severity, check }) => `${severity} ${check}`),
    findings,
    of: (check) => findings.filter((one) => one.check === check),
  };
}
