import { createHash } from "node:crypto";

import { expect } from "chai";
import fc from "fast-check";

import type { JsonObject } from "../../../../sdk/records/canonical.js";
import { appendPersonnel, type PersonnelEntry } from "../../../../sdk/rewards/personnel/append.js";
import { openingOf } from "../../../../sdk/rewards/personnel/deliver.js";
import { checkedOpening } from "../../../../sdk/rewards/personnel/opening.js";
import { quoted } from "../../../../sdk/rewards/personnel/page/commands.js";
import { renderPage } from "../../../../sdk/rewards/personnel/page/html.js";
import { contentLines } from "../../../../sdk/rewards/personnel/page/lines.js";
import { escaped, html, prose } from "../../../../sdk/rewards/personnel/page/markup.js";
import type { PageAward, PageRecord, PersonPage } from "../../../../sdk/rewards/personnel/page/page.js";
import { situationOf, type DeskReading } from "../../../../sdk/rewards/personnel/page/situation.js";
import { policyFaults } from "../../../../sdk/rewards/personnel/policy.js";
import { bookConfig, withBook } from "../../../support/books.js";
import { temporaryFolders } from "../../../support/folders.js";
import { criteria, march, oneOfEach, subjectOf } from "../../../support/personnel.js";

const subject = subjectOf("17");

/** Texts that would leave their place if anything let them. */
const hostile = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</style></title></textarea><svg onload=alert(1)>",
  "<!-- --> ]]> &lt;b&gt; &#60;",
  "javascript:alert(1)",
  "\u202emoc.live\u202c and \u0000 and \u200b",
  "`${alert(1)}` '=' $(id) ; rm -rf ~",
];

const reading: DeskReading = {
  state: "noticed",
  noticed: true,
  valid: true,
  disputed: false,
  anchoredBy: march,
  expires: 0n,
  elapsed: 0n,
  disputable: 86_400n,
  addressRounds: 0n,
  openingRounds: 0n,
  opened: false,
  openComplaints: 0n,
  correctedBy: 0n,
  policy: {
    noticeNeeded: true,
    disputePeriod: 1_728_000n,
    answerPeriod: 1n,
    appealPeriod: 1n,
    rulingPeriod: 1n,
    clockSkew: 0n,
  },
};

const staff = { logId: bookConfig.logId, owner: 1n, frozen: false, faults: [], name: "staff" };

const award: PageAward = {
  title: "Service medal",
  authority: "Department 1",
  category: "service",
  criteriaUri: "https://example.org/criteria",
  issuer: 1n,
  issuedAt: march,
  expires: 0n,
  standing: "valid",
  disputed: false,
  token: 4_294_967_296n,
};

/** Contrast of two colours (WCAG 2.2). */
function contrast(one: string, other: string): number {
  const [low, high] = [one, other].map(luminance).sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const parts = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16) / 255);
  const [r, g, b] = parts.map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

