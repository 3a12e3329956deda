import { toBase64, utf8 } from "../../../common/bytes.js";
import { sha256 } from "../../../common/sha256.js";
import { Markup } from "./markup.js";

/** The page's one style sheet: readable on a telephone, and on paper. */
const style = `
:root { color-scheme: light dark; --line: #8886; --soft: #8882; --good: #1a7f37; --bad: #b42318; --wait: #9a6700; }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 0; }
section.card { border: 1px solid var(--line); border-inline-start-width: .4rem; border-radius: .4rem; padding: .8rem; margin: .8rem 0; }
section.good { border-inline-start-color: var(--good); }
section.bad { border-inline-start-color: var(--bad); }
section.wait { border-inline-start-color: var(--wait); }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; font-weight: 600; }
.good .badge.state { color: var(--good); } .bad .badge.state { color: var(--bad); } .wait .badge.state { color: var(--wait); }
.badge.disputed { color: var(--bad); }
dl { display: grid; grid-template-columns: minmax(6rem, 12rem) 1fr; gap: .15rem .8rem; margin: .6rem 0; }
dt { color: GrayText; } dd { margin: 0; }
.over dl.content { text-decoration: line-through; text-decoration-color: var(--bad); }
.prose { white-space: pre-line; }
code { font: .85rem/1.4 ui-monospace, monospace; }
code.command { display: block; background: var(--soft); border-radius: .3rem; padding: .4rem .6rem; margin: .2rem 0 .6rem; user-select: all; }
.soft { color: GrayText; font-size: .9rem; }
ul { padding-inline-start: 1.2rem; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } section.card { break-inside: avoid; } details > * { display: block; } }
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
