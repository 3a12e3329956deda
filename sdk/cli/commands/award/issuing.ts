import { SteleError } from "../../../common/errors.js";
import { writeAtomically } from "../../../common/node/files.js";
import { badgeOf } from "../../../rewards/credentials/badge.js";
import { factsOfLeaf, factsOfToken, type ReadFacts } from "../../../rewards/credentials/chain.js";
import { IssuerFolder } from "../../../rewards/credentials/issuer.js";
import { parseHolderKey } from "../../../rewards/credentials/jws.js";
import { signCredential } from "../../../rewards/credentials/keys.js";
import type { CampaignProof } from "../../../rewards/campaign/proof.js";
import { parseContent, parseProved } from "../../../rewards/credentials/proved.js";
import { makeList } from "../../../rewards/credentials/publish.js";
import { issueSdJwt } from "../../../rewards/credentials/sd-jwt.js";
import { readIssuerStatus } from "../../../rewards/credentials/status.js";
import type { Context } from "../../context.js";
import { logSource } from "../../governed.js";
import { readStrictly, type ExportInput } from "./export.js";
import { requireDeploymentOf } from "./folder.js";

const week = 7n * 86_400n;

/** Makes a credential of an award and signs it as its issuer. */
export async function issueCredential(input: ExportInput, folder: string, context: Context): Promise<void> {
  const issuer = await IssuerFolder.open(context.path(folder));
  const session = await context.session();
  const { suite } = session;
  requireDeploymentOf(issuer, suite, folder);
  const proved = await provedOf(input.award, context);
  const read =
    proved === undefined ? await factsOfToken(suite, tokenNumber(input.award)) : await factsOfLeaf(suite, proved);
  requireOwn(read, issuer);
  const status = await readIssuerStatus(suite, issuer.config.member, logSource(session, context));
  const places = await issuer.places();
  const place = places.place(status.layout.position(read.status.of, read.status.offset));
  const key = await issuer.key();
  const form = input.format === "ob3" ? "json" : "jwt";
  const entry = { list: issuer.listId(key.did, place.list, form), index: place.index };
  const credential =
    form === "json"
      ? await badge(read, input, { entry, key, made: status.time })
      : await sdJwt(read, input, context, { entry, key, made: status.time, proved });
  await writeAtomically(context.path(input.out), credential, 0o600, input.out);
  if (input.statusList !== undefined) {
    const made = await makeList(issuer, key, status, place.list, { places, validity: week });
    await writeAtomically(context.path(input.statusList), made[form], undefined, input.statusList);
  }
  const { facts, standing } = read;
  const says = {
    file: input.out,
    format: input.format,
    issuer: key.did,
    standing,
    title: facts.type.title,
    status: entry,
  };
  context.print(says, () => `${facts.type.title}, signed by ${key.did}: ${input.out}`);
}

interface Signing {
  readonly entry: { readonly list: string; readonly index: number };
  readonly key: Awaited<ReturnType<IssuerFolder["key"]>>;
  readonly made: bigint;
}

async function badge({ facts }: ReadFacts, input: ExportInput, { entry, key, made }: Signing): Promise<string> {
  if (input.holderKey !== undefined || input.content !== undefined || input.show.length > 0) {
    throw new SteleError("usage", "--holder-key, --content and --show go with --format sd-jwt: a badge is shown whole");
  }
  const unsigned = badgeOf(facts, { issuer: key.did, status: entry, subjectForm: input.subject });
  return `${JSON.stringify(await signCredential(unsigned, key, made), null, 2)}\n`;
}

async function sdJwt(
  { facts }: ReadFacts,
  input: ExportInput,
  context: Context,
  { entry, key, made, proved }: Signing & { readonly proved: CampaignProof | undefined },
): Promise<string> {
  if (input.show.length > 0)
    throw new SteleError("usage", "--show is the holder's: call it again with the file you get");
  const { holderKey, content } = input;
  if (content !== undefined && proved === undefined) {
    throw new SteleError("usage", "--content goes with the proof of an award of a campaign, which commits to it");
  }
  const opened =
    content === undefined || proved === undefined
      ? undefined
      : parseContent(await readStrictly(content, context), proved, { file: content });
  const holder =
    holderKey === undefined ? undefined : parseHolderKey(await readStrictly(holderKey, context), { file: holderKey });
  return `${await issueSdJwt(facts, key, { status: entry, made, content: opened?.content, holder })}\n`;
}

/** A credential of an award that does not count would mislead whoever reads it without the chain. */
function requireOwn({ facts, standing }: ReadFacts, { config }: IssuerFolder): void {
  if (facts.issuer.member !== config.member) {
    const sentence = `member ${facts.issuer.member} granted this award, the keys are of member ${config.member}`;
    throw new SteleError("refused", `${sentence}: only its issuer signs for it`);
  }
  if (standing === "valid") return;
  throw new SteleError("refused", `the award does not count now (${standing}), so no credential is made of it`);
}

function tokenNumber(award: string): bigint {
  const id = BigInt(award);
  if (id < 1n << 72n) return id;
  throw new SteleError("usage", `${award} is no award's number`);
}

/** The proof that a file holds; undefined where AWARD is a number. */
export async function provedOf(award: string, context: Context): Promise<CampaignProof | undefined> {
  if (/^\d{1,30}$/.test(award)) return undefined;
  return parseProved(await readStrictly(award, context), { file: award });
}
