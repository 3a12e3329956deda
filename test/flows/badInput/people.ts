import { onChain } from "./setting.js";
import type { Row } from "./row.js";

const file = "people.csv";
const heading = "staffNumber,unit\n";

/** The office of the setting is an officer of people. */
const officer = [...onChain, "--account", "5"] as const;

function row(name: string, content: string | Uint8Array, says: string | RegExp, ...more: string[]): Row {
  return { name, files: { [file]: content }, argv: ["roster", "import", file, ...more, ...officer], says };
}

export const peopleRows: readonly Row[] = [
  row(
    "a roster in UTF-16",
    Buffer.from(`\ufeff${heading}`, "utf16le"),
    "people.csv:1: is UTF-16 text; save it as CSV UTF-8",
  ),
  row("an empty roster", "", "people.csv: is empty, without even a heading"),
  row(
    "a roster in GB18030 without saying so",
    Buffer.concat([Buffer.from(`${heading}S1,`), Buffer.from([0xd6, 0xd0, 0x0a])]),
    "people.csv:2: is not UTF-8 at byte 20 of the file, but reads as GB18030 (GBK); try --encoding gb18030",
  ),
  row(
    "a roster in UTF-8 that is said to be GB18030",
    "工号,单位\nS1,第一科\n",
    /leave out --encoding gb18030$/,
    "--encoding",
    "gb18030",
  ),
  {
    name: "a roster that is not there",
    argv: ["roster", "import", "nowhere.csv", ...officer],
    says: "nowhere.csv: there is no such file",
  },
  {
    name: "a roster by somebody who is no officer",
    files: { [file]: `${heading}S1,North\n` },
    argv: ["roster", "import", file, ...onChain, "--account", "15"],
    says: /^0x[0-9a-fA-F]{40} may not enrol people for any member$/,
  },
  {
    name: "an encoding that is not known",
    files: { [file]: heading },
    argv: ["roster", "import", file, "--encoding", "latin1", ...officer],
    says: '--encoding "latin1" is none of utf-8, gb18030',
    code: 2,
  },
  {
    name: "a person of a roster that is not there",
    argv: ["roster", "show", "S1"],
    says: /^roster: there is no roster, or its key is elsewhere/,
  },
  {
    name: "a key of a roster that is none",
    files: { "bad.key": "0x1234\n" },
    argv: ["roster", "show", "--roster-key", "bad.key"],
    says: /bad\.key: holds no key of 32 bytes$/,
  },
  {
    name: "a person's keys in a folder that is not there",
    argv: ["person", "keys", "/proc/keys2/me.keys", "me.card"],
    says: "/proc/keys2/me.keys: cannot be written",
  },
  {
    name: "a recovery of a person whom no roster knows",
    argv: ["person", "recover", "veto", "S1", ...officer],
    says: /^roster: there is no roster, or its key is elsewhere/,
  },
];
