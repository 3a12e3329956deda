import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { defineCommand, type Command } from "../../../sdk/cli/command.js";
import type { World } from "../../../sdk/cli/context.js";
import { count, duration, list, number, positional, text, value } from "../../../sdk/cli/fields.js";
import { runProgram } from "../../../sdk/cli/run.js";
import { SteleError } from "../../../sdk/common/errors.js";

const seen: unknown[] = [];

const echo = defineCommand({
  name: "thing echo",
  summary: "Say it back",
  reach: "local",
  fields: {
    what: positional(text, "WHAT", "what to say"),
    times: value(number.default(1), "N", "how often"),
    every: value(duration.optional(), "TIME", "interval"),
    from: value(count.optional(), "INDEX", "first"),
    tag: list(text, "TAG", "a tag"),
  },
  async run(input, context) {
    seen.push(input);
    context.note("a remark");
    context.print({ said: input.what, from: input.from ?? null }, () => input.what.repeat(input.times));
  },
});

const refuse = defineCommand({
  name: "thing refuse",
  summary: "Refuse",
  reach: "local",
  fields: {},
  async run() {
    throw new SteleError("input", "is not JSON", { place: { file: "a.ndjson", line: 3, field: "time" } });
  },
});

describe("the stele program", () => {
  it("gives a command its typed input and prints its result", async () => {
    const ended = await stele(
      [echo],
      "thing",
      "echo",
      "ha",
      "--times",
      "2",
      "--every",
      "2m",
      "--tag",
      "a",
      "--tag",
      "b",
    );
    expect(ended).to.deep.equal({ code: 0, out: "haha\n", err: "a remark\n" });
    expect(seen.at(-1)).to.deep.equal({ what: "ha", times: 2, every: 120, from: undefined, tag: ["a", "b"] });
  });

  it("ends without a word where whoever reads its output has stopped", async function () {
    this.timeout(60_000);
    const program = new URL("../../../sdk/cli/main.ts", import.meta.url);
    const child = spawn(process.execPath, ["--import", "tsx", fileURLToPath(program), "--help"], {
      cwd: new URL("../../..", import.meta.url),
    });
    child.stdout.destroy();
    let said = "";
    child.stderr.on("data", (text: Buffer) => (said += text.toString()));
    const [code] = (await once(child, "close")) as [number];
    expect({ code, said }).to.deep.equal({ code: 0, said: "" });
  });

  it("ends what it prints with one line end", async () => {
    expect((await stele([echo], "thing", "echo", "a line\n")).out).to.equal("a line\n");
  });

  it("prints JSON for machines and no remarks with --json", async () => {
    const ended = await stele([echo], "thing", "echo", "ha", "--json", "--from", "18446744073709551");
    expect(JSON.parse(ended.out)).to.deep.equal({ said: "ha", from: "18446744073709551" });
    expect(ended.err).to.equal("");
  });

  it("names the option it cannot read and exits with 2", async () => {
    const ended = await stele([echo], "thing", "echo", "ha", "--times", "-4");
    expect(ended.code).to.equal(2);
    expect(ended.err).to.equal('stele: --times "-4" is not a whole number\n');
  });

  it("refuses an unknown option, an unknown command and a missing argument with 2", async () => {
    expect((await stele([echo], "thing", "echo", "ha", "--nonsense")).code).to.equal(2);
    expect((await stele([echo], "nothing")).code).to.equal(2);
    expect((await stele([echo], "thing", "echo")).code).to.equal(2);
  });

  it("lists further findings of a refusal below it, one a line, and in JSON", async () => {
    const many = defineCommand({
      ...refuse,
      async run() {
        throw new SteleError("input", "is not a date", { place: { file: "a.csv" }, details: ["b\nc", "and more"] });
      },
    });
    const plain = await stele([many], "thing", "refuse");
    expect(plain.err).to.equal("stele: a.csv: is not a date\n  b c\n  and more\n");
    const machine = JSON.parse((await stele([many], "thing", "refuse", "--json")).err) as { error: unknown };
    expect(machine.error).to.deep.include({ code: "input", details: ["b\nc", "and more"] });
  });

  it("says file, line and field of a refusal, as text and as JSON, and exits with 1", async () => {
    const plain = await stele([refuse], "thing", "refuse");
    expect(plain).to.deep.equal({ code: 1, out: "", err: 'stele: a.ndjson:3 field "time": is not JSON\n' });
    const machine = await stele([refuse], "thing", "refuse", "--json");
    expect(JSON.parse(machine.err).error.place).to.deep.equal({ file: "a.ndjson", line: 3, field: "time" });
  });

  it("explains itself", async () => {
    const ended = await stele([echo, refuse], "thing", "echo", "--help");
    expect(ended.code).to.equal(0);
    for (const word of ["<WHAT>", "--times <N>", "how often", "--json"]) expect(ended.out).to.contain(word);
  });
});

async function stele(
  commands: readonly Command[],
  ...argv: string[]
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const world: World = {
    stdout: { write: (piece) => void (out += piece) },
    stderr: { write: (piece) => void (err += piece) },
    stdin: (async function* () {})(),
    cwd: "/",
    env: {},
    signal: new AbortController().signal,
    openSession: () => Promise.reject(new Error("no network in this test")),
  };
  const code = await runProgram(commands, argv, world, "1.0.0");
  return { code, out, err };
}
