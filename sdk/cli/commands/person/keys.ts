import { writeFile } from "node:fs/promises";

import { SteleError } from "../../../common/errors.js";
import { readText, writeAtomically } from "../../../common/node/files.js";
import { defineCommand } from "../../command.js";
import { positional, text } from "../../fields.js";

export const personKeys = defineCommand({
  name: "person keys",
  summary: "Make a person's own keys, and the card for the office",
  description:
    "KEYS stays with the person: it opens what the office delivers, and signs disputes under one-time addresses. CARD " +
    "goes to the office, which seals to it and derives those addresses from it. Where KEYS is there already, only the " +
    "card is written.\n\n" +
    "Example: stele person keys keys.json card.json",
  reach: "local",
  fields: {
    keys: positional(text, "KEYS", "file for the keys, readable by its owner alone"),
    card: positional(text, "CARD", "file for the card"),
  },
  async run({ keys: keysFile, card: cardFile }, context) {
    const { cardOf, newPersonKeys, parsePersonKeys } = await import("../../../rewards/personnel/keys.js");
    const fresh = await newPersonKeys();
    // Never over keys that are there: what was sealed to them would be lost.
    const made = await writeFile(context.path(keysFile), `${JSON.stringify(fresh, null, 2)}\n`, {
      flag: "wx",
      mode: 0o600,
    }).then(
      () => true,
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === "EEXIST") return false;
        throw new SteleError("storage", "cannot be written", { place: { file: keysFile }, cause });
      },
    );
    const keys = parsePersonKeys(await readText(context.path(keysFile), keysFile), { file: keysFile });
    const card = await cardOf(keys);
    await writeAtomically(context.path(cardFile), `${JSON.stringify(card, null, 2)}\n`, undefined, cardFile);
    context.print({ made, card }, () =>
      [made ? `Made ${keysFile}; keep it.` : `${keysFile} was there already.`, `Wrote ${cardFile}.`].join("\n"),
    );
  },
});
