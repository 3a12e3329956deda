import type { Context } from "./context.js";
import { flag, text, value, type Fields, type InputOf } from "./fields.js";
import { z } from "zod";

/**
 * What a command touches. `local`: files only. `reads`: also a network. `signs`: also an account's key. `writes`: also
 * sends transactions, and so takes `--dry-run` and `--propose FILE`.
 */
export type Reach = "local" | "reads" | "signs" | "writes";

/** A command, defined once; the `stele` program and the Hardhat tasks are two fronts of it. */
export interface Command {
  /** Noun and verb, or a noun and two words at most: `log append`. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** More help, in whole sentences; examples last. */
  readonly description?: string;
  readonly reach: Reach;
  readonly fields: Fields;
  /** Runs on already typed input. */
  run(input: InputOf<Fields>, context: Context): Promise<void>;
}

/** Defines a command; the type of `input` follows from `fields`. */
export function defineCommand<F extends Fields>(definition: {
  name: string;
  summary: string;
  description?: string;
  reach: Reach;
  fields: F;
  run(input: InputOf<F>, context: Context): Promise<void>;
}): Command {
  return definition as unknown as Command;
}

const everywhere = { json: flag("print JSON for machines instead of text for people") };

const onNetwork = {
  network: value(
    text.default("local"),
    "NAME|FILE",
    "network profile: a name in networks/ or a JSON file (default: local)",
  ),
  manifest: value(text.optional(), "FILE", "deployment manifest (default: deployments/NETWORK/manifest.json)"),
};

/** Which account acts. */
export const signing = {
  key: value(
    text.optional(),
    "FILE",
    "private key in hex of the sending account, or its keystore, with the password in STELE_PASSWORD",
  ),
  account: value(
    z
      .string()
      .regex(/^\d{1,3}$/, "is not a number")
      .transform(Number)
      .optional(),
    "N",
    "account N of the development mnemonic instead (development networks only)",
  ),
};

const sending = {
  dryRun: flag("say what would be sent and simulate it; send nothing"),
  propose: value(text.optional(), "FILE", "write a Safe Transaction Builder file instead of sending"),
};

/** Options that every command of a reach takes besides its own. */
export const commonFields = {
  local: everywhere,
  reads: { ...everywhere, ...onNetwork },
  signs: { ...everywhere, ...onNetwork, ...signing },
  writes: { ...everywhere, ...onNetwork, ...signing, ...sending },
} as const satisfies Record<Reach, Fields>;

/** The common options, as far as a command has them. */
export type CommonInput = InputOf<typeof everywhere> &
  Partial<InputOf<typeof onNetwork & typeof signing & typeof sending>>;
