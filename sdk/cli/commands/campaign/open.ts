import { emittedIn } from "../../../chain/emitted.js";
import { blockTime } from "../../../chain/moment.js";
import { SteleError } from "../../../common/errors.js";
import { toHex } from "../../../common/bytes.js";
import type { CampaignTerms } from "../../../rewards/campaign/leaf.js";
import { defineCommand } from "../../command.js";
import { positional, text, value } from "../../fields.js";
import { logSource, timeText, wantedCall } from "../../governed.js";
import type { Session } from "../../session.js";
import { requireType, typeNumber } from "../award/type/fields.js";
import { memberNumber, moment } from "../member/fields.js";

export const campaignOpen = defineCommand({
  name: "campaign open",
  summary: "Open a campaign: one root grants all awards of a folder",
  description:
    "The folder holds the awards' leaves, as `award import` makes it. All of them count from then on, each for whoever " +
    "can show it. The same folder again, under the same type, finds the campaign open and sends nothing.\n\n" +
    "Example: stele campaign open campaigns/first-aid --type 3 --account 4",
  reach: "writes",
  fields: {
    folder: positional(text, "FOLDER", "the campaign's folder"),
    type: value(typeNumber, "TYPE", "number of the award type"),
    expires: value(
      moment.optional(),
      "TIME",
      "first second in which they do not count any more (default: by the type)",
    ),
    issuer: value(memberNumber.optional(), "MEMBER", "your member's number (default: the sending account's)"),
  },
  async run({ folder, type, expires, issuer }, context) {
    const { openCampaign } = await import("../../../rewards/campaign/campaign.js");
    const { campaignId } = await import("../../../rewards/campaign/leaf.js");
    const { findCampaigns } = await import("../../../rewards/campaign/chain.js");
    const campaign = await openCampaign(context.path(folder));
    const [root, size] = [toHex(campaign.root), campaign.size];
    await campaign.close();
    const session = await context.session();
    const member = issuer === undefined ? await issuerOf(session) : BigInt(issuer);
    const { suiteId } = session.manifest;
    const source = logSource(session, context);
    const [known] = await findCampaigns(session.suite, { root, size }, source, { typeId: type, issuer: member });
    if (known !== undefined) {
      requireSameExpiry(known, expires);
      const id = campaignId(suiteId, known);
      return context.print({ campaignId: id, terms: known, submitted: null }, () =>
        [`The campaign is open already. Nothing was sent.`, ...lines(id, known)].join("\n"),
      );
    }
    // The expiry is said, so that what is sent again is the same campaign.
    const terms = { root, size, typeId: type, issuer: member, expires: expires ?? (await expiryBy(session, type)) };
    const id = campaignId(suiteId, terms);
    const call = wantedCall(session, {
      contract: "Campaigns",
      method: "open",
      values: [root, size, terms.expires, type],
      label: `open a campaign of ${size} awards`,
    });
    const submitted = await session.submit(call, `campaign ${root} ${size} ${type} ${member}`);
    const opened = submitted.kind === "sent" ? await openedIn(session, submitted.hash, terms) : terms;
    const openedId = opened === terms ? id : campaignId(suiteId, opened);
    context.print({ campaignId: openedId, terms: opened, submitted }, () =>
      [session.describe(submitted, `The campaign is open.`), ...lines(openedId, opened)].join("\n"),
    );
  },
});

function lines(id: string, { size, typeId, expires }: CampaignTerms): string[] {
  return [`campaign  ${id}`, `awards    ${size} of type ${typeId}`, `expires   ${timeText(expires)}`];
}

async function issuerOf(session: Session): Promise<bigint> {
  const account = await (await session.signer()).getAddress();
  const { member } = await session.suite.contract("Members").accountInfo(account);
  if (member === 0n) throw new SteleError("refused", `account ${account} belongs to no member`);
  return member;
}

/** The latest expiry that the type allows by the chain's clock. */
async function expiryBy(session: Session, type: bigint): Promise<bigint> {
  const { validity } = await requireType(session, type);
  return validity === 0n ? 0n : (await blockTime(session.connection.provider)) + validity;
}

function requireSameExpiry(known: CampaignTerms, expires: bigint | undefined): void {
  if (expires === undefined || expires === known.expires) return;
  const sentence = `these awards are granted under this type already, until ${timeText(known.expires)}`;
  throw new SteleError("refused", sentence);
}

/** What a former run may have sent in this one's place. */
async function openedIn(session: Session, hash: string, terms: CampaignTerms): Promise<CampaignTerms> {
  const opened = await emittedIn(session.suite, "Campaigns", "CampaignOpened", hash);
  const expires = opened?.["expires"] as bigint | undefined;
  return expires === undefined || expires === terms.expires ? terms : { ...terms, expires };
}
