import { id, isError } from "ethers";
import { z } from "zod";

import { SteleError } from "../../../common/errors.js";
import { readJson } from "../../../common/json.js";
import { parseWith } from "../../../common/schema.js";
import { readText } from "../../../common/node/files.js";
import type { BookConfig } from "../../../book/config.js";
import { defineCommand } from "../../command.js";
import { list, number, positional, text, value } from "../../fields.js";
import type { Session } from "../../session.js";

const uri = text.regex(/^[a-z][a-z0-9+.-]*:[^\s]+$/i, "is not a URI");

export const logOpen = defineCommand({
  name: "log open",
  summary: "Open a log on chain and make its folder",
  description:
    "Registers a log of the sending account's member under a published policy, and makes the folder that keeps it: " +
    "its entries, record keys, checkpoint keys. Run again after an interruption, it completes what is missing.\n\n" +
    "Example: stele log open books/ledger --kind audit.events --name ledger --policy 1 --account 5",
  reach: "writes",
  fields: {
    folder: positional(text, "FOLDER", "folder to make, or of a log whose opening was interrupted"),
    kind: value(text, "KIND", "kind of the log, the policy's, for instance audit.events"),
    name: value(text.max(128), "NAME", "public name, unique for member and kind"),
    policy: value(number, "ID", "policy to keep the log under"),
    source: value(uri.optional(), "URI", "source of the records (default: urn:stele:log:LOGID)"),
    schema: value(uri.default("urn:stele:schema:json:1"), "URI", "schema of records that name none"),
    retention: value(
      number.refine((one) => one < 16, "is no class, they are 0 to 15").default(0),
      "CLASS",
      "retention class of records that name none (default: 0)",
    ),
    recipient: list(text, "FILE", "public key (JWK, X25519 or P-256) of somebody who may open records"),
  },
  async run(input, context) {
    const { Book } = await import("../../../book/book.js");
    const session = await context.session();
    const registry = session.suite.contract("LogRegistry");
    const owner = await ownerOf(session);
    const lineage = await registry.lineageFor(owner, id(input.kind), input.name);
    const logId = (await registry.logIdFor(lineage, 0)) as `0x${string}`;
    const recipients = await Promise.all(input.recipient.map((file) => readRecipient(file, context.path(file))));
    const config = { ...configOf(input, session, logId), recipients };
    const folder = context.path(input.folder);
    const known = await checkpointKeyOn(session, logId);
    await requireSameKey(input.name, known, folder);
    const { callOf } = await import("../../../chain/governance/call.js");
    const target = { contract: "LogRegistry", address: config.registry, abi: registry.interface };
    const callWith = (key: string) =>
      callOf(target, "open", [id(input.kind), input.name, input.policy, key], `open log ${input.name}`);
    // The folder is made only for a log that the chain would open; until then no key of the log's own is there.
    const ownAddress = await session.signer().then((signer) => signer.getAddress());
    if (known === undefined && context.common.propose === undefined) await session.check(callWith(ownAddress));
    const address = context.common.dryRun ? ownAddress : await Book.prepare(folder, config);
    const call = callWith(address);
    const done = known === undefined ? await session.submit(call, `open ${logId}`) : undefined;
    const title =
      done === undefined ? `Log ${input.name} was open already.` : session.describe(done, `Log ${input.name} is open.`);
    context.print({ logId, folder, checkpointKey: address, submitted: done ?? null }, () =>
      [title, `log id          ${logId}`, `checkpoint key  ${address}`, `folder          ${folder}`].join("\n"),
    );
  },
});

/** @throws SteleError `refused` where the log is open, and its folder is another one */
async function requireSameKey(name: string, known: string | undefined, folder: string): Promise<void> {
  const { Book } = await import("../../../book/book.js");
  if (known === undefined || known === (await Book.checkpointAddressIn(folder))) return;
  throw new SteleError("refused", `log "${name}" is open with another checkpoint key, ${known}; use its folder`);
}

interface OpenInput {
  readonly kind: string;
  readonly name: string;
  readonly source: string | undefined;
  readonly schema: string;
  readonly retention: number;
}

function configOf(input: OpenInput, session: Session, logId: `0x${string}`): Omit<BookConfig, "recipients"> {
  return {
    format: 1,
    kind: input.kind,
    name: input.name,
    chainId: session.manifest.chainId,
    registry: session.suite.address("LogRegistry"),
    logId,
    keyEpoch: 0,
    source: input.source ?? `urn:stele:log:${logId}`,
    schema: input.schema,
    retentionClass: input.retention,
  };
}

async function ownerOf(session: Session): Promise<bigint> {
  const account = await (await session.signer()).getAddress();
  const { member } = await session.suite.contract("Members").accountInfo(account);
  if (member === 0n) throw new SteleError("refused", `account ${account} belongs to no member`);
  return member;
}

/** The registered checkpoint key, undefined where the log is not open. */
async function checkpointKeyOn(session: Session, logId: string): Promise<string | undefined> {
  try {
    const registry = session.suite.contract("LogRegistry");
    const [head] = await registry.headOf(logId);
    return await registry.checkpointKeyOf(logId, head.keyEpoch);
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION") && error.revert?.name === "LogRegistryUnknown") return undefined;
    throw error;
  }
}

const jwk = z.looseObject({ kty: z.string(), crv: z.string(), x: z.string() });

async function readRecipient(file: string, path: string): Promise<BookConfig["recipients"][number]> {
  const parsed = parseWith(jwk, readJson(await readText(path, file), { file }), { file });
  const { d, kid, ...publicKey } = parsed as Record<string, unknown> & { kty: string };
  if (d !== undefined) throw new SteleError("input", "holds a private key; give the public one", { place: { file } });
  return { id: typeof kid === "string" ? kid : `${publicKey["x"] as string}`.slice(0, 16), publicKey };
}
