import { encodeBytes32String } from "ethers";

import type { Hex } from "../common/bytes.js";
import { text } from "./fields.js";

/** A published reason code: up to 31 characters, or 32 bytes of hex. No text about a person belongs here. */
export const reasonCode = text
  .regex(
    /^(0x[0-9a-fA-F]{64}|[\x21-\x7e]{1,31})$/,
    "is no code: up to 31 characters without spaces, or 32 bytes of hex",
  )
  .transform((code): Hex => (/^0x[0-9a-fA-F]{64}$/.test(code) ? code.toLowerCase() : encodeBytes32String(code)) as Hex);

/** Hash of a document that is kept off chain; zero where there is none. */
export const noContent = `0x${"00".repeat(32)}` as const;
