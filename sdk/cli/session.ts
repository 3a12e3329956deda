import { join, resolve } from "node:path";

import { Wallet, type HDNodeWallet, type Signer } from "ethers";

import { connect, type Connection } from "../chain/connection.js";
import { developmentChains, developmentWallet } from "../chain/development.js";
import { decodeRevert } from "../chain/errors.js";
import type { Call, Submission } from "../chain/governance/call.js";
import { safeBatch } from "../chain/governance/proposal.js";
import { manifestPath, readManifest, requireSameChain, type Manifest } from "../chain/manifest.js";
import { loadProfile } from "../chain/profile-file.js";
import { Sender } from "../chain/sender.js";
import { connectSuite, type Suite } from "../chain/suite.js";
import { readText, writeAtomically } from "../common/node/files.js";
import { SteleError } from "../common/errors.js";
import type { CommonInput } from "./command.js";
import type { World } from "./context.js";
import { toJson } from "./output.js";

/** A network, a deployment on it and, for commands that write, an account. */
export interface Session {
  readonly connection: Connection;
  readonly manifest: Manifest;
  readonly suite: Suite;
  /**
   * The account that sends.
   * @throws SteleError `usage` where neither --key nor --account says which
   */
  signer(): Promise<Signer>;
  /** The durable sender of that account. */
  sender(): Promise<Sender>;
  /**
   * Sends through the durable sender, or simulates (`--dry-run`), or collects for a proposal file (`--propose`).
   * @param key names the effect, so that a repeated command does not repeat it
   */
  submit(call: Call, key?: string): Promise<Submission>;
  /**
   * Asks the chain whether it would take a call of the account now; sends nothing.
   * @throws SteleError `refused` with the contract's own error
   */
  check(call: Call): Promise<void>;
  /** What became of a call, for people. */
  describe(submitted: Submission, done: string): string;
  /** Writes a collected proposal and lets go of everything. */
  close(): Promise<void>;
}

/** Opens the session that the common options describe. */
export async function openSession(common: CommonInput, world: World): Promise<Session> {
  const profile = await loadProfile(common.network ?? "local", world.cwd);
  const connection = await connect(profile, { signal: world.signal });
  try {
    const file = common.manifest ?? manifestPath(profile.name);
    const manifest = await readManifest(resolve(world.cwd, file));
    requireSameChain(connection, manifest, file);
    return sessionOn(connection, manifest, common, world);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** A session on a connection that is there already, for instance with a chain inside this process. */
export function sessionOn(connection: Connection, manifest: Manifest, common: CommonInput, world: World): Session {
  const suite = connectSuite(connection.provider, manifest);
  const proposed: Call[] = [];
  let signer: Promise<Signer> | undefined;
  let sender: Promise<Sender> | undefined;
  const session: Session = {
    connection,
    manifest,
    suite,
    signer: () => (signer ??= openSigner(connection, common, world)),
    sender: () =>
      (sender ??= session
        .signer()
        .then((account) => Sender.open({ connection, signer: account, folder: join(world.cwd, ".stele", "sender") }))),
    async submit(call, key) {
      if (common.propose !== undefined) {
        proposed.push(call);
        return { kind: "proposed", file: common.propose };
      }
      if (common.dryRun) return simulate(connection, await session.signer(), call);
      const intent = { to: call.address, data: call.data, label: call.label, ...(key === undefined ? {} : { key }) };
      const { hash, receipt } = await (await session.sender()).send(intent, { signal: world.signal });
      return { kind: "sent", hash, block: receipt.blockNumber, gasUsed: receipt.gasUsed };
    },
    check: async (call) => void (await simulate(connection, await session.signer(), call)),
    describe(submitted, done) {
      if (submitted.kind === "simulated") return `Dry run: it would use ${submitted.gas} gas. Nothing was sent.`;
      if (submitted.kind === "proposed") return `The call goes into the proposal ${submitted.file}. Nothing was sent.`;
      return `${done} Block ${submitted.block}, ${submitted.gasUsed} gas.`;
    },
    async close() {
      if (common.propose !== undefined && proposed.length > 0) await writeProposal(proposed, common, manifest, world);
      await (await sender?.catch(() => undefined))?.close();
      connection.close();
    },
  };
  return session;
}

async function simulate(connection: Connection, signer: Signer, call: Call): Promise<Submission> {
  try {
    const from = await signer.getAddress();
    return {
      kind: "simulated",
      gas: await connection.provider.estimateGas({ from, to: call.address, data: call.data }),
    };
  } catch (error) {
    throw decodeRevert(error, call.label);
  }
}

async function writeProposal(
  calls: readonly Call[],
  common: CommonInput,
  manifest: Manifest,
  world: World,
): Promise<void> {
  const file = resolve(world.cwd, common.propose ?? "");
  const name = calls.length === 1 ? (calls[0]?.label ?? "") : `${calls.length} calls`;
  const options = { chainId: manifest.chainId, safe: manifest.governance.account, name, createdAt: Date.now() };
  await writeAtomically(file, `${toJson(safeBatch(calls, options))}\n`);
}

async function openSigner(connection: Connection, common: CommonInput, world: World): Promise<Signer> {
  const wallet = await openWallet(common, connection.profile.chainId, world);
  if (wallet === undefined) {
    throw new SteleError("usage", "say which account sends: --key FILE, or --account N on a development network");
  }
  return wallet.connect(connection.provider);
}

/**
 * The account that --key or --account names, without a network; undefined where neither is given.
 * @throws SteleError `usage` where both are given, or --account on a chain that is none for development
 */
export async function openWallet(
  { key, account }: Pick<CommonInput, "key" | "account">,
  chainId: bigint,
  world: World,
): Promise<Wallet | HDNodeWallet | undefined> {
  if (key !== undefined && account !== undefined) {
    throw new SteleError("usage", "--key and --account exclude each other");
  }
  if (key !== undefined) return readKey(key, world);
  if (account === undefined) return undefined;
  if (!developmentChains.has(chainId)) {
    throw new SteleError("usage", `--account is for development networks; chain ${chainId} needs --key FILE`);
  }
  return developmentWallet(account);
}

/** A raw private key as hex, or an encrypted keystore whose password is in STELE_PASSWORD. */
async function readKey(shown: string, world: World): Promise<Wallet | HDNodeWallet> {
  const text = await readText(resolve(world.cwd, shown), shown);
  try {
    if (!text.trimStart().startsWith("{")) return new Wallet(text.trim());
    const password = world.env["STELE_PASSWORD"];
    if (password === undefined) throw new SteleError("usage", "is encrypted; put its password into STELE_PASSWORD");
    return await Wallet.fromEncryptedJson(text, password);
  } catch (cause) {
    if (cause instanceof SteleError) throw cause.at({ file: shown });
    // The cause may hold the key's text, so it is not kept.
    throw new SteleError("input", "is neither a private key nor a keystore that this password opens", {
      place: { file: shown },
    });
  }
}
