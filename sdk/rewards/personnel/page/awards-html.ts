import { html, moment, prose, row, type Markup, type Part } from "./markup.js";
import type { PageAward, PagePoints, PersonPage } from "./page.js";

const words: Readonly<Record<PageAward["standing"], readonly [string, string]>> = {
  none: ["Unknown", "The chain does not know this award."],
  valid: ["Valid", "It counts."],
  revoked: ["Revoked", "Its issuer took it back; it does not count any more."],
  expired: ["Expired", "Its time is over; it does not count any more."],
  unsupported: [
    "Unsupported",
    "The record that it rests on was corrected, withdrawn or has lapsed. It counts again once the issuer adopts the correction.",
  ],
};

/** An award on the page. */
export function awardSection(award: PageAward, page: PersonPage): Markup {
  const [title, sentence] = words[award.standing];
  const look = award.standing === "valid" ? (award.disputed ? "wait" : "good") : "bad";
  return html`<article class="card ${look}">
    <h3>${prose(award.title)}</h3>
    <p>
      <span class="badge state">${title}</span>
      ${award.disputed ? html`<span class="badge disputed">Disputed</span>` : undefined}
      ${sentence}${award.disputed ? " The record that it rests on is under dispute." : undefined}
    </p>
    ${
      (award.content ?? []).length > 0
        ? html`<dl class="content">
            ${(award.content ?? []).map(({ label, text }) => row(prose(label), prose(text)))}
          </dl>`
        : undefined
    }
    <dl class="soft">${factsOf(award).map(([label, fact]) => row(label, fact))}</dl>
    ${award.evidence === undefined ? undefined : evidenceLine(award.evidence, page)}
  </article> `;
}

function factsOf(award: PageAward): readonly (readonly [string, Part])[] {
  const { authority, category, issuer, issuedAt, expires, criteriaUri, campaign, index, token } = award;
  return [
    ["In the name of", prose(authority)],
    ["Category", category],
    ["Granted", html`${moment(issuedAt)}, by member ${issuer}`],
    ["Expires", expires === 0n ? "never" : moment(expires)],
    ["Criteria", prose(criteriaUri)],
    ...(token === undefined ? [] : ([["Token", token.toString()]] as const)),
    ...(campaign === undefined
      ? []
      : ([["Campaign", `${campaign}${index === undefined ? "" : `, place ${index}`}`]] as const)),
  ];
}

function evidenceLine(
  { logId, index }: { readonly logId: string; readonly index: bigint },
  { records }: PersonPage,
): Markup {
  const known = records.some(({ opening, log }) => opening.proof.index === index && log.logId === logId);
  if (!known) return html`<p class="soft">It rests on entry ${index} of log ${logId}.</p>`;
  return html`<p class="soft">
    It rests on <a href="#record-${logId.slice(2, 10)}-${index}">entry ${index}</a>; dispute that record to dispute the
    award.
  </p>`;
}

/** Points, for the person's own eyes: nobody is compared. */
export function pointsSection(points: readonly PagePoints[]): Markup | undefined {
  if (points.length === 0) return undefined;
  const rows = points.map(({ category, member, lifetime, decayed }) =>
    row(`${category}, from member ${member}`, `${lifetime} in all, ${tenths(decayed)} weighed by age`),
  );
  return html`<h2>Points</h2>
    <dl>${rows}</dl>
    <p class="soft">
      Points are recognition only. They are kept under your pseudonym for that member, and nobody is ranked by them.
    </p>`;
}

/** Units of 2^-40 to one decimal, rounded down. */
function tenths(decayed: bigint): string {
  const number = (decayed * 10n) >> 40n;
  return `${number / 10n}.${number % 10n}`;
}
