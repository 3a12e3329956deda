import { z } from "zod";

import { fromHex, fromUtf8, toHex, type Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { readJson } from "../common/json.js";
import { hexText, parseWith } from "../common/schema.js";
import { tilePath, tileWidth } from "../log/tiles.js";
import type { Missing } from "../records/key-reader.js";
import type { KeyGrant } from "../records/keys.js";

const absent = z.enum(["erased", "not granted"]);
const schema = z.strictObject({
  /** Grants of the days' keys that the records name by their place here. */
  epochs: z.array(z.strictObject({ id: hexText, grant: z.string() })).max(tileWidth),
  keys: z.array(z.union([absent, z.tuple([z.int().nonnegative(), hexText])])).max(tileWidth),
});

/** Path of the grants of a bundle's records for a recipient. */
export function grantsPath(recipient: string, index: number, width: number): string {
  const name = tilePath({ level: "entries", index, width }).replace(/^tile\/entries\//, "");
  return `grants/${encodeURIComponent(recipient)}/${name}`;
}

/** Writes the grants of a bundle: a day's key once, not once a record. */
export function packGrants(grants: readonly (KeyGrant | Missing)[]): string {
  const places = new Map<Hex, number>();
  const epochs: { id: Hex; grant: string }[] = [];
  const keys = grants.map((one) => {
    if (typeof one === "string") return one;
    const place = places.get(one.epoch) ?? epochs.push({ id: one.epoch, grant: one.grant }) - 1;
    places.set(one.epoch, place);
    return [place, toHex(one.wrapped)];
  });
  return JSON.stringify({ epochs, keys });
}

/** @throws SteleError `input` where it is not what {@link packGrants} writes for `width` records */
export function unpackGrants(bytes: Uint8Array, width: number): (KeyGrant | Missing)[] {
  const { epochs, keys } = parseWith(schema, readJson(fromUtf8(bytes)));
  if (keys.length !== width) throw new SteleError("input", `${keys.length} grants where ${width} are expected`);
  return keys.map((one) => {
    if (typeof one === "string") return one;
    const epoch = epochs[one[0]];
    if (epoch === undefined) throw new SteleError("input", "a grant names a day's key that is not there");
    return { epoch: epoch.id, grant: epoch.grant, wrapped: fromHex(one[1]) };
  });
}