describe("a person's page", () => {
  const folders = temporaryFolders();

  async function recordsOf(entries: readonly PersonnelEntry[], desk: Partial<DeskReading> = {}): Promise<PageRecord[]> {
    return withBook(folders(), async (book) => {
      const places = await appendPersonnel(book, entries);
      await book.publish();
      const openings = await Promise.all(places.map(({ index }) => openingOf(book, index)));
      const now = { ...reading, ...desk };
      return openings.map((opening) => ({
        opening,
        opened: checkedOpening(opening),
        log: staff,
        desk: now,
        situation: situationOf(now, march + 1n, false),
      }));
    });
  }

  function pageOf(records: readonly PageRecord[], more: Partial<PersonPage> = {}): PersonPage {
    return {
      subject,
      account: `0x${"12".repeat(20)}`,
      held: false,
      madeAt: march + 1n,
      chainId: 31_337n,
      network: "local",
      file: "mine.json",
      logs: [staff],
      records,
      erasures: [],
      awards: [],
      points: [],
      ...more,
    };
  }

  it("says of each record what it says, how it stands and what can be done, with the command", async () => {
    const page = renderPage(pageOf(await recordsOf(oneOfEach(subject))));
    for (const text of ["First aid", "Shift lead", "Flood relief", "4 of 5", "Not convincing in the second half."]) {
      expect(page).to.contain(text);
    }
    expect(page).to.contain("stele record dispute mine.json 0 --reason CODE --key account.key");
    expect(page).to.contain("You have 19 days left to dispute it");
    expect(page).to.contain("stele record show mine.json 0 --field /course --out shown.json");
    // In its heading, and where it stands among what is due.
    expect(page.match(/\(adverse\), entry 3/g)).to.have.length(2);
    expect(page.match(/\(adverse\)/g)).to.have.length(2);
  });

  it("PR5: says in its badge and at its top that a record is under dispute", async () => {
    const [record] = await recordsOf(oneOfEach(subject).slice(0, 1), { state: "disputed", disputed: true });
    const page = renderPage(pageOf([record!]));
    expect(page).to.contain('<span class="badge disputed">Disputed</span>');
    expect(page).to.contain("1 record is under dispute.");
  });

  it("says in UTC until when each period runs, and what is not acknowledged yet", async () => {
    const entry = oneOfEach(subject).slice(0, 1);
    const noticed = renderPage(pageOf(await recordsOf(entry)));
    const until = '<time datetime="2026-03-20T08:00:01Z">2026-03-20 08:00 UTC</time>';
    expect(noticed.split(`You have 19 days left to dispute it, until ${until}; after that`)).to.have.length(3);
    expect(noticed).not.to.contain("You have not said yet");
    const unread = renderPage(pageOf(await recordsOf(entry, { state: "recorded", noticed: false })));
    expect(unread).to.match(
      /You have not said yet that you know of\s+<a href="#record-22222222-0">Training, entry 0<\/a>/,
    );
  });

  it("has one main part, and leaves the language of what others wrote open", async () => {
    const page = renderPage(pageOf(await recordsOf(oneOfEach(subject)), { name: "张三", awards: [award] }));
    expect(page.match(/<main>/g)).to.have.length(1);
    expect(page).to.contain('<bdi class="prose" lang="">张三</bdi>').and.contain('<html lang="en">');
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const [, to] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).to.include(to);
  });

  it("is legible in light, dark and print: each colour of text has a contrast of at least 4.5 (WCAG 2.2 AA)", () => {
    const page = renderPage(pageOf([]));
    const coloursIn = (text: string) =>
      [...text.matchAll(/--(?:soft|good|bad|wait): (#[0-9a-f]{6})/g)].map(([, one]) => one!);
    const [light, dark] = page.split("prefers-color-scheme: dark").map(coloursIn);
    expect([light!.length, dark!.length]).to.deep.equal([4, 4]);
    for (const one of light!) expect(contrast(one, "#ffffff"), one).to.be.at.least(4.5);
    for (const one of dark!) expect(contrast(one, "#1c1c1e"), one).to.be.at.least(4.5);
    expect(page).not.to.contain("GrayText");
  });

  it("strikes out what a corrected or withdrawn record said, and says why it does not count", async () => {
    for (const state of ["corrected", "withdrawn", "lapsed"] as const) {
      const page = renderPage(pageOf(await recordsOf(oneOfEach(subject).slice(0, 1), { state, correctedBy: 9n })));
      expect(page).to.contain('class="card bad over"').and.contain("does not count any more");
      expect(page).not.to.contain("stele record dispute mine.json 0");
    }
  });

  it("says how awards and points stand, and leads from an award to its record", async () => {
    const records = await recordsOf(oneOfEach(subject).slice(0, 1));
    const evidence = { logId: bookConfig.logId, index: 0n };
    const awards: PageAward[] = [
      { ...award, evidence, disputed: true },
      { ...award, standing: "unsupported", evidence: { logId: bookConfig.logId, index: 5n } },
      { ...award, standing: "revoked", token: undefined, campaign: `0x${"ca".repeat(32)}`, index: 3n },
      { ...award, standing: "expired", expires: march },
    ];
    const points = [{ category: "service", member: 1n, lifetime: 12n, decayed: (25n << 40n) / 10n }] as const;
    const page = renderPage(pageOf(records, { awards, points }));
    for (const word of ["Valid", "Unsupported", "Revoked", "Expired"]) expect(page).to.contain(`>${word}</span>`);
    expect(page).to.contain('<a href="#record-22222222-0">entry 0</a>').and.contain('id="record-22222222-0"');
    expect(page).to.contain("It rests on entry 5").and.contain("place 3");
    expect(page).to.contain("12 in all, 2.5 weighed by age");
  });

  it("tells what was erased, what is not on chain yet, and who keeps the account", async () => {
    const [record] = await recordsOf(oneOfEach(subject).slice(0, 1));
    const later = { ...record!, desk: undefined, situation: undefined };
    const erasures = [
      { index: 4n, leafHash: "0x00" as const, time: "2026-03-02T08:00:00Z", reason: "end of retention" },
    ];
    const page = renderPage(pageOf([later], { erasures, held: true, name: "张三", staffNumber: "007", unit: "7" }));
    expect(page).to.contain("Entry 4").and.contain("end of retention").and.contain("Erased");
    expect(page).to.contain("Not on chain yet");
    const lax = { ...staff, faults: policyFaults({ noticeNeeded: false, disputePeriod: 0n, retention: [0n, 1n] }) };
    expect(renderPage(pageOf([], { logs: [lax] }))).to.contain("a record counts before the person was told of it");
    expect(page).to.contain("its key kept by the department").and.contain("张三");
  });

  it("PR6: has one style that its policy allows to the byte, no script, and nothing to load", async () => {
    const page = renderPage(pageOf(await recordsOf(oneOfEach(subject))));
    const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1] ?? "";
    const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((match) => match[1]!);
    expect(styles).to.have.length(1);
    const digest = createHash("sha256").update(styles[0]!).digest("base64");
    expect(policy).to.equal(`default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`);
    expect(page).not.to.match(/<script|<img|<link|<iframe|<form|\ssrc=|\son\w+=|\sstyle=|url\(|@import/i);
    expect([...page.matchAll(/href="([^"]*)"/g)].every(([, to]) => to!.startsWith("#"))).to.equal(true);
    expect(page.indexOf("Content-Security-Policy")).to.be.lessThan(page.indexOf("<style>"));
  });

  it("PR6: lets nothing that anybody wrote out of its place", async () => {
    const entries = hostile.map((text): PersonnelEntry => ({
      kind: "performance",
      subject,
      time: march,
      payload: {
        from: "2026-01-01",
        until: "2026-01-31",
        criteria,
        assessor: text,
        scores: [{ criterion: text, score: 1, of: 5, comment: text }],
        conclusion: text,
      },
    }));
    const records = await recordsOf(entries);
    const clean = renderPage(pageOf(await recordsOf(oneOfEach(subject).slice(3, 4))));
    for (const [i, text] of hostile.entries()) {
      const content = [{ label: text, text }];
      const page = renderPage(
        pageOf([records[i]!], {
          name: text,
          unit: text,
          staffNumber: text,
          file: text,
          network: text,
          awards: [{ ...award, title: text, authority: text, criteriaUri: text, content }],
          erasures: [{ index: 1n, leafHash: "0x00", time: text, reason: text }],
        }),
      );
      expect(page).not.to.match(/<script|<img|<svg|\son\w+=|\p{Cf}|(?!\n)\p{Cc}/iu);
      // The same elements as on a harmless page, apart from what the parts that were added bring along.
      const known = new Set([...clean.matchAll(/<\/?([a-z0-9]+)/g)].map((match) => match[1]));
      const tags = [...page.matchAll(/<\/?([a-z0-9]+)/gi)].map((match) => match[1]);
      expect(tags.filter((tag) => !known.has(tag))).to.deep.equal([]);
      expect(page).to.contain(escaped(text));
    }
  });

  it("PR6: escapes any text so that no quote, tag, reference or control is left", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        const safe = escaped(text);
        expect(safe).not.to.match(/[<>"'`=]|(?![\t\n\r\u200c\u200d])[\p{Cc}\p{Cf}]/u);
        expect(safe.replace(/&#\d+;/g, "")).not.to.contain("&");
        expect(html`<p title="${text}">${prose(text)}</p>`.text.match(/<[^>]*>/g)).to.have.length(4);
      }),
      { numRuns: 500 },
    );
  });

  it("quotes what goes into a command, so that a shell runs nothing else", () => {
    expect(quoted("mine.json")).to.equal("mine.json");
    expect(quoted("a b; $(id)")).to.equal("'a b; $(id)'");
    expect(quoted("it's")).to.equal("'it'\\''s'");
  });

  it("lays out any content, with the pointer of each line", () => {
    const payload: JsonObject = { fromDay: "x", "a/b": { "~": [1, null] }, none: [], yes: true, scores: [] };
    expect(contentLines(payload)).to.deep.equal([
      { label: "From day", text: "x", pointer: "/fromDay" },
      { label: "a/b, ~, 1", text: "1", pointer: "/a~1b/~0/0" },
      { label: "a/b, ~, 2", text: "none", pointer: "/a~1b/~0/1" },
      { label: "None", text: "none", pointer: "/none" },
      { label: "Yes", text: "yes", pointer: "/yes" },
      { label: "Scores", text: "none", pointer: "/scores" },
    ]);
  });
});
