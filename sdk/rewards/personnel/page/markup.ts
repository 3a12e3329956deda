import { formatInstant } from "../../../common/time.js";

/** Text that is markup already. Only {@link html} makes it, so nothing else gets onto a page unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Part = Markup | string | number | bigint | undefined | readonly Part[];

/**
 * Characters that end a text, and such as cannot be seen or turn the reading order: nobody's content may rearrange the
 * page. Line breaks stay, and so do the joiners that some scripts need.
 */
const special = /[&<>"'`=]|(?![\t\n\r\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text for any place in a page: between tags or inside a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(special, (character) => {
    const code = character.codePointAt(0)!;
    // What cannot be seen is shown as its number; the rest is a reference that no parser takes for markup.
    if (/[&<>"'`=]/.test(character)) return `&#${code};`;
    return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

/**
 * Markup from a template: what is put in is escaped, unless it is markup itself.
 * @example html`<p>${anything}</p>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(parts.reduce((page, part, i) => page + (i === 0 ? "" : written(values[i - 1])) + part, ""));
}

/**
 * Something a person wrote: isolated, so that its direction stays its own, with its lines kept, and in no language that
 * we know of, so that nothing reads it out or draws it as English.
 */
export function prose(text: string): Markup {
  return html`<bdi class="prose" lang="">${text}</bdi>`;
}

/** A moment for people and for programs: minutes, rounded down, in a zone that is named. */
export function moment(seconds: bigint): Markup {
  const instant = formatInstant(seconds);
  return html`<time datetime="${instant}">${instant.slice(0, -4).replace("T", " ")} UTC</time>`;
}

/** A line of a list of facts. What somebody wrote is put in as {@link prose}. */
export function row(label: Part, fact: Part): Markup {
  return html`<dt>${label}</dt>
    <dd>${fact}</dd>`;
}

function written(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map((one) => written(one)).join("");
  return escaped(String(part));
}
