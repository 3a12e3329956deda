import { join } from "node:path";
import { mkdir, writeFile } from "node:fs/promises";

import { id } from "ethers";
import { exportJWK, generateKeyPair, type JWK } from "jose";

import { capabilities } from "../../../sdk/chain/capabilities.js";
import { developmentWallet } from "../../../sdk/chain/development.js";
import { Sender } from "../../../sdk/chain/sender.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { sha256 } from "../../../sdk/common/sha256.js";
import type { Actor, Stage } from "../stage.js";

/** The office's auditors: accounts of the development mnemonic. One is put on the team, the other is not. */
const accounts = { onTeam: 11, outside: 12 } as const;
export type AuditorName = keyof typeof accounts;

export const auditorWallet = (name: AuditorName) => developmentWallet(accounts[name]);

const year = 365 * 86_400;

/** The office accredits its auditors as delegates; each of them accepts. */
export async function accreditAuditors(stage: Stage, workspace: string): Promise<void> {
  const members = stage.suite.contract("Members");
  const to = stage.suite.address("Members");
  const office = await stage.sender("office");
  for (const name of Object.keys(accounts) as AuditorName[]) {
    const wallet = auditorWallet(name).connect(stage.connection.provider);
    const values: [string, bigint, number] = [wallet.address, capabilities.AUDITOR, (await stage.time()) + year];
    await office.send({ to, data: members.interface.encodeFunctionData("nameDelegate", values), label: "name" });
    const sender = await Sender.open({
      connection: stage.connection,
      signer: wallet,
      folder: join(workspace, "sender"),
    });
    const data = members.interface.encodeFunctionData("acceptDelegation", [stage.memberOf("office")]);
    await sender.send({ to, data, label: "accept" });
    await sender.close();
  }
}

/** A key pair of the office, so that agencies can seal their records for it too; the private half goes into a file. */
export async function officeRecipient(workspace: string): Promise<{ id: string; publicKey: JWK; key: string }> {
  const { publicKey, privateKey } = await generateKeyPair("ECDH-ES", { crv: "X25519", extractable: true });
  await mkdir(join(workspace, "office"), { recursive: true });
  const key = join(workspace, "office", "recipient.jwk");
  await writeFile(key, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600 });
  return { id: "office", publicKey: await exportJWK(publicKey), key };
}

/** Opens an engagement of the office with an agency, its team the one auditor. */
export async function openEngagement(stage: Stage, auditee: Actor, lineage: Hex): Promise<{ id: Hex; gas: bigint }> {
  const engagements = stage.suite.contract("Engagements");
  const ref = id(`audit of ${stage.nameOf(auditee)}`);
  const scope = sha256(new TextEncoder().encode(`Books of the year 2025 of ${stage.nameOf(auditee)}`));
  const from = await stage.time();
  const values = [ref, stage.memberOf(auditee), scope, from, from + year, [lineage], [auditorWallet("onTeam").address]];
  const sender = await stage.sender("office");
  const { receipt } = await sender.send({
    to: stage.suite.address("Engagements"),
    data: engagements.interface.encodeFunctionData("open", values as never),
    label: `open the engagement with ${stage.nameOf(auditee)}`,
  });
  return { id: (await engagements.engagementFor(stage.memberOf("office"), ref)) as Hex, gas: receipt.gasUsed };
}
