import { id } from "ethers";

import type { Hex } from "../../sdk/common/bytes.js";
import { encodeLeaf } from "../../sdk/rewards/campaign/leaf.js";
import type { ActorLabel, RewardsSuite } from "./rewards.js";
import { referenceLeafHash, VirtualTree } from "./virtualTree.js";

export function saltOf(place: number): Hex {
  return id(`salt ${place}`) as Hex;
}

export function treeOf(subjects: readonly Hex[]): VirtualTree {
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.slice(2), "hex"));
  const leaves = subjects.map((subject, i) => {
    const leaf = encodeLeaf({ subject: bytes(subject), salt: bytes(saltOf(i)) });
    return [BigInt(i), referenceLeafHash(leaf)] as const;
  });
  return new VirtualTree(new Uint8Array(32), new Map(leaves));
}

export function pick<T>(from: readonly T[], choice: number): T | undefined {
  return from.length === 0 ? undefined : from[choice % from.length];
}

export function lower(world: RewardsSuite, label: ActorLabel): string {
  return world.actor(label).address.toLowerCase();
}

/** EIP-712 fields as a type string lists them. */
export function fields(list: string): { type: string; name: string }[] {
  return list.split(", ").map((field) => {
    const [type, name] = field.split(" ") as [string, string];
    return { type, name };
  });
}
