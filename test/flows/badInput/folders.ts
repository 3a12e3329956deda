import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import type { Row } from "./row.js";

/** A folder with one good file and whatever is made bad in it. */
function row(name: string, spoil: (folder: string) => Promise<unknown> | unknown, says: string | RegExp): Row {
  return {
    name,
    argv: ["log", "append", "book", "data"],
    says,
    prepare: async (folder) => {
      await mkdir(join(folder, "data", "deep"), { recursive: true });
      await writeFile(join(folder, "data", "good.txt"), "good");
      return spoil(join(folder, "data"));
    },
  };
}

export const folderRows: readonly Row[] = [
  {
    name: "a folder that is not there",
    argv: ["log", "append", "book", "nowhere"],
    says: "nowhere: there is no such file or folder",
  },
  {
    name: "a path through a file",
    argv: ["log", "append", "book", "in.ndjson/data"],
    says: "in.ndjson/data: there is no such file or folder",
  },
  {
    name: "a format for a folder",
    argv: ["log", "append", "book", "book", "--format", "csv"],
    says: "--format is for a file, and SOURCE is a folder",
    code: 2,
  },
  {
    name: "a file that the system does not let anybody read",
    argv: ["log", "append", "book", "/proc/self/mem"],
    says: /^\/proc\/self\/mem: cannot be read/,
  },
  {
    name: "a file that its user may not read",
    unprivileged: true,
    argv: ["log", "append", "book", "secret.ndjson"],
    says: /^secret\.ndjson: cannot be read/,
    prepare: async (folder) => {
      await writeFile(join(folder, "secret.ndjson"), '{"data":{}}');
      await forbid(folder, "secret.ndjson");
    },
  },
  {
    ...row(
      "a file in it that its user may not read",
      async (data) => {
        await writeFile(join(data, "deep", "secret"), "x");
        await forbid(join(data, ".."), "data/deep/secret");
      },
      /data\/deep\/secret: cannot be read/,
    ),
    unprivileged: true,
  },
  {
    ...row(
      "a folder in it that its user may not read",
      (data) => forbid(join(data, ".."), "data/deep"),
      /data\/deep: cannot be read/,
    ),
    unprivileged: true,
  },
  {
    name: "a device without end",
    argv: ["log", "append", "book", "/dev/zero"],
    says: /^\/dev\/zero:1: is longer than 65536 bytes/,
  },
  row(
    "a link out of it",
    (data) => symlink("../../in.ndjson", join(data, "deep", "link")),
    linkIs("out of the folder"),
  ),
  row("an absolute link out of it", (data) => symlink("/etc", join(data, "deep", "link")), linkIs("out of the folder")),
  row("a link to its own parent", (data) => symlink("../..", join(data, "deep", "link")), linkIs("out of the folder")),
  row("a dangling link", (data) => symlink("gone", join(data, "deep", "link")), linkIs("that leads nowhere")),
  row("a link to itself", (data) => symlink("link", join(data, "deep", "link")), linkIs("that leads nowhere")),
  row(
    "a FIFO",
    (data) => execFileSync("mkfifo", [join(data, "pipe")]),
    /data\/pipe: is neither a file, a folder nor a link$/,
  ),
  row("a socket", openSocket, /data\/socket: is neither a file, a folder nor a link$/),
  row(
    "a name that is not UTF-8",
    (data) => writeFile(Buffer.concat([Buffer.from(`${data}/deep/`), Buffer.from([0xd6, 0xd0])]), ""),
    /data\/deep: holds a file whose name is not UTF-8/,
  ),
];

function linkIs(what: string): RegExp {
  return new RegExp(`data/deep/link: is a link ${what}$`);
}

/** A socket in the folder, closed again after the row. */
function openSocket(data: string): Promise<() => void> {
  const server = createServer();
  return new Promise((resolve) => server.listen(join(data, "socket"), () => resolve(() => server.close())));
}

/** Gives everybody a row's folder, but nobody one path in it. */
async function forbid(folder: string, path: string): Promise<void> {
  execFileSync("chmod", ["-R", "a+rwX", folder]);
  await chmod(join(folder, path), 0);
}
