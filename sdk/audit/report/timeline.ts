import type { TopLevelSpec } from "vega-lite";

import { colours, drawSvg, printable } from "../../common/chart.js";
import { operations } from "../event.js";
import type { EventLine } from "../line.js";
import { countByTime, type Bucket, type Buckets, type BucketUnit } from "./buckets.js";

/** What a chart says beside its bars. */
export interface TimelineOptions {
  /** The question that it answers. */
  readonly title?: string | undefined;
  /** Pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/**
 * An answer as a chart: events over time, stacked by operation, those that failed with a dark outline. A standalone
 * SVG with a title and a description; the same events give the same bytes. The drawing library is loaded here and not
 * before.
 */
export async function eventTimeline(
  lines: AsyncIterable<EventLine> | Iterable<EventLine>,
  options: TimelineOptions = {},
): Promise<string> {
  const counted = await countByTime(lines);
  const title = printable(options.title ?? "Data events");
  const description = describe(counted);
  return drawSvg(chart(counted, { ...options, title, description }), title, description);
}

/** The chart as data. */
function chart(
  { unit, buckets }: Buckets,
  { title, description, width = 900, height = 360 }: TimelineOptions & { readonly description: string },
): TopLevelSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: title ?? "",
    description,
    width,
    height,
    padding: 16,
    background: "white",
    data: { values: stacked(buckets) },
    mark: { type: "rect", aria: false, strokeWidth: 1.5 },
    encoding: { ...axes(unit), ...looks() },
  };
}

/** Each bucket's counts upon each other, operations in their order; those that failed are drawn last, outline on top. */
function stacked(buckets: readonly Bucket[]) {
  let [start, height] = [Number.NaN, 0];
  const bars = buckets.map((bucket) => {
    if (bucket.start !== start) [start, height] = [bucket.start, 0];
    const bottom = height;
    height += bucket.count;
    return { ...bucket, bottom, top: height };
  });
  return [...bars.filter((bar) => bar.outcome === "done"), ...bars.filter((bar) => bar.outcome === "failed")];
}

function axes(unit: BucketUnit) {
  return {
    x: { field: "start", type: "temporal", scale: { type: "utc" }, title: `time (UTC), by ${unit}` },
    x2: { field: "end" },
    y: { field: "bottom", type: "quantitative", title: "events", axis: { tickMinStep: 1 } },
    y2: { field: "top" },
  } as const;
}

/** Operations by colour, outcomes by outline, so that neither needs the other to be seen. */
function looks() {
  const by = (domain: readonly string[], range: readonly string[]) => {
    return { type: "nominal", scale: { domain: [...domain], range: [...range] } } as const;
  };
  const outcomes = ["done", "failed"];
  return {
    color: { field: "operation", ...by(operations, colours) },
    stroke: { field: "outcome", ...by(outcomes, ["white", "black"]), legend: { symbolFillColor: "silver" } },
  } as const;
}

/** What the chart shows, in words. */
function describe({ unit, buckets, events, failed }: Buckets): string {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined) return "No events.";
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  const counts = operations.map((operation) => {
    const count = buckets.filter((one) => one.operation === operation).reduce((sum, one) => sum + one.count, 0);
    return count === 0 ? "" : `${operation} ${count}`;
  });
  const kinds = counts.filter((text) => text !== "").join(", ");
  return `${events} events by ${unit} from ${day(first.start)} to ${day(last.end - 1)} (UTC): ${kinds}; ${failed} failed.`;
}
