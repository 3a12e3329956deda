import { expect } from "chai";

import { commands } from "../../../sdk/cli/commands/index.js";
import { commonFields } from "../../../sdk/cli/command.js";
import { optionName, type Fields } from "../../../sdk/cli/fields.js";

/** Command lines that a description gives as examples. */
function examples(description: string): string[] {
  const [, listed = ""] = /\bExamples?: ([^]*)$/.exec(description) ?? [];
  return listed.split("\n").map((line) => line.trim());
}

describe("the help of every command", () => {
  for (const command of commands) {
    it(`${command.name}: gives an example of this command, with options that it has`, () => {
      const lines = examples(command.description ?? "").filter((line) => line.includes("stele "));
      expect(lines.filter((line) => line.includes(`stele ${command.name}`))).to.not.have.length(0);
      const fields: Fields = { ...command.fields, ...commonFields[command.reach] };
      const known = Object.keys(fields).map((key) => optionName(key));
      for (const line of lines.filter((line) => line.startsWith(`stele ${command.name}`))) {
        for (const [option] of line.split(/[|>]/)[0]!.matchAll(/--[a-z-]+/g)) expect(known).to.include(option);
      }
    });
  }
});
