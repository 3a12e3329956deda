import { Command as Commander, CommanderError } from "commander";
import { isError } from "ethers";

import { SteleError, sentenceOf } from "../common/errors.js";
import { commonFields, type Command, type CommonInput } from "./command.js";
import { withContext, type World } from "./context.js";
import { optionName, parseInput, type Fields } from "./fields.js";
import { toJson } from "./output.js";

/**
 * Exit codes: 0 well, 1 refused or failed, 2 the command line is wrong, 3 the command did its work and found what needs
 * somebody's attention, 130 interrupted.
 */
export const exitCodes = { well: 0, failed: 1, usage: 2, findings: 3, interrupted: 130 } as const;

/** Runs one command on raw texts; both fronts end here. @returns the exit code of a command that did its work */
export async function runCommand(
  command: Command,
  raw: Readonly<Record<string, unknown>>,
  world: World,
): Promise<number> {
  const common = parseInput(commonFields[command.reach] as Fields, raw) as CommonInput;
  if (common.dryRun && common.propose !== undefined) {
    throw new SteleError("usage", "--dry-run and --propose exclude each other");
  }
  const input = parseInput(command.fields, raw);
  try {
    let code: number = exitCodes.well;
    const conclude = (needed: "findings"): void => void (code = exitCodes[needed]);
    await withContext({ ...world, conclude }, common, (context) => command.run(input, context));
    return code;
  } catch (error) {
    // A contract that refuses a question says so through ethers; the suite's own errors name it.
    if (isError(error, "BAD_DATA")) {
      const sentence =
        "an address in the deployment's manifest does not answer as the suite's contract; is it this chain's?";
      throw new SteleError("network", sentence, { cause: error });
    }
    if (!isError(error, "CALL_EXCEPTION")) throw error;
    const { decodeRevert } = await import("../chain/errors.js");
    throw decodeRevert(error, command.name);
  }
}

/** Says what went wrong, as text or as JSON, and gives the exit code. */
export function report(error: unknown, world: Pick<World, "stderr" | "signal">, json: boolean): number {
  if (world.signal.aborted) {
    world.stderr.write("stele: interrupted; run the same command again to continue\n");
    return exitCodes.interrupted;
  }
  const code = error instanceof SteleError ? error.code : "failed";
  const place = error instanceof SteleError ? error.place : {};
  const message = sentenceOf(error).replace(/\s*\n\s*/g, " ");
  const details = error instanceof SteleError ? error.details : [];
  const listed = details.length === 0 ? {} : { details };
  const lines = details.map((detail) => `  ${detail.replace(/\s*\n\s*/g, " ")}\n`).join("");
  world.stderr.write(
    json ? `${toJson({ error: { code, message, place, ...listed } })}\n` : `stele: ${message}\n${lines}`,
  );
  return code === "usage" ? exitCodes.usage : exitCodes.failed;
}

/** The `stele` program over a list of commands. Resolves to the exit code. */
export async function runProgram(
  commands: readonly Command[],
  argv: readonly string[],
  world: World,
  version: string,
): Promise<number> {
  const program = new Commander("stele")
    .description("Records, logs and proofs of registries on a permissioned chain")
    .version(version)
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      outputError: () => undefined, // said below, in the form of every refusal
    })
    .exitOverride();
  let code: number = exitCodes.well;
  for (const command of commands) attach(program, command, world, (ended) => void (code = ended));
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.well;
    if (error instanceof CommanderError && error.code === "commander.help") return exitCodes.usage; // it was printed
    return report(error instanceof CommanderError ? wrongLine(error) : error, world, argv.includes("--json"));
  }
}

function wrongLine(error: CommanderError): SteleError {
  const sentence = error.message.replace(/^error: /, "").replace(/\s+/g, " ");
  return new SteleError("usage", `${sentence}; --help lists commands, arguments and options`, { cause: error });
}

function attach(program: Commander, command: Command, world: World, ended: (code: number) => void): void {
  const words = command.name.split(" ");
  let parent = program;
  for (const word of words.slice(0, -1)) {
    parent = parent.commands.find((known) => known.name() === word) ?? newNoun(parent, word);
  }
  const front = parent.command(words.at(-1) ?? "").summary(command.summary);
  front.description([command.summary, command.description].filter(Boolean).join("\n\n"));
  const fields: Fields = { ...command.fields, ...commonFields[command.reach] };
  const positionals = Object.entries(fields).filter(([, field]) => field.form === "positional");
  for (const [, field] of positionals) {
    front.argument(field.optional ? `[${field.placeholder}]` : `<${field.placeholder}>`, field.help);
  }
  for (const [key, field] of Object.entries(fields)) {
    if (field.form === "positional") continue;
    const flags = field.form === "flag" ? optionName(key) : `${optionName(key)} <${field.placeholder}>`;
    const help = field.optional ? field.help : `${field.help} (required)`;
    if (field.form === "list") front.option(flags, help, (item: string, items: string[] = []) => [...items, item]);
    else front.option(flags, help);
  }
  front.action(async (...received: unknown[]) => {
    const raw: Record<string, unknown> = { ...front.opts() };
    positionals.forEach(([key], i) => (raw[key] = received[i]));
    ended(await runCommand(command, raw, world));
  });
}

/** What a noun's commands are about; some stand for what is not counted. */
function plural(word: string): string {
  const same: Readonly<Record<string, string>> = {
    audit: "data that is audited",
    authority: "who governs the suite",
    feedback: "feedback on people",
    monitor: "watching logs",
    person: "people and the records about them",
    policy: "policies",
    recover: "replacing a lost account",
    points: "points of merit",
    type: "award types",
  };
  return same[word] ?? `${word}s`;
}

function newNoun(parent: Commander, word: string): Commander {
  return parent.command(word).summary(`commands about ${plural(word)}`);
}
