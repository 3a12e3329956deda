/**
 * A file scripts/bench/NAME.ts. `gas`: its figures are exact, so they are held in gas-baseline.json. `byName`: it takes
 * long, and is run only where it is named, or in a smoke run.
 */
export interface Listed {
  readonly name: string;
  readonly gas: boolean;
  readonly byName?: boolean;
}

/** Every bench module, in the order of the report. */
export const modules: readonly Listed[] = [
  { name: "gas-authority", gas: true },
  { name: "gas-log", gas: true },
  { name: "gas-desk", gas: true },
  { name: "gas-audit", gas: true },
  { name: "gas-rewards", gas: true },
  { name: "log", gas: false },
  { name: "records", gas: false },
  { name: "book", gas: false },
  { name: "events", gas: false },
  { name: "audit-scale", gas: false, byName: true },
  { name: "datasets", gas: false },
  { name: "awards-import", gas: false },
];
