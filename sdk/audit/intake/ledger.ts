import type { Place } from "../../common/errors.js";
import { formatUnits } from "../../common/kinds.js";
import { Numbers } from "./numbers.js";
import type { Problems } from "./problems.js";

/** How the fields of a line of the journal are called, so that a refusal names the right one. */
export interface Names {
  readonly chart: string;
  readonly number: string;
  readonly line: string;
  readonly account: string;
  readonly date: string;
  readonly period: string;
  readonly currency: string;
  readonly debit: string;
  readonly credit: string;
}

/** One line of a voucher or journal entry. */
export interface Posting {
  /** Type of the voucher; together with `run` that within which a number is given once. */
  readonly type: string;
  /** That within which numbers follow each other, through all types or in each: the period, or nothing. */
  readonly run: string;
  readonly number: string;
  readonly line: number;
  readonly account: string;
  /** yyyymmdd. */
  readonly date: string;
  /** Fiscal year and period, as the books name them. */
  readonly period: string;
  readonly debit: bigint;
  readonly credit: bigint;
  /** Of debit and credit, where the books name it. */
  readonly currency: string;
  readonly cancelled: boolean;
}

/** First and last day, yyyymmdd. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

interface Voucher {
  readonly first: Posting;
  readonly place: Place;
  lines: number;
  debit: bigint;
  credit: bigint;
  /** A line of it may be missing because it was refused: its sums say nothing. */
  doubtful: boolean;
}

interface Run {
  readonly all: Numbers;
  readonly types: Map<string, Numbers>;
}

/** Accounts that are remembered until the chart is read, with the place of their first use. */
const ACCOUNTS_WAITING = 100_000;

/**
 * The books as they are read, line by line: which accounts and periods there are, and the voucher that is open. Lines of
 * a voucher follow each other, so memory holds one voucher, the chart and the numbers given out.
 */
export class Ledger {
  readonly totals = { vouchers: 0, cancelled: 0, postings: 0, debit: 0n, credit: 0n, from: "", to: "" };
  readonly #accounts = new Set<string>();
  readonly #used = new Map<string, Place>();
  readonly #periods = new Map<string, Days>();
  readonly #runs = new Map<string, Run>();
  readonly currencies = new Set<string>();
  #open: Voucher | undefined;
  #doubt = false;

  constructor(
    private readonly names: Names,
    private readonly decimals: number,
    private readonly calendar: (period: string) => Days | string,
    private readonly problems: Problems,
  ) {}

  get accounts(): number {
    return this.#accounts.size;
  }

  /** Notes what is wrong with a row beyond its cells. */
  problem(place: Place, sentence: string): void {
    this.problems.add(place, sentence);
  }

