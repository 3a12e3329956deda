/** One package of package-lock.json (the fields used here). */
export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** A part for another kind of machine that a package names and the lock does not hold. */
export interface MissingPart {
  readonly name: string;
  readonly version: string;
  readonly dev: boolean;
}

/**
 * Finds the parts for other machines that the lock lacks. npm leaves one out when the registry in use does not carry
 * it, and `npm ci` then refuses the lock on every machine.
 */
export function missingParts(lock: Lock): readonly MissingPart[] {
  const missing = new Map<string, MissingPart>();
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isLocked(lock, path, name)) missing.set(name, { name, version, dev: entry.dev === true });
    }
  }
  return [...missing.values()];
}

/** Node's own rule: the nearest node_modules at or above the package. */
function isLocked(lock: Lock, from: string, name: string): boolean {
  const folders = from.split("/node_modules/");
  return folders.some((_, depth) => {
    const base = folders.slice(0, folders.length - depth).join("/node_modules/");
    return [`${base}/node_modules/${name}`, `node_modules/${name}`].some((path) => lock.packages[path] !== undefined);
  });
}

const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const processors = ["arm64", "arm", "amd64", "x64", "ia32", "ppc64", "riscv64", "s390x"];

/**
 * The lock entry of a part, read from its name, which such packages build from system, processor and C library. It has
 * no integrity, because nobody here has seen the package.
 */
export function entryOf(part: MissingPart): LockedPackage {
  const words = part.name.slice(part.name.indexOf("/") + 1).split("-");
  const system = words.find((word) => systems.includes(word));
  const processor = words.find((word) => processors.includes(word));
  if (system === undefined || processor === undefined) throw new Error(`${part.name} does not name its machine`);
  const libc = system !== "linux" ? [] : words.at(-1)?.startsWith("musl") ? ["musl"] : ["glibc"];
  return {
    version: part.version,
    cpu: [processor === "amd64" ? "x64" : processor],
    ...(part.dev ? { dev: true } : {}),
    ...(libc.length > 0 && /gnu|musl/.test(part.name) ? { libc } : {}),
    optional: true,
    os: [system],
  };
}

/** The lock with every part in it, in npm's order. */
export function completed(lock: Lock): Lock {
  const parts = missingParts(lock).map((part) => [`node_modules/${part.name}`, entryOf(part)] as const);
  const [root, ...rest] = Object.entries(lock.packages);
  const sorted = [...rest, ...parts].sort(([a], [b]) => a.localeCompare(b, "en"));
  return { ...lock, packages: Object.fromEntries(root === undefined ? sorted : [root, ...sorted]) };
}
