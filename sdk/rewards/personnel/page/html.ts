import { toHex } from "../../../common/bytes.js";
import { awardSection, pointsSection } from "./awards-html.js";
import { adverseKinds } from "../kinds.js";
import { retentionClasses } from "../policy.js";
import { actsByAddress, actsOf, showCommand } from "./commands.js";
import { contentLines } from "./lines.js";
import { html, Markup, moment, prose, row, type Part } from "./markup.js";
import type { PageRecord, PersonPage } from "./page.js";
import { daysText, type Deadline } from "./situation.js";
import { contentSecurityPolicy, styleElement } from "./style.js";

/**
 * A person's page: one file of HTML without script, which loads nothing and says all there is about the person.
 * Whatever anybody wrote into a record or award stands in it as text.
 */
export function renderPage(page: PersonPage): string {
  const records = [...page.records].sort((a, b) => Number(b.opened.header.time - a.opened.header.time));
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(contentSecurityPolicy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <title>Records and awards</title>
        ${styleElement}
      </head>
      <body>
        <main>
          ${heading(page)} ${todo(page)}
          <h2>Records</h2>
          ${records.length === 0 ? html`<p>There are none.</p>` : records.map((record) => recordSection(record, page))}
          ${page.erasures.map(
            ({ index, time, reason }) =>
              html`<article class="card over">
                <h3>Entry ${index}</h3>
                <p>
                  <span class="badge state">Erased</span> Its content was erased at ${prose(time)}: ${prose(reason)}.
                  Nobody can read it any more. The entry is still in the log, and proves nothing but its place.
                </p>
              </article> `,
          )}
          <h2>Awards</h2>
          ${page.awards.length === 0 ? html`<p>There are none.</p>` : page.awards.map((award) => awardSection(award, page))}
          ${pointsSection(page.points)} ${explanation(page)}
        </main>
      </body>
    </html> `;
  return document.text;
}

function heading(page: PersonPage): Markup {
  const rows: readonly (readonly [string, Part])[] = [
    ["Staff number", page.staffNumber && prose(page.staffNumber)],
    ["Name", page.name && prose(page.name)],
    ["Unit", page.unit && prose(page.unit)],
    ["Pseudonym", page.subject],
    ["Account", page.held ? `${page.account}, its key kept by the department` : page.account],
    ["As of", moment(page.madeAt)],
    ["Chain", page.chainId.toString()],
  ];
  const known = rows.filter(([, fact]) => fact !== undefined);
  return html`<h1>Records and awards</h1>
    <p class="soft">
      For the person whom they are about. Whoever has this page and its file can read and show all of it.
    </p>
    <dl>${known.map(([label, fact]) => row(label, fact))}</dl>`;
}

/** What is due, the most pressing first. */
function todo({ records, logs, madeAt }: PersonPage): Markup {
  const due = records
    .flatMap((record) => (record.situation?.deadlines ?? []).map((deadline) => ({ record, deadline })))
    .sort((a, b) => Number(a.deadline.left - b.deadline.left));
  const disputed = records.filter(({ situation }) => situation?.disputed === true).length;
  const waiting = records.filter(({ situation }) => situation?.steps.includes("acknowledge") === true);
  return html`<h2>Open now</h2>
    <p>
      ${disputed === 0 ? "No record is" : disputed === 1 ? "1 record is" : `${disputed} records are`} under dispute.
    </p>
    ${waiting.length === 0 ? undefined : html`<p>You have not said yet that you know of ${waiting.map((record, i) => html`${i === 0 ? "" : ", "}${linkTo(record)}`)}.</p>`}
    ${
      due.length === 0
        ? html`<p>Nothing is due.</p>`
        : html`<ul>
            ${due.map(({ record, deadline }) => html`<li>${linkTo(record)}: ${deadlineText(deadline, madeAt)}</li>`)}
          </ul>`
    }
    ${logs.flatMap(({ name, faults }) =>
      faults.map(
        (fault) =>
          html`<p>
            <span class="badge disputed">Policy</span> The log ${prose(name)} protects you less than it has to:
            ${fault}.
          </p>`,
      ),
    )}`;
}

function recordSection(record: PageRecord, page: PersonPage): Markup {
  const { opened, opening, situation } = record;
  return html`<article class="card ${lookOf(situation)}" id="${anchorOf(record)}">
    <h3>${titleOf(opened)}, entry ${opening.proof.index}</h3>
    <p>
      <span class="badge state">${situation?.title ?? "Not on chain yet"}</span>
      ${situation?.disputed === true ? html`<span class="badge disputed">Disputed</span>` : undefined}
      ${situation?.sentence ?? "The office has not anchored it yet; it does not count, and nothing is due."}
    </p>
    <dl class="content">${contentLines(opened.payload).map(({ label, text }) => row(prose(label), prose(text)))}</dl>
    <dl class="soft">${factsOf(record, page).map(([label, fact]) => row(label, fact))}</dl>
    ${(situation?.deadlines ?? []).map((deadline) => html`<p>${deadlineText(deadline, page.madeAt)}</p>`)}
    ${actsOf(record, page).map(({ what, command }) => html`<p>${what}:<code class="command">${command}</code></p>`)}
    ${situation !== undefined && situation.steps.length > 0 && !actsByAddress(record) ? openly(page) : undefined}
    <details>
      <summary>Show a part of it to somebody</summary>
      <code class="command">${showCommand(record, page)}</code>
    </details>
  </article> `;
}

function lookOf(situation: PageRecord["situation"]): string {
  if (situation?.over !== undefined) return "bad over";
  return situation?.counts === true && !situation.disputed ? "good" : "wait";
}

/** Whether a record speaks against the person is said where its kind leaves that open: some kinds expire in any case. */
function titleOf({ kind, header }: PageRecord["opened"]): string {
  if (kind === undefined) return "Record";
  const adverse = adverseKinds[kind] === "may" && header.retentionClass === retentionClasses.adverse;
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}${adverse ? " (adverse)" : ""}`;
}

function factsOf({ opened, opening, log, desk }: PageRecord, { madeAt }: PersonPage): [string, Part][] {
  const { time, source } = opened.header;
  return [
    ["Time", moment(time)],
    ["Log", html`${prose(log.name)}${log.frozen ? " (frozen)" : ""}, kept by member ${log.owner}`],
    ["Source", prose(opening.source ?? toHex(source))],
    ...(desk === undefined ? [] : ([["Expires", expiryText(desk.expires, madeAt)]] satisfies [string, Part][])),
  ];
}

function openly({ held }: PersonPage): Markup {
  return html`<p class="soft">
    This record has no one-time address: acting on it shows everybody whose record it is.
    ${held ? "The department keeps the key of your account: claim it first (stele person claim)." : undefined}
  </p>`;
}

/** By kind and number, as the heading that it leads to. */
function linkTo(record: PageRecord): Markup {
  return html`<a href="#${anchorOf(record)}">${titleOf(record.opened)}, entry ${record.opening.proof.index}</a>`;
}

function anchorOf({ log, opening }: PageRecord): string {
  return `record-${log.logId.slice(2, 10)}-${opening.proof.index}`;
}

const speakers = { you: "You have", office: "The office has", arbiter: "The arbiter has" } as const;

/** Days as of when the page was made, and the moment, which is as true on paper. */
function deadlineText({ who, what, otherwise, left }: Deadline, now: bigint): Markup {
  if (left < 0n) return html`The time to ${what} is over: ${otherwise}.`;
  return html`${speakers[who]} ${daysText(left)} left to ${what}, until ${moment(now + left)}; after that ${otherwise}.`;
}

function expiryText(expires: bigint, now: bigint): Part {
  if (expires === 0n) return "never";
  return now >= expires ? html`since ${moment(expires)}` : html`${moment(expires)}, in ${daysText(expires - now)}`;
}

function explanation({ file }: PersonPage): Markup {
  return html`<h2>How to use this</h2>
    <ul>
      <li>
        The file <code>${file}</code> holds the openings and proofs of all this. Keep it, and the keys, to yourself.
      </li>
      <li>
        In the commands, <code>keys.json</code> is the file of your own keys, <code>account.key</code> that of your
        account, and <code>sender.key</code> that of any other account: somebody you trust, or your representative.
        Under a one-time address nobody learns who disputes, as long as your own account does not send it.
      </li>
      <li>
        CODE is a published reason code, HASH the hash of a document that you keep. Neither says anything about a
        person.
      </li>
      <li>Periods are counted without declared outages of the chain: an outage moves an end later, never earlier.</li>
      <li>
        If the office does not give you the opening of a record about you, you can complain:
        <code class="command">stele record complain LOGID INDEX --reason opening-withheld --key account.key</code>
      </li>
      <li>If the log has grown since, add <code>--copy</code> with any copy of it, for instance that of a mirror.</li>
      <li>Somebody to whom you show a record checks it with <code>stele proof verify</code>.</li>
    </ul>`;
}
