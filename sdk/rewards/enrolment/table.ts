import { getAddress } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { code, text } from "../../common/kinds.js";
import { staffNumberLength, type Person } from "../roster/person.js";
import type { TableSpec } from "../table/spec.js";

/** A line of a department's file of its people. */
export interface RosterRow {
  readonly staffNumber: string;
  readonly name?: string;
  readonly unit: string;
  /** The person's own; absent where the department is to hold one. */
  readonly account?: Hex;
  /** The account's consent, where the file has it. */
  readonly consent?: { readonly deadline: number; readonly signature: Hex };
}

/** What a check of the file asks of the roster. */
export interface KnownPeople {
  person(staffNumber: string): Person | undefined;
  byAccount(account: Hex): Person | undefined;
}

const wrong = (field: string, sentence: string): SteleError => new SteleError("input", sentence, { place: { field } });

/**
 * The table `roster import` takes: staff number, unit and, where they are known, name, account and its consent.
 * @param known people on the roster by now; undefined for none
 */
export function rosterTable(known?: KnownPeople): TableSpec<RosterRow> {
  return {
    columns: [
      { name: "staffNumber", aliases: ["工号", "员工编号", "staff no"], kind: staffNumberKind },
      { name: "name", aliases: ["姓名"], optional: true, kind: text(200) },
      { name: "unit", aliases: ["单位", "部门", "department"], kind: text(200) },
      { name: "account", aliases: ["账户", "钱包地址", "address"], optional: true },
      { name: "deadline", aliases: ["授权期限"], optional: true },
      { name: "signature", aliases: ["授权签名"], optional: true },
    ],
    parse({ staffNumber = "", name = "", unit = "", account: given = "", deadline = "", signature = "" }) {
      const account = given === "" ? undefined : addressOf(given);
      const consent = consentOf(deadline, signature, account);
      const before = known?.person(staffNumber);
      if (account !== undefined && before !== undefined && before.account !== account) {
        throw wrong("account", "is not the account on the roster; a new one takes stele person claim or recover");
      }
      const owner = account === undefined ? undefined : known?.byAccount(account);
      if (owner !== undefined && owner.staffNumber !== staffNumber) {
        throw wrong("account", "is another person's on the roster");
      }
      return {
        staffNumber,
        unit,
        ...(name === "" ? {} : { name }),
        ...(account === undefined ? {} : { account }),
        ...(consent === undefined ? {} : { consent }),
      };
    },
    key: ({ staffNumber }) => staffNumber,
    keyColumn: "staffNumber",
    keyIsCell: true,
    unique: [{ column: "account", of: ({ account }) => account }],
  };
}

/**
 * A staff number that reads as it is: one person, typed once with the width of another keyboard, with a letter of
 * another script or with something that nobody sees, would be two people of the roster.
 */
function staffNumberKind(cell: string): string | undefined {
  const plain = cell.normalize("NFKC").replace(/\p{Default_Ignorable_Code_Point}|\p{Cf}/gu, "");
  if (plain !== cell) return `has characters that look like others, or cannot be seen; write it as ${plain}`;
  if (/\p{Script=Latin}/u.test(cell) && /\p{Script=Cyrillic}|\p{Script=Greek}/u.test(cell))
    return "mixes letters of two scripts that look alike; type it anew";
  return code(staffNumberLength)(cell);
}

function addressOf(text: string): Hex {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw wrong("account", "is not an account: 0x and 40 hex digits");
  if (/^0x0+$/.test(text)) throw wrong("account", "is nobody's account; leave it empty");
  try {
    return getAddress(text).toLowerCase() as Hex;
  } catch {
    throw wrong("account", "has a wrong checksum: a character is mistyped");
  }
}

function consentOf(deadline: string, signature: string, account: Hex | undefined): RosterRow["consent"] {
  if (deadline === "" && signature === "") return undefined;
  if (account === undefined) throw wrong("account", "is missing beside a signature");
  if (!/^\d{1,12}$/.test(deadline)) throw wrong("deadline", "is not a number of seconds since 1970");
  if (!/^0x([0-9a-fA-F]{2}){64,4096}$/.test(signature)) throw wrong("signature", "is not a signature in hex");
  return { deadline: Number(deadline), signature: signature.toLowerCase() as Hex };
}
