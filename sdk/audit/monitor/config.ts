import { dirname, resolve } from "node:path";

import { z } from "zod";

import type { Hex } from "../../common/bytes.js";
import { readText } from "../../common/node/files.js";
import { readJson } from "../../common/json.js";
import { hash32, parseWith, wholeNumber } from "../../common/schema.js";

const path = z.string().min(1, "must not be empty");
const url = z.string().refine((text) => /^https?:/.test(text) && URL.canParse(text), "is no http or https URL");

const sourceSchema = z.union(
  [
    z.strictObject({ book: path }).transform(({ book }) => ({ kind: "book", at: book }) as const),
    z.strictObject({ url }).transform((one) => ({ kind: "url", at: one.url }) as const),
    z.strictObject({ mirror: path }).transform(({ mirror }) => ({ kind: "mirror", at: mirror }) as const),
  ],
  { error: 'is none of {"book": FOLDER}, {"url": URL}, {"mirror": FOLDER}' },
);

const logSchema = z.strictObject({
  log: hash32,
  name: z.string().min(1).max(128).optional(),
  holds: z.enum(["events", "records"]).default("events"),
  sources: z.array(sourceSchema).default([]),
  witnesses: z.array(url).default([]),
});

const seconds = wholeNumber.refine((number) => number <= 31_536_000n, "is more than a year of seconds");
const member = wholeNumber.refine((number) => number < 2n ** 32n, "is no member");

const schema = z.strictObject({
  format: z.literal(1, { error: "is not 1, the only format that this version reads" }),
  state: path.default("monitor-state"),
  alerts: path.optional(),
  recipient: z.strictObject({ id: z.string().min(1).max(64), key: path }).optional(),
  patience: seconds.default(600n),
  logs: z.array(logSchema).max(1_000),
  datasets: z
    .strictObject({
      holders: z.array(member).optional(),
      minimum: wholeNumber.default(0n),
      grace: seconds.default(86_400n),
    })
    .prefault({}),
  engagements: z.strictObject({ offices: z.array(member).optional() }).prefault({}),
  acknowledged: z.array(z.string().min(1)).default([]),
});

/** Where a log can be read: a book's folder, a server, a folder of a mirror's copies. */
export interface SourceConfig {
  readonly kind: "book" | "url" | "mirror";
  readonly at: string;
}

/** A log to be watched. */
export interface LogConfig {
  readonly log: Hex;
  /** What messages call it besides its id. */
  readonly name?: string | undefined;
  readonly holds: "events" | "records";
  readonly sources: readonly SourceConfig[];
  readonly witnesses: readonly string[];
}

/** What a monitor watches, and by which rules. README.md explains the file. */
export interface MonitorConfig {
  readonly format: 1;
  readonly state: string;
  readonly alerts?: string | undefined;
  readonly recipient?: { readonly id: string; readonly key: string } | undefined;
  readonly patience: bigint;
  readonly logs: readonly LogConfig[];
  readonly datasets: {
    readonly holders?: readonly bigint[] | undefined;
    readonly minimum: bigint;
    readonly grace: bigint;
  };
  readonly engagements: { readonly offices?: readonly bigint[] | undefined };
  readonly acknowledged: readonly string[];
}

/**
 * Reads a configuration; its paths are meant from its own folder.
 * @param shown what messages call the file
 * @throws SteleError `missing`, or `input` naming the field
 */
export async function readMonitorConfig(file: string, shown = file): Promise<MonitorConfig> {
  const place = { file: shown };
  const config = parseMonitorConfig(readJson(await readText(file, shown), place), place);
  const from = (one: string): string => resolve(dirname(file), one);
  return {
    ...config,
    state: from(config.state),
    ...(config.alerts === undefined ? {} : { alerts: from(config.alerts) }),
    ...(config.recipient === undefined ? {} : { recipient: { ...config.recipient, key: from(config.recipient.key) } }),
    logs: config.logs.map((log) => ({
      ...log,
      sources: log.sources.map((one) => (one.kind === "url" ? one : { ...one, at: from(one.at) })),
    })),
  };
}

/** @throws SteleError `input` naming the field */
export function parseMonitorConfig(value: unknown, place: { readonly file?: string } = {}): MonitorConfig {
  const config = parseWith(schema, value, place) as MonitorConfig;
  const twice = config.logs.findIndex(({ log }, i) => config.logs.findIndex((other) => other.log === log) < i);
  if (twice >= 0) parseWith(z.never({ error: "is named twice" }), config.logs[twice]?.log, { ...place });
  return config;
}
