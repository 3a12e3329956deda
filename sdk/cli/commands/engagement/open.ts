import { blockTime } from "../../../chain/moment.js";
import { engagementIdOf } from "../../../audit/engagements.js";
import type { Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { formatInstant } from "../../../common/time.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { address, bytes32, list, text, value } from "../../fields.js";
import { wantedCall } from "../../governed.js";
import type { Session } from "../../session.js";
import { memberNumber, moment } from "../member/fields.js";
import { callLimits, findTerms, hashOfFile, lineagesOf, reference } from "./fields.js";

export const engagementOpen = defineCommand({
  name: "engagement open",
  summary: "Open an engagement with an auditee (audit office)",
  description:
    "Says who is audited, on which scope, by which team, when, and on which logs the audit depends. The chain keeps the " +
    "SHA-256 of the scope document. The reference names the engagement: the same reference again finds the engagement " +
    "open and sends nothing.\n\n" +
    "Example: stele engagement open --ref 2026/17 --auditee 2 --scope scope.pdf --until 2026-12-31T00:00:00Z " +
    "--log 0xLOGID --auditor 0xACCOUNT --account 4",
  reach: "writes",
  fields: {
    ref: value(reference, "TEXT", "the office's own reference; only its hash gets on chain"),
    auditee: value(memberNumber, "MEMBER", "number of the member that is audited"),
    scope: value(text, "FILE", "the scope document"),
    from: value(
      moment.optional(),
      "TIME",
      "first second in which the team may act (default: the chain's present time)",
    ),
    until: value(moment, "TIME", "first second in which it may not any more, like 2026-12-31T00:00:00Z"),
    log: list(bytes32, "ID", "a log that the engagement depends on, by its id or its lineage; at most 16"),
    auditor: list(address, "ADDRESS", "account on the team; at most 64, more with `engagement staff`"),
    office: value(memberNumber.optional(), "MEMBER", "your office's number (default: the sending account's member)"),
  },
  async run(input, context) {
    const session = await context.session();
    const office = await officeOf(session, input.office);
    const engagementId = engagementIdOf(session.manifest.suiteId, office, input.ref);
    const terms = await termsOf(input, session, context);
    const known = await findTerms(session, engagementId);
    if (known !== undefined) {
      await requireSame(session, engagementId, terms, input.from !== undefined);
      const since = formatInstant(known.openedAt);
      const sentence = `Engagement ${engagementId} is open already, since ${since}. Nothing was sent.`;
      return context.print({ engagementId, submitted: null }, () => sentence);
    }
    if (input.auditor.length > callLimits.accounts) {
      throw new SteleError("usage", `--auditor: a team begins with ${callLimits.accounts} accounts at most`);
    }
    const { auditee, scope, from, until, lineages } = terms;
    const call = wantedCall(session, {
      contract: "Engagements",
      method: "open",
      values: [input.ref, auditee, scope, from, until, lineages, input.auditor],
      label: `open an engagement with member ${auditee}`,
    });
    const submitted = await session.submit(call, `open ${engagementId}`);
    context.print({ engagementId, ...terms, office, auditors: input.auditor, submitted }, () =>
      [
        session.describe(submitted, `The engagement with member ${auditee} is open.`),
        `engagement  ${engagementId}`,
        `window      ${formatInstant(from)} to ${formatInstant(until)}`,
        `scope       ${scope}`,
      ].join("\n"),
    );
  },
});

interface Terms {
  readonly auditee: bigint;
  readonly scope: Hex;
  readonly from: bigint;
  readonly until: bigint;
  readonly lineages: readonly Hex[];
}

interface Given {
  readonly auditee: number;
  readonly scope: string;
  readonly from: bigint | undefined;
  readonly until: bigint;
  readonly log: readonly Hex[];
}

async function termsOf(input: Given, session: Session, context: Context): Promise<Terms> {
  const scope = await hashOfFile(context, input.scope);
  const lineages = await lineagesOf(session, input.log);
  // The chain's clock, not this machine's: the two may disagree.
  const from = input.from ?? (await blockTime(session.connection.provider));
  if (from >= input.until) throw new SteleError("usage", "--until is not after the window's beginning");
  return { auditee: BigInt(input.auditee), scope, from, until: input.until, lineages };
}

/** The office in whose name the engagement is opened. */
async function officeOf(session: Session, given: number | undefined): Promise<bigint> {
  if (given !== undefined) return BigInt(given);
  const account = await (await session.signer()).getAddress();
  const { member } = await session.suite.contract("Members").accountInfo(account);
  if (member === 0n) throw new SteleError("refused", `account ${account} belongs to no member`);
  return member;
}

/** @throws SteleError `refused` where the engagement of this reference has other terms */
async function requireSame(session: Session, engagementId: Hex, terms: Terms, fromGiven: boolean): Promise<void> {
  const contract = session.suite.contract("Engagements");
  const known = await contract.engagementOf(engagementId);
  const differs = (["auditee", "scope", "until"] as const).find((field) => known[field] !== terms[field]);
  const logs = (await contract.lineagesOf(engagementId)).join() !== terms.lineages.join();
  const field = differs ?? (fromGiven && known.from !== terms.from ? "from" : logs ? "log" : undefined);
  if (field === undefined) return;
  const sentence = `engagement ${engagementId} has this reference and another --${field}; take another --ref`;
  throw new SteleError("refused", sentence);
}
