import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";

import type { Hex } from "../../common/bytes.js";
import { concat, utf8 } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";

/** Entries of one status list: the smallest number that the W3C recommendation allows. */
export const listLength = 131_072;

/** A grant or a campaign of an issuer, as its awards stand in the issuer's status lists. */
export type StatusSpan =
  | { readonly kind: "batch"; readonly batch: bigint; readonly count: bigint }
  | { readonly kind: "campaign"; readonly campaignId: Hex; readonly count: bigint };

/** A place in an issuer's lists. */
export interface StatusPlace {
  readonly list: bigint;
  readonly index: number;
}

/**
 * Where an issuer's awards stand, all its grants and campaigns one after the other in the order of the chain. That
 * order never changes and only grows, so a position is the award's for good.
 */
export class StatusLayout {
  readonly #starts = new Map<string, { readonly start: bigint; readonly count: bigint }>();
  /** All awards of the issuer. */
  readonly total: bigint;

  constructor(spans: Iterable<StatusSpan>) {
    let start = 0n;
    for (const span of spans) {
      const key = span.kind === "batch" ? `${span.batch}` : span.campaignId.toLowerCase();
      if (this.#starts.has(key)) throw new SteleError("corrupt", `${span.kind} ${key} stands twice in the events`);
      this.#starts.set(key, { start, count: span.count });
      start += span.count;
    }
    this.total = start;
  }

  /** Lists that the issuer has; one at least, so that a credential can be made before anything else is known. */
  get lists(): bigint {
    return this.total === 0n ? 1n : (this.total - 1n) / BigInt(listLength) + 1n;
  }

  /** Where a grant or campaign begins, and how many awards it has; undefined for another issuer's. */
  spanOf(of: bigint | Hex): { readonly start: bigint; readonly count: bigint } | undefined {
    return this.#starts.get(typeof of === "bigint" ? `${of}` : of.toLowerCase());
  }

  /**
   * Position of an award among all of the issuer.
   * @param of the batch's number, or the campaign's id
   * @param offset position in the grant, or index of the leaf
   */
  position(of: bigint | Hex, offset: bigint): bigint {
    const key = typeof of === "bigint" ? `${of}` : of.toLowerCase();
    const span = this.#starts.get(key);
    if (span !== undefined && offset >= 0n && offset < span.count) return span.start + offset;
    throw new SteleError(
      "missing",
      `award ${offset} of ${key} is none of this issuer's, so no list has a place for it`,
    );
  }
}

/**
 * Turns positions into places. Within a list the places are a secret permutation, uniform and fixed by the issuer's
 * status key: whoever sees the index of a credential learns neither its grant nor its neighbours, and whoever compares
 * two credentials of one grant sees two unrelated numbers.
 */
export class StatusPlaces {
  readonly #key: Uint8Array;
  readonly #lists = new Map<bigint, Uint32Array>();

  /** @param key 32 secret bytes of the issuer; another key is another order */
  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new SteleError("input", "a status key has 32 bytes");
    this.#key = key;
  }

  place(position: bigint): StatusPlace {
    const list = position / BigInt(listLength);
    return { list, index: this.#order(list)[Number(position % BigInt(listLength))]! };
  }

  #order(list: bigint): Uint32Array {
    const known = this.#lists.get(list);
    if (known !== undefined) return known;
    const order = shuffled(this.#key, list);
    this.#lists.set(list, order);
    return order;
  }
}

/** Fisher-Yates, drawing from HMAC-SHA-256(key, "stele.status.v1" ‖ list (8) ‖ counter (4)), without bias. */
function shuffled(key: Uint8Array, list: bigint): Uint32Array {
  const order = Uint32Array.from({ length: listLength }, (_, i) => i);
  const draw = uniform(key, list);
  for (let i = listLength - 1; i > 0; i--) {
    const j = draw(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Uniform numbers below a bound: words that would favour the small ones are thrown away. */
function uniform(key: Uint8Array, list: bigint): (below: number) => number {
  const head = concat(utf8("stele.status.v1"), new Uint8Array(12));
  const view = new DataView(head.buffer);
  view.setBigUint64(head.length - 12, list);
  let [block, at, counter] = [new DataView(new ArrayBuffer(0)), 0, 0];
  const word = (): number => {
    if (at === block.byteLength) {
      view.setUint32(head.length - 4, counter++);
      const bytes = hmac(sha256, key, head);
      [block, at] = [new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0];
    }
    at += 4;
    return block.getUint32(at - 4);
  };
  return (below) => {
    const limit = 2 ** 32 - (2 ** 32 % below);
    for (;;) {
      const drawn = word();
      if (drawn < limit) return drawn % below;
    }
  };
}
