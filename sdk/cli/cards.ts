import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { SteleError } from "../common/errors.js";
import { readText } from "../common/node/files.js";
import type { Context } from "./context.js";
import { text, value } from "./fields.js";

/** Where the cards are that people handed in. */
export const cardsField = value(
  text.optional(),
  "FOLDER",
  "cards of people, STAFF.card: their records get one-time addresses for disputes",
);

/** Meta-addresses of people by staff number, from the cards that they handed in. */
export async function readCards(folder: string | undefined, context: Context): Promise<ReadonlyMap<string, string>> {
  const cards = new Map<string, string>();
  if (folder === undefined) return cards;
  const { parsePersonCard } = await import("../rewards/personnel/keys.js");
  const names = await readdir(context.path(folder)).catch((cause: unknown) => {
    throw new SteleError("missing", "is no folder of cards that can be read", { place: { file: folder }, cause });
  });
  for (const name of names.filter((one) => one.endsWith(".card"))) {
    const shown = join(folder, name);
    const { metaAddress } = parsePersonCard(await readText(context.path(shown), shown), { file: shown });
    cards.set(name.slice(0, -".card".length).normalize("NFC"), metaAddress);
  }
  return cards;
}
