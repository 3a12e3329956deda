import { getAddress } from "ethers";
import { z } from "zod";

import type { Place } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";
import type { RoleName } from "../capabilities.js";

const seconds = z
  .int()
  .min(0)
  .max(60 * 86_400);
const account = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "is not an address")
  .transform((text, issue) => {
    try {
      return getAddress(text);
    } catch {
      issue.addIssue("has a wrong checksum");
      return z.NEVER;
    }
  });

/** Who governs a deployment, and how long they wait. Delays in seconds. The guardian never waits. */
export const governanceSchema = z.strictObject({
  /** Holds ADMIN and GOVERNOR; in practice a multisig. */
  account,
  /** Holds GUARDIAN. */
  guardian: account,
  /** Holds REGISTRAR. */
  registrar: account,
  delays: z.strictObject({ admin: seconds, governor: seconds, registrar: seconds }),
});

export type Governance = z.infer<typeof governanceSchema>;

/**
 * Reads a governance configuration.
 * @throws SteleError `input`, naming the field
 */
export function parseGovernance(value: unknown, place?: Place): Governance {
  return parseWith(governanceSchema, value, place);
}

/** One role of one account, as governance wants it. */
export interface Grant {
  readonly role: RoleName;
  readonly account: string;
  readonly delay: number;
}

/** Who holds which role once the deployer has left. */
export function grantsOf(governance: Governance): readonly Grant[] {
  const { account, guardian, registrar, delays } = governance;
  return [
    { role: "GUARDIAN", account: guardian, delay: 0 },
    { role: "REGISTRAR", account: registrar, delay: delays.registrar },
    { role: "GOVERNOR", account, delay: delays.governor },
    { role: "ADMIN", account, delay: delays.admin },
  ];
}
