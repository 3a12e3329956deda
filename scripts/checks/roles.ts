import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Interface } from "ethers";
import { format } from "prettier";

import { suiteContracts } from "../../sdk/chain/deployment/contracts.js";
import { restrictions } from "../../sdk/chain/governance/roles.js";
import type { Check } from "./types.js";

const file = "docs/authority.md";

/** Who grants what a function needs, and which delay is kept. */
const granted: Readonly<Record<string, readonly [grantedBy: string, delay: string]>> = {
  GOVERNOR: ["ADMIN", "the governor's, before each call"],
  REGISTRAR: ["ADMIN", "the registrar's, before each call"],
  GUARDIAN: ["ADMIN", "none"],
  ADMIN: ["ADMIN", "the admin's, before each call"],
};

/**
 * The table function x role x who grants x delay, from the contracts' ABIs and the table of roles. Functions without a
 * role are listed by contract: members' capabilities and the contracts' own rules decide about them.
 */
export function authorityTable(): string {
  const restricted: string[] = [];
  const open: string[] = [];
  for (const { name, source } of suiteContracts) {
    if (name === "AccessManager") continue;
    const own = restrictions.filter(({ contract }) => contract === name);
    for (const { method, role } of own) {
      const [by, delay] = granted[role] ?? ["", ""];
      restricted.push(`| ${name} | \`${method}\` | ${role} | ${by} | ${delay} |`);
    }
    const free = writing(new Interface(source.abi)).filter((method) => !own.some((row) => row.method === method));
    if (free.length > 0) open.push(`| ${name} | ${free.map((method) => `\`${method}\``).join(", ")} |`);
  }
  return [
    "# Who may call what",
    "",
    "Printed from the code by `scripts/checks/roles.ts` and held by `npm run check`; do not edit. The AccessManager's own",
    "functions (roles, delays, closing a target) belong to ADMIN. Delays are a deployment's own: `stele authority show`.",
    "",
    "| contract | function | role | who grants it | delay |",
    "| --- | --- | --- | --- | --- |",
    ...restricted,
    "",
    "Everything else that changes state asks no role. The caller's capability, its standing in the matter or nothing at",
    "all decides, as the function's documentation in `contracts/*/interfaces` says; capabilities are given to members by",
    "REGISTRAR (`Members.enrol`) and GOVERNOR (`Members.setCapabilities`), and by administrators to delegates.",
    "",
    "| contract | functions without a role |",
    "| --- | --- |",
    ...open,
    "",
  ].join("\n");
}

function writing(abi: Interface): string[] {
  const names: string[] = [];
  abi.forEachFunction(({ name, constant }) => void (constant || names.push(name)));
  return names.filter((name) => name !== "setAuthority"); // for the AccessManager itself
}

async function formatted(): Promise<string> {
  return format(authorityTable(), { parser: "markdown", printWidth: 120 });
}

/** The document must be what the code says. */
export const authority: Check = {
  name: "authority",
  holds: "docs/authority.md is the table of roles that the code deploys",
  async run(root) {
    const text = await readFile(join(root, file), "utf8").catch(() => "");
    return text === (await formatted()) ? [] : [`${file} is not what the code says; run tsx scripts/checks/roles.ts`];
  },
};

if (process.argv[1]?.endsWith("roles.ts")) await writeFile(file, await formatted());
