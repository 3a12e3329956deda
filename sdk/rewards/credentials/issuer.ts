import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { z } from "zod";

import { fromHex, toHex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { isAbsent, readText, writeAtomically } from "../../common/node/files.js";
import { addressText, parseWith, wholeNumber } from "../../common/schema.js";
import { ed25519Did } from "./contexts.js";
import type { IssuingMember } from "./facts.js";
import { issuerKey, type IssuerKey } from "./keys.js";
import { StatusPlaces } from "./places.js";
import type { IssuerStatement, StatedKey } from "./statement.js";

/** What an issuer's folder says of itself, in issuer.json; nothing in it is secret. */
export interface IssuerConfig extends IssuingMember {
  readonly format: 1;
  /** Under which credentials name the status lists: `URL/KEY/LIST`. */
  readonly statusUrl: string;
  /** Rises with every statement that is signed. */
  readonly revision: bigint;
  /** Oldest first; the last one signs. */
  readonly keys: readonly StatedKey[];
}

const schema = z.strictObject({
  format: z.literal(1, { error: "is not 1, the only format that this version reads" }),
  chainId: wholeNumber,
  members: addressText,
  member: wholeNumber,
  statusUrl: z.string().regex(/^[a-z][a-z0-9+.-]*:[^\s#]{1,300}$/i, "is not a URI without a fragment"),
  revision: wholeNumber,
  keys: z
    .array(
      z.strictObject({
        did: z.string().regex(ed25519Did),
        from: wholeNumber,
        until: wholeNumber,
        compromised: z.boolean(),
      }),
    )
    .min(1),
});

/** The folder in which a member keeps the keys of its credentials. */
export class IssuerFolder {
  readonly folder: string;
  #config: IssuerConfig;

  private constructor(folder: string, config: IssuerConfig) {
    this.folder = folder;
    this.#config = config;
  }

  /** @throws SteleError `missing` where the folder is none, `input` where issuer.json is wrong */
  static async open(folder: string): Promise<IssuerFolder> {
    const file = join(folder, "issuer.json");
    const text = await readText(
      file,
      file,
      "no issuer of credentials is in this folder; make one with stele award issuer",
    );
    return new IssuerFolder(folder, parseWith(schema, readJson(text, { file }), { file }));
  }

  /**
   * Makes a folder with a first key.
   * @param now seconds, of the chain
   * @throws SteleError `refused` where there is one already
   */
  static async create(
    folder: string,
    member: IssuingMember,
    now: bigint,
    options: { statusUrl?: string | undefined } = {},
  ): Promise<IssuerFolder> {
    const file = join(folder, "issuer.json");
    const known = await readText(file).catch((error: unknown) => {
      if (error instanceof SteleError && isAbsent(error.cause)) return undefined;
      throw error;
    });
    if (known !== undefined) throw new SteleError("refused", "there is an issuer already", { place: { file: folder } });
    await writeAtomically(join(folder, "secrets", "status.key"), `${toHex(randomBytes(32))}\n`, ownerOnly);
    const { chainId, members } = member;
    const statusUrl = options.statusUrl ?? `urn:stele:status:${chainId}:${members.toLowerCase()}:${member.member}`;
    const first = { did: await newKey(folder), from: now, until: 0n, compromised: false };
    const made = new IssuerFolder(folder, { format: 1, ...member, statusUrl, revision: 0n, keys: [first] });
    await made.#write(made.#config);
    return made;
  }

  get config(): IssuerConfig {
    return this.#config;
  }

  /** The key that signs now. */
  async key(): Promise<IssuerKey> {
    return this.keyOf(this.#config.keys.at(-1)!.did);
  }

  /** @throws SteleError `missing` for a key that is none of this issuer's, `corrupt` where its file holds another */
  async keyOf(did: string): Promise<IssuerKey> {
    if (!this.#config.keys.some((key) => key.did === did))
      throw new SteleError("missing", `${did} is no key of this issuer`);
    const file = keyFile(this.folder, did);
    const key = await issuerKey(await secretOf(file));
    if (key.did !== did) throw new SteleError("corrupt", "holds another key than its name says", { place: { file } });
    return key;
  }

  /** Where awards stand in the status lists. */
  async places(): Promise<StatusPlaces> {
    return new StatusPlaces(await secretOf(join(this.folder, "secrets", "status.key")));
  }

  /**
   * Address of a status list: `URL/KEY/LIST.FORM`, where a web server finds the file that {@link listFile} names. Each
   * key has lists of its own, as a list has to be of the credential's issuer.
   */
  listId(did: string, list: bigint, form: ListForm): string {
    const { statusUrl } = this.#config;
    const separator = statusUrl.startsWith("urn:") ? ":" : "/";
    return [statusUrl, ...placeOf(did, list, form)].join(separator);
  }

  /** A new key signs from now on; what the old one signed before goes on counting. */
  async rotate(now: bigint): Promise<void> {
    const did = await newKey(this.folder);
    const keys = this.#config.keys.map((key) => (key.until === 0n ? { ...key, until: now } : key));
    await this.#write({ ...this.#config, keys: [...keys, { did, from: now, until: 0n, compromised: false }] });
  }

  /** Nothing that a key signed counts any more. Where it is the one that signs, another takes its place. */
  async distrust(did: string, now: bigint): Promise<void> {
    if (!this.#config.keys.some((key) => key.did === did))
      throw new SteleError("missing", `${did} is no key of this issuer`);
    if (this.#config.keys.at(-1)!.did === did) await this.rotate(now);
    const keys = this.#config.keys.map((key) => (key.did === did ? { ...key, compromised: true } : key));
    await this.#write({ ...this.#config, keys });
  }

  /**
   * What the member is to sign of its keys; every call is a new revision.
   * @param validity seconds in which the statement counts
   */
  async statement(now: bigint, validity: bigint): Promise<IssuerStatement> {
    const { chainId, members, member, keys } = this.#config;
    const revision = this.#config.revision + 1n;
    await this.#write({ ...this.#config, revision });
    return { chainId, members, member, revision, time: now, until: now + validity, keys };
  }

  async #write(config: IssuerConfig): Promise<void> {
    const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
    await writeAtomically(join(this.folder, "issuer.json"), `${JSON.stringify(config, plain, 2)}\n`);
    this.#config = config;
  }
}

/** `json`: Bitstring Status List, for Open Badges. `jwt`: Token Status List, for SD-JWT. */
export type ListForm = "json" | "jwt";

/** Where a list is kept below the folder of lists. */
export function listFile(did: string, list: bigint, form: ListForm): string {
  return join(...placeOf(did, list, form));
}

function placeOf(did: string, list: bigint, form: ListForm): [string, string] {
  return [did.slice("did:key:".length), `${list}.${form}`];
}

const ownerOnly = 0o600;

function keyFile(folder: string, did: string): string {
  return join(folder, "secrets", `issuer-${did.slice("did:key:".length)}.key`);
}

async function newKey(folder: string): Promise<string> {
  const secret = new Uint8Array(randomBytes(32));
  const { did } = await issuerKey(secret);
  await writeAtomically(keyFile(folder, did), `${toHex(secret)}\n`, ownerOnly);
  return did;
}

async function secretOf(file: string): Promise<Uint8Array> {
  const text = await readText(file, file, "this key is lost; restore it from a backup");
  try {
    return fromHex(text.trim(), 32);
  } catch {
    // What failed may quote the key, so it is not kept as the cause.
    throw new SteleError("corrupt", "holds a key that cannot be read", { place: { file } });
  }
}
