import { cp, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { exportJWK, generateKeyPair } from "jose";
import type { JWK } from "jose";

import type { Recipient } from "../../../sdk/records/epoch.js";
import { KeyStore } from "../../../sdk/records/keys.js";
import type { KeyStoreOptions } from "../../../sdk/records/keys.js";
import type { RecordInput } from "../../../sdk/records/record.js";
import { RecordOpener } from "../../../sdk/records/sealed.js";

/** A recipient with both halves of the key. */
export interface Reader extends Recipient {
  readonly privateKey: JWK;
}

export async function newReader(id: string, crv: "X25519" | "P-256" = "X25519"): Promise<Reader> {
  const pair = await generateKeyPair("ECDH-ES+A256KW", { crv, extractable: true });
  return { id, publicKey: await exportJWK(pair.publicKey), privateKey: await exportJWK(pair.privateKey) };
}

/** 2026-03-01T12:00:00Z */
export const noon = 1_772_366_400n;

/** A folder with a key store, its journal and room for attachments. */
export class Place {
  readonly root: string;
  #clock = noon;

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<Place> {
    return new Place(await mkdtemp(join(tmpdir(), "stele-records-")));
  }

  get store(): string {
    return join(this.root, "keys");
  }

  get journal(): string {
    return join(this.root, "journal");
  }

  pass(seconds: bigint): void {
    this.#clock += seconds;
  }

  open(options: Partial<KeyStoreOptions> = {}): Promise<KeyStore> {
    return KeyStore.open(this.store, { journal: this.journal, now: () => this.#clock, ...options });
  }

  /** Copies a folder of the place aside. */
  async backup(from: string): Promise<string> {
    const copy = await mkdtemp(join(tmpdir(), "stele-backup-"));
    await cp(from, copy, { recursive: true });
    return copy;
  }

  async restore(copy: string, to: string): Promise<void> {
    await rm(to, { recursive: true, force: true });
    await cp(copy, to, { recursive: true });
  }

  /** Content of every file. */
  async files(folder = this.root): Promise<Map<string, Buffer>> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)));
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}

let made = 0n;

export function inputFor(recipients: readonly Recipient[], change: Partial<RecordInput> = {}): RecordInput {
  return {
    logId: new Uint8Array(32).fill(0xab),
    source: "urn:example:ledger",
    sequence: made++,
    time: noon,
    schema: "urn:example:schema:voucher:v1",
    retentionClass: 1n,
    subject: new Uint8Array(32).fill(0xcd),
    payload: { voucher: `V-${made}`, amount: { value: "120.00", currency: "CNY" }, lines: [{ n: 1 }, { n: 2 }] },
    recipients,
    ...change,
  };
}

export function openerOf(keys: KeyStore, { id, privateKey }: Reader): RecordOpener {
  return new RecordOpener((record) => keys.grantFor(record, id), privateKey);
}
