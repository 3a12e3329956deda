import type { TopLevelSpec } from "vega-lite";

import { colours, drawSvg, linesOf, printable } from "../../common/chart.js";
import { quartersText } from "./quartiles.js";
import type { Cell, UnitTable } from "./unit-table.js";

/** Marks beside the colours, so that units can be told apart without them. */
const shapes = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-right",
  "triangle-left",
];

/** Pixels: of one bar with its room, of the name of a period, and of a line of text at most. */
const [barWidth, periodWidth, textWidth] = [10, 56, 600];

/** What a chart says beside its bars. */
export interface FeedbackChartOptions {
  readonly title?: string | undefined;
  /** Pixels of one criterion's part; as wide as its bars and periods need, if not told. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/**
 * A unit table as a chart: a part for each criterion, for each period and unit a bar from the lower to the upper
 * quartile with the median as a mark on it, medians joined by a line. Periods that are withheld stay empty, and a line
 * under the title says so. A standalone SVG with a title and a description; the same table gives the same bytes.
 */
export async function feedbackChart(table: UnitTable, options: FeedbackChartOptions = {}): Promise<string> {
  const title = printable(options.title ?? table.criteria.title);
  const description = printable(describe(table));
  return drawSvg(chart(table, { ...options, title, description }), title, description);
}

interface Point {
  readonly criterion: string;
  readonly unit: string;
  readonly period: string;
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/** Cells of single units; a total beside its parts would be drawn twice. */
function pointsOf({ cells }: UnitTable): Point[] {
  return cells.flatMap(({ unit, period, title, quartiles }) => {
    if (quartiles === undefined || unit === undefined) return [];
    const [lower, median, upper] = [quartiles.lower, quartiles.median, quartiles.upper].map((one) => Number(one) / 4);
    return [
      { criterion: printable(title), unit: printable(unit), period, lower: lower!, median: median!, upper: upper! },
    ];
  });
}

function chart(
  table: UnitTable,
  {
    title = "",
    description,
    width = widthOf(table),
    height = 180,
  }: FeedbackChartOptions & { readonly description: string },
): TopLevelSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: {
      text: linesOf(title, textWidth, 13),
      subtitle: notesOf(table).flatMap((note) => linesOf(printable(note), textWidth, 11)),
      anchor: "start",
      offset: 12,
    },
    description,
    padding: 16,
    background: "white",
    config: { lineBreak: "\n" },
    data: { values: pointsOf(table).map((point) => ({ ...point, criterion: heading(point.criterion, width) })) },
    facet: {
      field: "criterion",
      type: "nominal",
      title: null,
      sort: table.criteria.criteria.map((one) => heading(printable(one.title), width)),
    },
    columns: 2,
    spec: { width, height, encoding: shared(table), layer: [...layers(table)] },
  };
}

/** Room for the name of each period and for a bar of each unit in it. */
function widthOf({ periods, units }: UnitTable): number {
  return Math.max(320, periods.length * Math.max(periodWidth, units.length * barWidth));
}

/** A title in lines no wider than its part of the chart, as generously as vega measures them: longer ones part the parts. */
function heading(title: string, width: number): string {
  return linesOf(title, width, 14).join("\n");
}

/** What has to be known to read the chart, for those who see it. */
function notesOf(table: UnitTable): string[] {
  const withheld = [...withheldOf(table)];
  const more = withheld.length > 4 ? `, and ${withheld.length - 4} more` : "";
  const left = `Withheld, for the few people behind them: ${withheld.slice(0, 4).join(", ")}${more}.`;
  const shown = table.cells.some(({ unit, quartiles }) => unit !== undefined && quartiles !== undefined);
  return [
    shown ? "Bars from the lower to the upper quartile, marks on the medians." : "No figures are shown.",
    ...(withheld.length > 0 ? [left] : []),
  ];
}

/** Units and periods of which no figures are shown. */
function withheldOf({ cells }: UnitTable): ReadonlySet<string> {
  const some = cells.filter(({ unit, withheld }) => unit !== undefined && withheld !== undefined);
  return new Set(some.map(({ unit, period }) => `${unit!} ${period}`));
}

/** Periods from left to right, units side by side in each, told apart by colour, shape and place. */
function shared({ periods, units }: UnitTable) {
  const domain = units.map(printable);
  const range = units.map((_, i) => colours[i % colours.length]!);
  const unit = { field: "unit", type: "nominal", title: "unit" } as const;
  const x = { field: "period", type: "ordinal", title: "period" } as const;
  return {
    x: { ...x, scale: { domain: [...periods] }, axis: { labelAngle: 0 } },
    xOffset: { ...unit, scale: { domain } },
    color: { ...unit, scale: { domain, range }, legend: { labelLimit: 260, symbolOpacity: 1 } },
  };
}

/** From quartile to quartile a bar, medians on it and joined. */
function layers({ units, criteria: { criteria } }: UnitTable) {
  const range = units.map((_, i) => shapes[i % shapes.length]!);
  const shape = {
    field: "unit",
    type: "nominal",
    title: "unit",
    scale: { domain: units.map(printable), range },
  } as const;
  const ends = criteria.flatMap(({ min, max }) => [min, max]);
  const y = (field: keyof Point) => {
    const scale = { domain: [Math.min(...ends), Math.max(...ends)] };
    return { field, type: "quantitative", title: "score", scale } as const;
  };
  return [
    {
      mark: { type: "bar", size: 8, fillOpacity: 0.45, stroke: "#333", strokeWidth: 0.5, aria: false },
      encoding: { y: y("lower"), y2: { field: "upper" } },
    },
    { mark: { type: "line", strokeWidth: 1, aria: false }, encoding: { y: y("median") } },
    {
      mark: { type: "point", filled: true, size: 50, opacity: 1, stroke: "#333", strokeWidth: 0.7, aria: false },
      encoding: { y: y("median"), shape },
    },
  ] as const;
}

/** What the chart shows, in words. */
function describe(table: UnitTable): string {
  const { cells, periods, units } = table;
  const shown = cells.filter(({ unit, quartiles }) => unit !== undefined && quartiles !== undefined);
  if (shown.length === 0) return "No figures are shown.";
  const last = shown.findLast(({ period }) => period === periods.at(-1)) ?? shown.at(-1)!;
  const medians = shown
    .filter(({ period }) => period === last.period)
    .map(({ unit, title, quartiles }: Cell) => `${unit!}, ${title}: ${quartersText(quartiles!.median)}`);
  return (
    `Quartiles of the feedback of ${units.join(", ")} from ${periods[0]!} to ${periods.at(-1)!}. ` +
    `Medians in ${last.period}: ${medians.join("; ")}. ${withheldOf(table).size} withheld.`
  );
}
