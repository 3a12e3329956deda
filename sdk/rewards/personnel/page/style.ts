import { toBase64, utf8 } from "../../../common/bytes.js";
import { sha256 } from "../../../common/sha256.js";
import { Markup } from "./markup.js";

/** The page's one style sheet: readable on a telephone, and on paper. */
const style = `
:root { color-scheme: light dark; --line: #8886; --ground: #8882; --soft: #595959; --good: #1a7f37; --bad: #b42318; --wait: #8a5a00; }
@media screen and (prefers-color-scheme: dark) { :root { --soft: #b0b0b0; --good: #4ac26b; --bad: #ff8a80; --wait: #e3b341; } }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 0; }
.card { border: 1px solid var(--line); border-inline-start-width: .4rem; border-radius: .4rem; padding: .8rem; margin: .8rem 0; }
.card:target { outline: .2rem solid; }
.card.good { border-inline-start-color: var(--good); }
.card.bad { border-inline-start-color: var(--bad); }
.card.wait { border-inline-start-color: var(--wait); }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; font-weight: 600; }
.good .badge.state { color: var(--good); } .bad .badge.state { color: var(--bad); } .wait .badge.state { color: var(--wait); }
.badge.disputed { color: var(--bad); }
dl { display: grid; grid-template-columns: minmax(6rem, 12rem) 1fr; gap: .15rem .8rem; margin: .6rem 0; }
dt { color: var(--soft); } dd { margin: 0; }
.over dl.content dd { text-decoration: line-through; text-decoration-color: var(--bad); }
.prose { white-space: pre-line; }
code { font: .85rem/1.4 ui-monospace, monospace; }
code.command { display: block; white-space: pre-wrap; background: var(--ground); border-radius: .3rem; padding: .4rem .6rem; margin: .2rem 0 .6rem; user-select: all; }
.soft { color: var(--soft); font-size: .9rem; }
ul { padding-inline-start: 1.2rem; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } dl.soft { grid-template-columns: 5.5rem 1fr; } dl.soft dd { margin: 0; } }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3 { break-after: avoid; } h3 + p, dl, p, li { break-inside: avoid; }
  details::details-content { display: block; content-visibility: visible; }
}
`;

/** The style sheet as it stands in the page: to the byte what the policy below allows. */
export const styleElement = new Markup(`<style>${style}</style>`);

/** The page may use this style and nothing else: no script, no picture from elsewhere, no form, no other page around it. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${toBase64(sha256(utf8(style)))}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
