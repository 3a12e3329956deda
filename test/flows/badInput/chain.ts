import { onChain, opening, subject, type Setting } from "./setting.js";
import type { Row } from "./row.js";

const as = (account: number): readonly string[] => [...onChain, "--account", String(account)];
const unknownLog = `0x${"11".repeat(32)}`;
const kind = ["--kind", "audit.events"] as const;

export const chainRows: readonly Row[] = [
  {
    name: "a log for an account that is no member",
    argv: ["log", "open", "new", ...opening, ...as(15)],
    says: /^account 0x[0-9a-fA-F]{40} belongs to no member$/,
  },
  {
    name: "a log of a member without the capability",
    argv: ["log", "open", "new", ...kind, "--name", "x", "--policy", "1", ...as(7)],
    says: /^the chain refused open log x: Members\w+ \(/,
  },
  {
    name: "a policy that is not published",
    argv: ["log", "open", "new", ...kind, "--name", "x", "--policy", "99", ...as(6)],
    says: /^the chain refused open log x: Log\w+/,
  },
  {
    name: "a kind that the policy is not for",
    argv: ["log", "open", "new", "--kind", "tickets", "--name", "x", "--policy", "1", ...as(6)],
    says: /LogRegistry\w+/,
  },
  {
    name: "a name of 129 characters",
    argv: ["log", "open", "new", ...kind, "--name", "x".repeat(129), "--policy", "1", ...as(6)],
    says: /^--name "x+" /,
    code: 2,
  },
  {
    name: "a name of 100 characters of three bytes",
    argv: ["log", "open", "new", ...kind, "--name", "账".repeat(100), "--policy", "1", ...as(6)],
    says: /^the chain refused open log 账+: LogRegistry\w+/,
  },
  {
    name: "an anchoring without its witnesses",
    argv: ["log", "anchor", "book", ...as(5)],
    says: "the log's policy asks for 2 witness signatures, with 0 named; name 2 more",
  },
  {
    name: "a witness that is down",
    argv: ({ closed }: Setting) => ["log", "anchor", "book", "--witness", closed, ...as(5)],
    says: /^the witness at http:\/\/127\.0\.0\.1:\d+ does not answer/,
  },
  {
    name: "a witness that is none",
    argv: ({ nonsense }: Setting) => ["log", "anchor", "book", "--witness", nonsense, ...as(5)],
    says: /^the witness at http:\/\/127\.0\.0\.1:\d+ does not answer/,
  },
  {
    name: "a witness that is no URL",
    argv: ["log", "anchor", "book", "--witness", "north", ...as(5)],
    says: '"north" is no URL of a witness',
    code: 2,
  },
  {
    name: "a proposed head",
    argv: ["log", "anchor", "book", "--propose", "p.json", ...as(5)],
    says: /^a head cannot be proposed/,
    code: 2,
  },
  {
    name: "a complaint about an unknown log",
    argv: ["record", "complain", unknownLog, "0", "--reason", "x", ...as(12)],
    says: /(LogRegistryUnknown|RecordDesk\w+)/,
  },
  {
    name: "a complaint of somebody who is no subject",
    argv: ({ logId }: Setting) => ["record", "complain", logId, "0", "--reason", "x", ...as(15)],
    says: /RecordDesk\w+/,
  },
  {
    name: "a dispute of a stranger",
    argv: ["record", "dispute", "mine.json", "--reason", "x", ...as(15)],
    says: /NotSubject/,
  },
  {
    name: "a dispute without an opening",
    argv: ["record", "dispute", "shown.json", "--reason", "x", ...as(15)],
    says: /^shown\.json field "opening": account 0x\w+ is not the record's dispute address, and the file has no opening$|^shown\.json field "opening": /,
  },
  {
    name: "a dry run of what the chain refuses",
    argv: ["record", "dispute", "mine.json", "--reason", "x", "--dry-run", ...as(15)],
    says: /NotSubject/,
  },
  { name: "an answer to nothing", argv: ["record", "answer", "book", "0", ...as(5)], says: /RecordDesk\w+/ },
  {
    name: "an answer by somebody who does not own the log",
    argv: ["record", "answer", "book", "0", ...as(6)],
    says: /RecordDesk\w+/,
  },
  {
    name: "an answer to a complaint that nobody made",
    argv: ["record", "answer", "book", "0", "--complaint", subject, ...as(5)],
    says: /RecordDesk\w+/,
  },
  { name: "a member that is not there", argv: ["member", "show", "99", ...onChain], says: "there is no member 99" },
  {
    name: "an enrolment by somebody without the role",
    argv: [
      "member",
      "enrol",
      "--name",
      "X",
      "--administrator",
      `0x${"11".repeat(20)}`,
      "--capabilities",
      "WITNESS",
      ...as(15),
    ],
    says: /\w+ \(|may not|no role/,
  },
  { name: "an acceptance that was not proposed", argv: ["member", "accept", "1", ...as(15)], says: /Members\w+/ },
  {
    name: "a delegate of an account that administers nothing",
    argv: ["member", "delegate", `0x${"11".repeat(20)}`, "--capabilities", "WITNESS", ...as(15)],
    says: /Members\w+/,
  },
  {
    name: "a suspension by somebody without the role",
    argv: ["member", "suspend", "1", "--reason", "x", ...as(15)],
    says: /\w+ \(|may not|no role/,
  },
  {
    name: "a halt by somebody without the role",
    argv: ["authority", "halt", "LogRegistry", ...as(15)],
    says: /\w+ \(|may not|no role/,
  },
  {
    name: "the execution of an operation that does not wait",
    argv: ["authority", "execute", "0x1234", ...as(15)],
    says: /^no operation of 0x\w+ that waits begins with 0x1234$/,
    code: 2,
  },
];
