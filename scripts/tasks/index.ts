import process from "node:process";

import { emptyTask, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { TaskDefinition } from "hardhat/types/tasks";

import { commonFields, type Command } from "../../sdk/cli/command.js";
import type { Fields } from "../../sdk/cli/fields.js";
import { report, runCommand } from "../../sdk/cli/run.js";

/** Options that Hardhat has itself; a task takes the value from Hardhat. */
const hardhatOwn = new Set(["network"]);

/** The commands of the suite as Hardhat tasks: `hardhat log append …` is `stele log append …`. */
export function tasksOf(commands: readonly Command[]): TaskDefinition[] {
  const nouns = new Set(commands.flatMap((command) => prefixes(command.name)));
  const empty = [...nouns].map((noun) => emptyTask(noun.split(" "), `Commands about a ${noun}`).build());
  return [...empty, ...commands.map(taskOf)];
}

function prefixes(name: string): string[] {
  const words = name.split(" ").slice(0, -1);
  return words.map((_, i) => words.slice(0, i + 1).join(" "));
}

function taskOf(command: Command): TaskDefinition {
  const fields: Fields = { ...command.fields, ...commonFields[command.reach] };
  let builder = task(command.name.split(" "), command.summary);
  for (const [name, field] of Object.entries(fields)) {
    if (hardhatOwn.has(name)) continue;
    const description = field.form === "list" ? `${field.help}; several separated by commas` : field.help;
    if (field.form === "positional") {
      const given = { name, description, type: ArgumentType.STRING } as const;
      builder = builder.addPositionalArgument(field.optional ? { ...given, defaultValue: "" } : given);
    } else if (field.form === "flag") {
      builder = builder.addFlag({ name, description });
    } else {
      const type = ArgumentType.STRING_WITHOUT_DEFAULT;
      builder = builder.addOption({ name, description, type, defaultValue: undefined });
    }
  }
  return builder
    .setInlineAction(async (raw: Record<string, unknown>, hre) => {
      await perform(command, textsOf(fields, raw), hre);
    })
    .build();
}

function textsOf(fields: Fields, raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const texts: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const given = raw[name];
    if (given === undefined || (given === "" && field.optional)) continue;
    texts[name] = field.form === "list" && typeof given === "string" ? given.split(",") : given;
  }
  return texts;
}

async function perform(command: Command, raw: Record<string, unknown>, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { openSession } = await import("../../sdk/cli/session.js");
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  const world = {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    cwd: process.cwd(),
    env: process.env,
    signal: interrupt.signal,
    openSession,
  };
  const network = hre.globalOptions.network;
  try {
    const code = await runCommand(command, network === undefined ? raw : { ...raw, network }, world);
    if (code !== 0) process.exitCode = code;
  } catch (error) {
    process.exitCode = report(error, world, raw["json"] === true);
  }
}
