import { SteleError } from "../common/errors.js";

/** What a member may do, one bit each; the twin of contracts/authority/Capabilities.sol. */
export const capabilities = {
  SUBJECT_OFFICER: 1n << 0n,
  LOG_OWNER: 1n << 16n,
  WITNESS: 1n << 17n,
  MIRROR: 1n << 18n,
  ARBITER: 1n << 19n,
  SUPERVISOR: 1n << 20n,
  OMBUDSMAN: 1n << 21n,
  AWARDER: 1n << 32n,
  AUDIT_OFFICE: 1n << 48n,
  AUDITOR: 1n << 49n,
  DATASET_HOLDER: 1n << 50n,
} as const;

export type CapabilityName = keyof typeof capabilities;

/** Every name, in the order of the bits. */
export const capabilityNames = Object.keys(capabilities) as readonly CapabilityName[];

/** Roles of governance in the AccessManager; the twin of contracts/authority/Roles.sol and the manager's own role. */
export const roles = { ADMIN: 0n, GOVERNOR: 1n, REGISTRAR: 2n, GUARDIAN: 3n } as const;

export type RoleName = keyof typeof roles;

const width = 128n;
const everything = (1n << width) - 1n;

/**
 * Reads names of capabilities, separated by commas: `LOG_OWNER,WITNESS`. `NONE` alone is no capability at all.
 * @throws SteleError `input` for an unknown, empty or repeated name
 */
export function parseCapabilities(text: string): bigint {
  if (text.trim() === "NONE") return 0n;
  let bits = 0n;
  for (const part of text.split(",")) {
    const name = part.trim();
    if (!isCapabilityName(name)) {
      throw new SteleError("input", `"${name}" is no capability; there are ${capabilityNames.join(", ")} (or NONE)`);
    }
    if ((bits & capabilities[name]) !== 0n) throw new SteleError("input", `${name} is named twice`);
    bits |= capabilities[name];
  }
  return bits;
}

/**
 * Writes capabilities as names in the order of the bits, `NONE` for no bit and `ALL` for every bit (an
 * administrator's). A bit that this version does not know is written as `BIT_40`.
 * @throws SteleError `input` for what is not a uint128
 */
export function formatCapabilities(bits: bigint): string {
  if (bits < 0n || bits > everything) throw new SteleError("input", "capabilities are an unsigned number of 128 bits");
  if (bits === 0n) return "NONE";
  if (bits === everything) return "ALL";
  const names: string[] = [];
  for (let bit = 0n; bit < width; bit++) {
    if (((bits >> bit) & 1n) === 0n) continue;
    names.push(capabilityNames.find((name) => capabilities[name] === 1n << bit) ?? `BIT_${bit}`);
  }
  return names.join(",");
}

/** The name of a role, `ROLE_7` for one that the suite does not use. */
export function roleName(role: bigint): string {
  const found = Object.entries(roles).find(([, number]) => number === role);
  return found === undefined ? `ROLE_${role}` : found[0];
}

function isCapabilityName(name: string): name is CapabilityName {
  return Object.hasOwn(capabilities, name);
}
