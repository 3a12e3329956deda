import limits from "./limits.json" with { type: "json" };

/** One measured figure beside what it is held against. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** From limits.json, by name; null where the design sets none. */
  readonly target: number | null;
  /** What no construction could beat, measured in the same run (the hashing alone, say). */
  readonly floor: number | null;
  /** The same work by somebody else's tool, measured in the same run. */
  readonly peer: number | null;
  readonly peerName: string | null;
  readonly better: "less" | "more";
}

export interface BenchOptions {
  /** A smoke run: small inputs, same code paths, figures without meaning. Gas figures are the same either way. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
  /** Size of a measurement that takes one; each module has its own otherwise. */
  readonly events?: number | undefined;
  /** Where a long measurement keeps what it made, to go on after an interruption. */
  readonly folder?: string | undefined;
  readonly progress: (sentence: string) => void;
}

/** What a file listed in modules.ts exports. */
export interface BenchModule {
  rows(options: BenchOptions): Promise<readonly Row[]>;
}

/** The design's limit for a figure, null where it sets none. */
export function targetOf(name: string): number | null {
  const table: Readonly<Record<string, { target: number } | undefined>> = limits;
  return table[name]?.target ?? null;
}

/** Makes a row; the target comes from limits.json and from nowhere else. */
export function row(figure: {
  name: string;
  unit: string;
  value: number;
  better: "less" | "more";
  floor?: number;
  peer?: { name: string; value: number };
}): Row {
  return {
    name: figure.name,
    unit: figure.unit,
    value: figure.value,
    target: targetOf(figure.name),
    floor: figure.floor ?? null,
    peer: figure.peer?.value ?? null,
    peerName: figure.peer?.name ?? null,
    better: figure.better,
  };
}
