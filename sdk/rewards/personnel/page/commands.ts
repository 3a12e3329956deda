import type { PageRecord, PersonPage } from "./page.js";
import type { NextStep } from "./situation.js";

/** Something the person can do, and the command that does it. */
export interface NextAct {
  readonly what: string;
  readonly command: string;
}

const words: Readonly<Record<NextStep, string>> = {
  acknowledge: "Say that you know of it",
  dispute: "Dispute it",
  "dispute again": "Dispute it with new evidence",
  appeal: "Appeal against the answer",
};

const options: Readonly<Record<NextStep, string>> = {
  acknowledge: "",
  dispute: "--reason CODE",
  "dispute again": "--reason CODE --evidence HASH",
  appeal: "--content HASH",
};

/** Whether the person acts on a record under its one-time address: that does not show who it is. */
export function actsByAddress({ opened, desk }: Pick<PageRecord, "opened" | "desk">): boolean {
  if (opened.header.disputeAddress.every((byte) => byte === 0)) return false;
  return !(desk?.state === "answered" && desk.opened);
}

/** What the person can do about a record now, with the exact commands. */
export function actsOf(record: PageRecord, page: Pick<PersonPage, "file" | "network" | "records">): readonly NextAct[] {
  const steps = record.situation?.steps ?? [];
  const sender = actsByAddress(record) ? "--person keys.json --key sender.key" : "--key account.key";
  const [noun, verb] = ["stele", "record"];
  return steps.map((step) => {
    const name = step === "dispute again" ? "dispute" : step;
    const parts = [noun, verb, name, ...whichOf(record, page), options[step], sender, ...onNetwork(page)];
    return { what: words[step], command: parts.filter((part) => part !== "").join(" ") };
  });
}

/** How the person shows a record, or a part of it, to somebody. */
export function showCommand(record: PageRecord, page: Pick<PersonPage, "file" | "network" | "records">): string {
  const [first] = Object.keys(record.opened.payload);
  const parts = [
    "stele record show",
    ...whichOf(record, page),
    `--field ${quoted(`/${first ?? ""}`)}`,
    "--out shown.json",
  ];
  return [...parts, ...onNetwork(page)].join(" ");
}

function whichOf({ opening, log }: PageRecord, { file, records }: Pick<PersonPage, "file" | "records">): string[] {
  const { index } = opening.proof;
  const several = records.some((other) => other.opening.proof.index === index && other.log.logId !== log.logId);
  return [quoted(file), index.toString(), ...(several ? [`--log ${log.logId}`] : [])];
}

function onNetwork({ network }: Pick<PersonPage, "network">): string[] {
  return network === "local" ? [] : [`--network ${quoted(network)}`];
}

/** A word for a shell; single quotes keep everything but themselves. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
