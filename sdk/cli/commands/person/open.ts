import { readFile } from "node:fs/promises";

import { SteleError } from "../../../common/errors.js";
import { isAbsent, writeAtomically } from "../../../common/node/files.js";
import { defineCommand } from "../../command.js";
import { positional, text, value } from "../../fields.js";
import { readKeys } from "../record/subject.js";

export const personOpen = defineCommand({
  name: "person open",
  summary: "Open a page or file that the office sealed to you",
  description:
    "What it writes is in the open, readable by you alone: delete it when you are done. The other commands take the " +
    "sealed file itself, with --person KEYS. Any program for the age format opens it as well, with the identity in KEYS.\n\n" +
    "Example: stele person open S-1001.html.age --person me.keys --out page.html",
  reach: "local",
  fields: {
    file: positional(text, "FILE", "sealed page or file, NAME.html.age or NAME.json.age"),
    person: value(text, "KEYS", "your own keys, made by `stele person keys`"),
    out: value(text, "FILE", "the file to write"),
  },
  async run({ file, person, out }, context) {
    const { isSealed, openSealed } = await import("../../../rewards/personnel/keys.js");
    const keys = await readKeys(person, context);
    const sealed = await readFile(context.path(file)).catch((cause: unknown) => {
      const sentence = isAbsent(cause) ? "there is no such file" : "cannot be read";
      throw new SteleError("missing", sentence, { place: { file }, cause });
    });
    if (!isSealed(sealed)) throw new SteleError("input", "is not sealed; it opens as it is", { place: { file } });
    const opened = await openSealed(keys, sealed, { file });
    await writeAtomically(context.path(out), opened, 0o600, out);
    context.print({ out }, () => `Opened into ${out}, readable by you alone.`);
  },
});
