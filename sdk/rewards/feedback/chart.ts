import type { TopLevelSpec } from "vega-lite";

import { colours, drawSvg, printable } from "../../common/chart.js";
import { quartersText } from "./quartiles.js";
import type { Cell, UnitTable } from "./unit-table.js";

/** What a chart says beside its bars. */
export interface FeedbackChartOptions {
  readonly title?: string | undefined;
  /** Pixels of one criterion's part. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/**
 * A unit table as a chart: a part for each criterion, for each period and unit a bar from the lower to the upper
 * quartile with the median as a dot on it, medians joined by a line. Periods that are withheld stay empty. A
 * standalone SVG with a title and a description; the same table gives the same bytes.
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
  { title, description, width = 320, height = 180 }: FeedbackChartOptions & { readonly description: string },
): TopLevelSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: title ?? "",
    description,
    padding: 16,
    background: "white",
    data: { values: pointsOf(table) },
    facet: {
      field: "criterion",
      type: "nominal",
      title: null,
      sort: table.criteria.criteria.map((one) => printable(one.title)),
    },
    columns: 2,
    spec: { width, height, encoding: shared(table), layer: [...layers(table)] },
  };
}

/** Periods from left to right, units side by side in each, told apart by colour and place. */
function shared({ periods, units }: UnitTable) {
  const domain = units.map(printable);
  const range = units.map((_, i) => colours[i % colours.length]!);
  const unit = { field: "unit", type: "nominal", title: "unit" } as const;
  const x = { field: "period", type: "ordinal", title: "period" } as const;
  return {
    x: { ...x, scale: { domain: [...periods] }, axis: { labelAngle: 0 } },
    xOffset: { ...unit, scale: { domain } },
    color: { ...unit, scale: { domain, range } },
  };
}

/** From quartile to quartile a bar, medians on it and joined. */
function layers({ criteria: { criteria } }: UnitTable) {
  const ends = criteria.flatMap(({ min, max }) => [min, max]);
  const y = (field: keyof Point) => {
    const scale = { domain: [Math.min(...ends), Math.max(...ends)] };
    return { field, type: "quantitative", title: "score", scale } as const;
  };
  return [
    {
      mark: { type: "bar", size: 8, opacity: 0.45, aria: false },
      encoding: { y: y("lower"), y2: { field: "upper" } },
    },
    { mark: { type: "line", strokeWidth: 1, aria: false }, encoding: { y: y("median") } },
    { mark: { type: "point", filled: true, size: 50, opacity: 1, aria: false }, encoding: { y: y("median") } },
  ] as const;
}

/** What the chart shows, in words. */
function describe({ cells, periods, units }: UnitTable): string {
  const shown = cells.filter(({ unit, quartiles }) => unit !== undefined && quartiles !== undefined);
  if (shown.length === 0) return "No figures are shown.";
  const last = shown.findLast(({ period }) => period === periods.at(-1)) ?? shown.at(-1)!;
  const medians = shown
    .filter(({ period }) => period === last.period)
    .map(({ unit, title, quartiles }: Cell) => `${unit!}, ${title}: ${quartersText(quartiles!.median)}`);
  const withheld = new Set(
    cells.filter((cell) => cell.withheld !== undefined).map(({ unit, period }) => `${unit!} ${period}`),
  );
  return (
    `Quartiles of the feedback of ${units.join(", ")} from ${periods[0]!} to ${periods.at(-1)!}. ` +
    `Medians in ${last.period}: ${medians.join("; ")}. ${withheld.size} withheld.`
  );
}
