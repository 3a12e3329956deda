/** Sealing and opening of records: 300-byte payloads of eight fields about a person, keys durable, one process. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair } from "jose";

import { utf8 } from "../../sdk/common/bytes.js";
import { canonicalBytes } from "../../sdk/records/canonical.js";
import { show, verifyDisclosure } from "../../sdk/records/disclosure.js";
import type { Recipient } from "../../sdk/records/epoch.js";
import { KeyStore } from "../../sdk/records/keys.js";
import type { RecordInput } from "../../sdk/records/record.js";
import { RecordOpener, createRecords } from "../../sdk/records/sealed.js";
import { row, type BenchOptions, type Row } from "./types.js";

const name = "jose: one JWE a record";

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

export async function rows(options: BenchOptions): Promise<readonly Row[]> {
  const count = options.quick ? 200 : 20_000;
  const pair = await generateKeyPair("ECDH-ES+A256KW", { crv: "X25519", extractable: true });
  const ours = await suite(count, pair, options);
  const floor = cipherAlone(count);
  const peer = await onePerRecord(options.quick ? 20 : 2_000, pair);
  const unit = "records/s";
  return [
    row({
      name: "records sealed, keys durable, batches of 1,000",
      unit,
      value: ours.seal,
      better: "more",
      floor: floor.seal,
      peer: { name, value: peer.seal },
    }),
    row({
      name: "records opened and held against their headers",
      unit,
      value: ours.open,
      better: "more",
      floor: floor.open,
      peer: { name, value: peer.open },
    }),
    row({ name: "disclosures of one field verified", unit: "disclosures/s", value: ours.verify, better: "more" }),
  ];
}

/** The suite's own figures, over a key store on disk. */
async function suite(
  count: number,
  pair: Pair,
  { quick, signal, progress }: BenchOptions,
): Promise<{ seal: number; open: number; verify: number }> {
  const recipient = { id: "office", publicKey: await exportJWK(pair.publicKey) };
  const folder = await mkdtemp(join(tmpdir(), "stele-bench-"));
  const keys = await KeyStore.open(join(folder, "keys"), { journal: join(folder, "journal") });
  try {
    await Array.fromAsync(createRecords(keys, inputs(quick ? 10 : 2_000, recipient, 0)));
    progress(`sealing ${count} records`);
    const sealStart = performance.now();
    const sealed = await Array.fromAsync(createRecords(keys, inputs(count, recipient, count), { signal }));
    const seal = perSecond(count, sealStart);
    const opener = new RecordOpener((record) => keys.grantFor(record, recipient.id), await exportJWK(pair.privateKey));
    progress(`opening ${count} records`);
    const openStart = performance.now();
    for (const { entry, attachment } of sealed) await opener.open(entry, attachment);
    const open = perSecond(count, openStart);
    signal.throwIfAborted();
    const { entry, attachment } = sealed[0]!;
    const opened = await opener.open(entry, attachment);
    const disclosure = show(opened.complete, opened.secret, ["/amount/value"]);
    const verifyStart = performance.now();
    for (let i = 0; i < count; i++) verifyDisclosure(entry, disclosure);
    return { seal, open, verify: perSecond(count, verifyStart) };
  } finally {
    await keys.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const payloadOf = (n: number) => ({
  voucher: `V-2026-${n}`,
  date: "2026-03-01",
  account: "1002.01",
  amount: { value: `${n}.00`, currency: "CNY" },
  memo: "Transfer to supplier, contract 2026-117",
  clerk: "c-17",
});

function* inputs(count: number, recipient: Recipient, from: number): Generator<RecordInput> {
  const recipients = [recipient];
  const [logId, subject] = [randomBytes(32), randomBytes(32)];
  const fixed = { source: "urn:example:ledger", schema: "urn:example:schema:voucher:v1", retentionClass: 0n };
  for (let n = from; n < from + count; n++) {
    yield { ...fixed, logId, subject, sequence: BigInt(n), time: 1_772_366_400n, payload: payloadOf(n), recipients };
  }
}

/** Floor: AES-256-GCM of the payload's bytes, each under a key of its own, and nothing else. */
function cipherAlone(count: number): { seal: number; open: number } {
  const text = Buffer.concat([randomBytes(64 + 160), canonicalBytes(payloadOf(1))]);
  const sealStart = performance.now();
  const sealed = Array.from({ length: count }, () => {
    const [key, nonce] = [randomBytes(32), randomBytes(12)];
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    return { key, nonce, body: [cipher.update(text), cipher.final()] as const, tag: cipher.getAuthTag() };
  });
  const seal = perSecond(count, sealStart);
  const openStart = performance.now();
  for (const { key, nonce, body, tag } of sealed) {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAuthTag(tag);
    decipher.update(body[0]);
    decipher.final();
  }
  return { seal, open: perSecond(count, openStart) };
}

/** Peer: what one would do without a day's key, a JWE for each record. */
async function onePerRecord(count: number, pair: Pair): Promise<{ seal: number; open: number }> {
  const header = { alg: "ECDH-ES+A256KW", enc: "A256GCM" };
  const sealStart = performance.now();
  const sealed: string[] = [];
  for (let n = 0; n < count; n++) {
    const text = utf8(JSON.stringify(payloadOf(n)));
    sealed.push(await new CompactEncrypt(text).setProtectedHeader(header).encrypt(pair.publicKey));
  }
  const seal = perSecond(count, sealStart);
  const openStart = performance.now();
  for (const jwe of sealed) await compactDecrypt(jwe, pair.privateKey);
  return { seal, open: perSecond(count, openStart) };
}

function perSecond(count: number, start: number): number {
  return count / ((performance.now() - start) / 1000);
}
