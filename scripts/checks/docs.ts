import { existsSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";

import { filesUnder, readJson, readText } from "./support.js";
import type { Check } from "./types.js";

/** The anchor that a heading gets. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[`*]/g, "")
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

const withoutCode = (text: string) => text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").replace(/`[^`\n]*`/g, "");

function anchorsOf(text: string): Set<string> {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "");
  return new Set([...prose.matchAll(/^#{1,6}\s+(.*)$/gm)].map((match) => anchorOf(match[1] ?? "")));
}

/** Links of one page that lead nowhere. */
async function deadLinks(root: string, page: string): Promise<readonly string[]> {
  const problems: string[] = [];
  const text = withoutCode(await readText(root, page));
  for (const match of text.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
    const link = match[1] ?? "";
    if (/^[a-z]+:/.test(link)) continue;
    const [path = "", anchor] = decodeURI(link).split("#");
    const file = path === "" ? page : posix.join(posix.dirname(page), path);
    if (!existsSync(join(root, file))) problems.push(`${page} links to ${link}, which is not there`);
    else if (anchor !== undefined && file.endsWith(".md") && !anchorsOf(await readText(root, file)).has(anchor)) {
      problems.push(`${page} links to ${link}, a heading that is not there`);
    }
  }
  return problems;
}

/** Folders that must explain themselves. */
function undocumented(root: string): readonly string[] {
  const problems: string[] = [];
  for (const folder of ["contracts", "sdk"]) {
    if (!existsSync(join(root, folder))) continue;
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const page = `${folder}/${entry.name}/README.md`;
      if (entry.isDirectory() && !existsSync(join(root, page))) problems.push(`${page} is missing`);
    }
  }
  return problems;
}

/** Dependencies that docs/dependencies.md does not speak of, and ones it speaks of that are gone. */
async function unlistedDependencies(root: string): Promise<readonly string[]> {
  const page = "docs/dependencies.md";
  if (!existsSync(join(root, page))) return [`${page} is missing`];
  const manifest = await readJson<Record<string, Record<string, string> | undefined>>(root, "package.json");
  const names = ["dependencies", "peerDependencies", "devDependencies"].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  );
  const listed = [...(await readText(root, page)).matchAll(/^\|\s*`([^`]+)`/gm)].map((match) => match[1] ?? "");
  return [
    ...names.filter((name) => !listed.includes(name)).map((name) => `${page} says nothing of ${name}`),
    ...listed.filter((name) => !names.includes(name)).map((name) => `${page} lists ${name}, which is no dependency`),
  ];
}

export const docs: Check = {
  name: "docs",
  holds: "links in pages resolve, each module has a README, each dependency a line",
  async run(root) {
    const pages = filesUnder(root, ".", (path) => path.endsWith(".md"));
    const dead = await Promise.all(pages.map((page) => deadLinks(root, page)));
    return [...dead.flat(), ...undocumented(root), ...(await unlistedDependencies(root))];
  },
};
