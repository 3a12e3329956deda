import type { Hex } from "../../../common/bytes.js";
import type { Category, Standing } from "../../standing.js";
import type { ToldErasure } from "../erase.js";
import type { OpenedPersonnel, RecordOpening } from "../opening.js";
import type { LogHead } from "./read.js";
import type { DeskReading, Situation } from "./situation.js";

/** A log with records about the person. */
export type PageLog = Pick<LogHead, "logId" | "owner" | "frozen" | "faults"> & { readonly name: string };

/** A record about the person, and how it stands. */
export interface PageRecord {
  readonly opening: RecordOpening;
  readonly opened: OpenedPersonnel;
  readonly log: PageLog;
  /** Undefined where the chain's head does not cover the record yet. */
  readonly desk: DeskReading | undefined;
  readonly situation: Situation | undefined;
}

/** A word of the issuer's about an award, opened from what the award commits to. */
export interface AwardContent {
  readonly label: string;
  readonly text: string;
}

/** An award to the person: a token, or a place in a campaign. */
export interface PageAward {
  readonly title: string;
  /** In whose name. */
  readonly authority: string;
  readonly category: Category;
  readonly criteriaUri: string;
  /** Member. */
  readonly issuer: bigint;
  /** Block seconds. */
  readonly issuedAt: bigint;
  /** Block seconds, 0 for never. */
  readonly expires: bigint;
  readonly standing: Standing;
  readonly disputed: boolean;
  readonly evidence?: { readonly logId: Hex; readonly index: bigint } | undefined;
  readonly campaign?: Hex | undefined;
  /** Place in the campaign. */
  readonly index?: bigint | undefined;
  readonly token?: bigint | undefined;
  readonly content?: readonly AwardContent[] | undefined;
  /** What proves a place in a campaign to others; goes into the person's file. */
  readonly proof?: unknown;
  /** What opens the content of a place in a campaign; goes into the person's file. */
  readonly opening?: unknown;
}

/** Points of one category of one member, for the person's own eyes. */
export interface PagePoints {
  readonly category: Category;
  readonly member: bigint;
  /** All that were given, less adjustments. */
  readonly lifetime: bigint;
  /** Weighed by age, in units of 2^-40. */
  readonly decayed: bigint;
}

/** Everything about one person at one moment. */
export interface PersonPage {
  readonly subject: Hex;
  /** From the roster, where the page is made by staff number. */
  readonly staffNumber?: string | undefined;
  readonly name?: string | undefined;
  readonly unit?: string | undefined;
  readonly account: Hex;
  /** Whether a member keeps the key of the account. */
  readonly held: boolean;
  /** Block seconds. */
  readonly madeAt: bigint;
  readonly chainId: bigint;
  /** Name of the network, as commands take it. */
  readonly network: string;
  /** Name of the person's file beside the page. */
  readonly file: string;
  readonly logs: readonly PageLog[];
  readonly records: readonly PageRecord[];
  readonly erasures: readonly ToldErasure[];
  readonly awards: readonly PageAward[];
  readonly points: readonly PagePoints[];
}
