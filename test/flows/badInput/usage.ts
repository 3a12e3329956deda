import { onChain, opening } from "./setting.js";
import type { Row } from "./row.js";

const log = `0x${"11".repeat(32)}`;
const complain = ["record", "complain", log, "0", "--reason", "x"] as const;

function row(name: string, argv: readonly string[], says: string | RegExp): Row {
  return { name, argv, says, code: 2 };
}

export const usageRows: readonly Row[] = [
  row("an unknown command", ["ledger"], /^unknown command 'ledger'.*; --help lists/),
  row("an unknown verb", ["log", "shrink"], /^unknown command 'shrink'; --help lists/),
  row("a misspelt verb", ["log", "apend"], /^unknown command 'apend' \(Did you mean append\?\); --help lists/),
  row("an unknown option", ["log", "status", "book", "--nonsense"], /^unknown option '--nonsense'/),
  row("a missing argument", ["log", "prove", "book"], /^missing required argument 'INDEX'/),
  row("an argument too many", ["log", "status", "book", "book"], /^too many arguments/),
  row("an option without its value", ["log", "prove", "book", "0", "--out"], /^option '--out <FILE>' argument missing/),
  row("an empty argument", ["log", "status", ""], /^FOLDER must not be empty$|^FOLDER "" must not be empty$/),
  row("a required option left out", ["log", "open", "new", "--kind", "k", "--name", "n"], "--policy is missing"),
  row("an index in words", ["log", "prove", "book", "one"], 'INDEX "one" is not a whole number'),
  row("an index below zero", ["log", "prove", "book", "--", "-1"], 'INDEX "-1" is not a whole number'),
  row("an index of twenty digits", ["log", "prove", "book", "9".repeat(20)], /^INDEX "9+" is not a whole number$/),
  row(
    "a policy in words",
    ["log", "open", "new", "--kind", "k", "--name", "n", "--policy", "one"],
    '--policy "one" is not a whole number',
  ),
  row("a port that is none", ["log", "serve", "book", "--port", "65536"], '--port "65536" is no port'),
  row(
    "an interval without a unit that is known",
    ["log", "anchor", "book", "--every", "2w"],
    '--every "2w" is not a duration like 30s, 15m, 2h or 7d',
  ),
  row("an interval of nothing", ["log", "anchor", "book", "--every", "0s"], '--every "0s" must be longer'),
  row("an unknown format", ["log", "append", "book", "in.ndjson", "--format", "xml"], /^--format "xml" /),
  row(
    "a log id too short",
    ["record", "complain", "0x12", "0", "--reason", "x"],
    'LOGID "0x12" is 1 bytes where 32 are expected',
  ),
  row(
    "a log id that is no hex",
    ["record", "complain", "hello", "0", "--reason", "x"],
    'LOGID "hello" is not hex with a leading 0x',
  ),
  row(
    "a reason with spaces",
    ["record", "complain", log, "0", "--reason", "he said"],
    /^--reason "he said" is no code/,
  ),
  row("a reason too long", ["record", "complain", log, "0", "--reason", "x".repeat(32)], /^--reason "x+" is no code/),
  row(
    "an outcome that is none",
    ["record", "answer", "book", "0", "--outcome", "deny"],
    '--outcome "deny" is neither uphold nor withdraw',
  ),
  row(
    "evidence that is no hash",
    ["record", "dispute", "mine.json", "--reason", "x", "--evidence", "photo"],
    /^--evidence "photo" is not hex/,
  ),
  row(
    "a checkpoint key that is no address",
    ["proof", "verify", "proof.json", "--checkpoint-key", "0x12"],
    '--checkpoint-key "0x12" is not an address',
  ),
  row(
    "a source that is no URI",
    ["log", "open", "new", ...opening, "--source", "ledger"],
    '--source "ledger" is not a URI',
  ),
  row(
    "retention class 16 of a log",
    ["log", "open", "new", ...opening, "--retention", "16", ...onChain, "--account", "5"],
    '--retention "16" is no class, they are 0 to 15',
  ),
  row("an account that is no number", [...complain, "--account", "five"], '--account "five" is not a number'),
  row(
    "two accounts",
    [...complain, ...onChain, "--account", "5", "--key", "k"],
    "--key and --account exclude each other",
  ),
  row("no account", [...complain, ...onChain], /^say which account sends/),
  row(
    "a dry run that is also proposed",
    [...complain, "--dry-run", "--propose", "p.json"],
    "--dry-run and --propose exclude each other",
  ),
  row("a member that is no number", ["member", "show", "first"], 'MEMBER "first" is not a whole number'),
  row("member zero", ["member", "accept", "0"], 'MEMBER "0" is no member\'s number'),
  row(
    "an unknown capability",
    ["member", "enrol", "--name", "X", "--administrator", `0x${"11".repeat(20)}`, "--capabilities", "KING"],
    /^--capabilities "KING" is not valid: "KING" is no capability/,
  ),
  row(
    "a capability twice",
    ["member", "delegate", `0x${"11".repeat(20)}`, "--capabilities", "WITNESS,WITNESS"],
    /^--capabilities .* WITNESS is named twice$/,
  ),
  row(
    "an administrator that is no address",
    ["member", "enrol", "--name", "X", "--administrator", "me", "--capabilities", "WITNESS"],
    '--administrator "me" is not an address',
  ),
  row(
    "an end without zone",
    ["member", "delegate", `0x${"11".repeat(20)}`, "--capabilities", "WITNESS", "--until", "2030-01-01T00:00:00"],
    /^--until .* has no time zone/,
  ),
  row("a suspension without a reason", ["member", "suspend", "1"], "--reason is missing"),
  row(
    "a delegate without capabilities",
    ["member", "delegate", `0x${"11".repeat(20)}`, ...onChain, "--account", "5"],
    "--capabilities is missing",
  ),
  row("a contract that cannot be halted", ["authority", "halt", "Directory"], /^CONTRACT "Directory" is none of /),
];
