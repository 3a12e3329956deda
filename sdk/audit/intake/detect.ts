import { formats, type ExportFormat } from "./formats.js";
import { openSource, type ExportFile } from "./source.js";
import { tableOf } from "./table.js";

/** The format that the files of a folder are in, by the first file whose header one knows; undefined where none does. */
export async function detectFormat(
  files: AsyncIterable<ExportFile> | Iterable<ExportFile>,
): Promise<ExportFormat | undefined> {
  for await (const file of files) {
    const source = await openSource(file, () => undefined);
    await source.close();
    const found = file.name.toLowerCase().endsWith(".xml") ? await byRoot(source.head) : byHeader(source.head);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function byRoot(head: Uint8Array): Promise<ExportFormat | undefined> {
  const { rootOf } = await import("./xml.js");
  const root = rootOf(head) ?? "";
  return Object.values(formats).find((format) => format.roots.has(root))?.name;
}

function byHeader(head: Uint8Array): ExportFormat | undefined {
  const [line = ""] = new TextDecoder().decode(head).split(/\r?\n/, 1);
  for (const { name, tables, delimiters } of Object.values(formats)) {
    for (const delimiter of delimiters) {
      const names = line.split(delimiter).map((cell) => cell.replace(/^"(.*)"$/, "$1"));
      if (tableOf(tables, names) !== undefined) return name;
    }
  }
  return undefined;
}
