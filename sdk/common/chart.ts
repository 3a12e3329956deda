import type { TopLevelSpec } from "vega-lite";

/** Okabe and Ito's colours, which people with any colour vision tell apart. */
export const colours: readonly string[] = ["#0072B2", "#56B4E9", "#009E73", "#F0E442", "#CC79A7", "#D55E00", "#E69F00"];

/**
 * Draws a chart as a standalone SVG with a title and a description for screen readers; the same chart gives the same
 * bytes. The drawing library is loaded here and not before.
 * @param title without characters that XML cannot hold: see {@link printable}
 */
export async function drawSvg(chart: TopLevelSpec, title: string, description: string): Promise<string> {
  const [{ View, parse }, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new View(parse(compile(chart).spec), { renderer: "none" });
  try {
    return named(await view.toSVG(), title, description);
  } finally {
    view.finalize();
  }
}

/** Puts the title and description where screen readers look for them. */
function named(svg: string, title: string, description: string): string {
  const head = /^<svg\b[^>]*>/.exec(svg)?.[0] ?? "";
  const labelled = head.replace(/>$/, ' role="img" aria-labelledby="title desc">');
  return `${labelled}<title id="title">${escape(title)}</title><desc id="desc">${escape(description)}</desc>${svg.slice(head.length)}`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * A text in at most three lines of about so many pixels, cut off with an ellipsis: charts set a text in one line, however
 * long. Characters of East Asian scripts take twice the room of others.
 */
export function linesOf(text: string, pixels: number, fontSize: number): string[] {
  const most = Math.floor(pixels / (fontSize * 0.55));
  const words = [...new Intl.Segmenter("zh", { granularity: "word" }).segment(text)].map(({ segment }) => segment);
  const lines = [""];
  for (const part of words.flatMap((word) => (cells(word) > most ? [...word] : [word]))) {
    if (cells(lines.at(-1)! + part) <= most) lines.push(lines.pop()! + part);
    else if (part.trim() !== "") lines.push(part);
  }
  return lines.length > 3 ? [...lines.slice(0, 2), `${lines[2]!}…`] : lines;
}

function cells(text: string): number {
  return [...text].reduce((sum, one) => sum + (one.codePointAt(0)! < 0x1100 ? 1 : 2), 0);
}

/** Without the characters that XML cannot hold. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- XML 1.0 has no way to write them
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}
