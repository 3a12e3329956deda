import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import type { Work } from "../../log/audit.js";
import type { Dataset } from "../datasets/dataset.js";
import type { DatasetStore } from "../datasets/store.js";
import { stage } from "./collect.js";
import type { Actor, Operations, Recorded } from "./operations.js";
import { openDataset } from "./read.js";

/** A dataset that something is derived from. */
export interface DeriveInput {
  readonly root: Hex;
  readonly mediaType: string;
  /** Its plaintext; each piece was authenticated. */
  read(): AsyncIterable<Uint8Array>;
}

/** Makes the content of a new dataset out of others. */
export type Derivation = (inputs: readonly DeriveInput[], signal?: AbortSignal) => AsyncIterable<Uint8Array>;

export interface DeriveOptions extends Work {
  /** RFC 6838 type of what is made. */
  readonly mediaType: string;
  /** What the record says of how it is made, without personal data. */
  readonly label?: string;
}

/** Most inputs of one derivation: their roots stand in its record. */
export const maxInputs = 256;

/** Derives a new dataset, encrypted as it is made; its record names what it was made from. */
export function derive(
  operations: Operations,
  datasets: DatasetStore,
  actor: Actor,
  inputs: readonly Hex[],
  derivation: Derivation,
  options: DeriveOptions,
): Promise<Recorded<Dataset>> {
  if (inputs.length === 0 || inputs.length > maxInputs) {
    return Promise.reject(new SteleError("usage", `a derivation takes 1 to ${maxInputs} datasets`));
  }
  const { signal, label, mediaType } = options;
  return operations.perform(actor, { operation: "derive", store: datasets.folder, signal }, async (step) => {
    const opened: DeriveInput[] = [];
    for (const root of inputs) {
      const { dataset, plain } = await openDataset(operations, datasets, root);
      const read = () => plain(signal === undefined ? {} : { signal });
      opened.push({ root, mediaType: dataset.description.mediaType, read });
    }
    const made = await stage(step, datasets, derivation(opened, signal), mediaType, options);
    return { ...made, data: { ...made.data, inputs, ...(label === undefined ? {} : { label }) } };
  });
}

/**
 * A derivation by a program: the inputs go to its standard input, one after the other, and what it writes to its standard
 * output is the new dataset. No plaintext touches the disk, unless the program writes it.
 * @param argv program and arguments; no shell is in between
 * @param onError told of what the program writes to standard error
 */
export function byCommand(argv: readonly string[], onError: (text: string) => void = () => undefined): Derivation {
  const [program = "", ...rest] = argv;
  return async function* (inputs, signal) {
    const child = spawn(program, rest, {
      stdio: ["pipe", "pipe", "pipe"],
      ...(signal === undefined ? {} : { signal }),
    });
    const ended = once(child, "close") as Promise<[number | null, string | null]>;
    ended.catch(() => undefined);
    child.stderr.setEncoding("utf8").on("data", onError);
    const fed = feed(inputs, child.stdin);
    fed.catch(() => child.kill("SIGKILL"));
    try {
      yield* child.stdout as AsyncIterable<Uint8Array>;
      const [code, killed] = await ended.catch((cause: unknown) => {
        throw new SteleError("missing", "the command of the derivation cannot be run", { cause });
      });
      await fed;
      if (code === 0) return;
      const how = code === null ? `was ended by ${killed}` : `ended with exit code ${code}`;
      throw new SteleError("refused", `the command of the derivation ${how}`);
    } finally {
      child.kill("SIGKILL");
    }
  };
}

/** Writes the inputs, as long as the program reads them: it need not read all that it is given. */
async function feed(inputs: readonly DeriveInput[], stdin: Writable): Promise<void> {
  const over = finished(stdin).catch(() => undefined);
  for (const input of inputs) {
    for await (const piece of input.read()) {
      if (stdin.destroyed) return;
      if (!stdin.write(piece)) await Promise.race([once(stdin, "drain").catch(() => undefined), over]);
    }
  }
  stdin.end();
  await over;
}
