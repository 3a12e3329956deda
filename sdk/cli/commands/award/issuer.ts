import { join } from "node:path";

import { SteleError } from "../../../common/errors.js";
import { writeAtomically } from "../../../common/node/files.js";
import { formatInstant } from "../../../common/time.js";
import type { IssuerFolder } from "../../../rewards/credentials/issuer.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { duration, flag, positional, text, value } from "../../fields.js";
import type { Session } from "../../session.js";

export const awardIssuer = defineCommand({
  name: "award issuer",
  summary: "Make, replace or distrust the key that signs a member's credentials",
  description:
    "FOLDER keeps the keys, readable by its owner alone; the first call makes it. Each call writes FOLDER/statement.json, " +
    "in which the member says which keys are its own: hand it out with the credentials, and call again before it ends. " +
    "The account that signs has to act for the member with AWARDER. --rotate lets a new key sign from now on; what the " +
    "old one signed goes on counting. --distrust makes everything worthless that a stolen key signed.\n\n" +
    "Example: stele award issuer keys/awards --key clerk.key",
  reach: "signs",
  fields: {
    folder: positional(text, "FOLDER", "where the keys are kept"),
    statusUrl: value(text.optional(), "URL", "for a new folder: where the status lists will be found (default: a urn)"),
    rotate: flag("let a new key sign from now on"),
    distrust: value(text.optional(), "DID", "this key is in wrong hands: nothing that it signed counts"),
    validity: value(duration.default(30 * 86_400), "TIME", "how long the statement counts (default: 30d)"),
  },
  async run(input, context) {
    const { signStatement, formatStatement } = await import("../../../rewards/credentials/statement.js");
    const session = await context.session();
    const now = await blockTime(session);
    const signer = await session.signer();
    const member = await memberOf(session, await signer.getAddress());
    const issuer = await issuerOf(input, member, now, context);
    if (input.rotate) await issuer.rotate(now);
    if (input.distrust !== undefined) await issuer.distrust(input.distrust, now);
    const statement = await signStatement(signer, await issuer.statement(now, BigInt(input.validity)));
    const file = join(issuer.folder, "statement.json");
    await writeAtomically(file, formatStatement(statement));
    const { keys, revision, until } = statement;
    context.print({ folder: input.folder, file, member: member.member, keys, revision, until }, () =>
      [
        `Member ${member.member} signs credentials with ${keys.at(-1)!.did}.`,
        `Its statement ${revision} names ${keys.length} key(s) and counts until ${formatInstant(until)}: ${file}`,
      ].join("\n"),
    );
  },
});

type Member = IssuerFolder["config"];

async function issuerOf(
  input: { readonly folder: string; readonly statusUrl: string | undefined },
  member: Pick<Member, "chainId" | "members" | "member">,
  now: bigint,
  context: Context,
): Promise<IssuerFolder> {
  const { IssuerFolder } = await import("../../../rewards/credentials/issuer.js");
  const folder = context.path(input.folder);
  const known = await IssuerFolder.open(folder).catch((error: unknown) => {
    if (error instanceof SteleError && error.code === "missing") return undefined;
    throw error;
  });
  if (known === undefined) return IssuerFolder.create(folder, member, now, { statusUrl: input.statusUrl });
  const { config } = known;
  if (input.statusUrl !== undefined && input.statusUrl !== config.statusUrl) {
    throw new SteleError("refused", `credentials name ${config.statusUrl} already; lists stay where they are`);
  }
  if (config.chainId === member.chainId && config.members === member.members && config.member === member.member) {
    return known;
  }
  throw new SteleError("refused", `keeps the keys of member ${config.member} on chain ${config.chainId}`, {
    place: { file: input.folder },
  });
}

async function memberOf({ suite }: Session, account: string): Promise<Pick<Member, "chainId" | "members" | "member">> {
  const { capabilities } = await import("../../../chain/capabilities.js");
  const { reading } = await import("../../../chain/reading.js");
  const member = await reading("the question for the account's member", async () =>
    suite.contract("Members").hasCapability(account, capabilities.AWARDER),
  );
  if (member === 0n) throw new SteleError("refused", `account ${account} acts for no member that may award (AWARDER)`);
  return { chainId: suite.manifest.chainId, members: suite.address("Members"), member };
}

/** Block seconds of the present head. */
export async function blockTime(session: Session): Promise<bigint> {
  const block = await session.connection.provider.getBlock("latest");
  if (block === null) throw new SteleError("network", "the node does not answer with its latest block");
  return BigInt(block.timestamp);
}