  /** Takes an account of the chart. */
  account(number: string, place: Place): void {
    if (this.#accounts.has(number)) this.problems.add(place, "is the number of two accounts of the chart");
    this.#accounts.add(number);
    this.#used.delete(number);
  }

  /** Takes a period of the books' own calendar. */
  period(name: string, days: Days, place: Place): void {
    if (days.from > days.to) this.problems.add(place, "begins after it ends");
    else if (this.#periods.has(name)) this.problems.add(place, "is there twice in the calendar of the books");
    this.#periods.set(name, days);
  }

  /** Notes that something uses an account; it must stand in the chart, which may come later. */
  use(account: string, place: Place): void {
    if (this.#accounts.has(account) || this.#used.size >= ACCOUNTS_WAITING || this.#used.has(account)) return;
    this.#used.set(account, place);
  }

  /** Says that a row was refused, so that the vouchers around it are not called unbalanced as well. */
  skip(): void {
    this.#doubt = true;
    if (this.#open !== undefined) this.#open.doubtful = true;
  }

  /** Looks whether a day lies in its fiscal year and period. */
  day(period: string, date: string, place: Place, names: { readonly period: string; readonly date: string }): void {
    const days = this.#periods.size > 0 ? this.#periods.get(period) : this.calendar(period);
    if (days === undefined) {
      this.problems.add({ ...place, field: names.period }, "is no period of the books' calendar");
    } else if (typeof days === "string") this.problems.add({ ...place, field: names.period }, days);
    else if (date < days.from || date > days.to) {
      this.problems.add({ ...place, field: names.date }, "is a day outside the fiscal year and period of its row");
    }
  }

  /** Takes a line of the journal. */
  post(posting: Posting, place: Place): void {
    this.use(posting.account, { ...place, field: this.names.account });
    this.day(posting.period, posting.date, place, this.names);
    if (posting.debit !== 0n && posting.credit !== 0n) {
      this.problems.add({ ...place, field: this.names.credit }, "has a credit where the line has a debit already");
    }
    const voucher = this.#voucher(posting, place);
    voucher.lines++;
    if (posting.line !== voucher.lines && !voucher.doubtful) {
      const sentence = `is not ${voucher.lines}, the next line of its voucher; lines run from 1 without a gap`;
      this.problems.add({ ...place, field: this.names.line }, sentence);
    }
    for (const same of ["date", "period", "currency"] as const) {
      if (posting[same] === voucher.first[same]) continue;
      this.problems.add({ ...place, field: this.names[same] }, "is not that of the voucher's first line");
    }
    voucher.debit += posting.debit;
    voucher.credit += posting.credit;
    this.#count(posting);
  }

  /**
   * Closes the last voucher and says what only the whole shows.
   * @param whole whether every file was read to its end, so that what is absent is absent
   */
  finish(whole: boolean): readonly string[] {
    this.#close();
    for (const place of whole ? this.#used.values() : []) {
      this.problems.add(place, `is no account of the chart (${this.names.chart})`);
    }
    const remarks: string[] = [];
    for (const [name, { all, types }] of this.#runs) {
      // Offices number through all types or each type by itself; what neither explains is missing.
      const missing = Math.min(all.missing(), sum([...types.values()].map((numbers) => numbers.missing())));
      const where = name === "" ? "" : ` of ${name}`;
      if (missing > 0) remarks.push(`${missing} numbers are missing between the first and the last voucher${where}`);
    }
    return remarks;
  }

  #voucher(posting: Posting, place: Place): Voucher {
    const { first } = this.#open ?? {};
    const { number, type, run } = posting;
    if (this.#open !== undefined && first?.number === number && first.type === type && first.run === run) {
      return this.#open;
    }
    this.#close();
    if (!this.#giveOut(posting)) {
      const sentence =
        "is the number of an earlier voucher; a number is given once, and a voucher's lines stand together";
      this.problems.add({ ...place, field: this.names.number }, sentence);
    }
    this.#open = { first: posting, place, lines: 0, debit: 0n, credit: 0n, doubtful: this.#doubt };
    if (this.#doubt) this.#open.lines = posting.line - 1;
    this.#doubt = false;
    return this.#open;
  }

  #giveOut({ number, type, run }: Posting): boolean {
    const known = this.#runs.get(run) ?? { all: new Numbers(), types: new Map<string, Numbers>() };
    const numbers = known.types.get(type) ?? new Numbers();
    this.#runs.set(run, known);
    known.types.set(type, numbers);
    known.all.add(number);
    return numbers.add(number);
  }

  #close(): void {
    const voucher = this.#open;
    this.#open = undefined;
    if (voucher === undefined) return;
    this.totals.vouchers++;
    if (voucher.first.cancelled) this.totals.cancelled++;
    if (voucher.debit === voucher.credit || voucher.doubtful) return;
    const [debit, credit] = [formatUnits(voucher.debit, this.decimals), formatUnits(voucher.credit, this.decimals)];
    const sentence = `the voucher that begins here does not balance: debits ${debit}, credits ${credit}`;
    this.problems.add({ ...voucher.place, field: this.names.debit }, sentence);
  }

  #count({ debit, credit, date, cancelled }: Posting): void {
    const totals = this.totals;
    totals.postings++;
    if (totals.from === "" || date < totals.from) totals.from = date;
    if (date > totals.to) totals.to = date;
    if (cancelled) return;
    totals.debit += debit;
    totals.credit += credit;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
