// One line for an address, and words for what the register names by slugs.

import { fold } from "./area.js";
import { say } from "./words.js";

export const KINDS = [
  "dwelling",
  "apartment",
  "boarding_room",
  "state_office",
  "enterprise",
  "production_site",
  "public_facility",
  "works",
  "place",
];

/** Kinds whose name is a person's or none: they have no field for one. */
export const PRIVATE_KINDS = new Set(["dwelling", "apartment", "boarding_room"]);

const LOCALITY_WORDS = [
  ["khu cong nghiep", "industrial_area"],
  ["cum cong nghiep", "industrial_area"],
  ["khu san xuat", "industrial_area"],
  ["kcn", "industrial_area"],
  ["khu dan cu", "residential_area"],
  ["khu do thi", "residential_area"],
  ["khu tai dinh cu", "residential_area"],
  ["khu nha o", "residential_area"],
  ["kdc", "residential_area"],
  ["cu xa", "residential_area"],
  ["khu pho", "khu_pho"],
  ["khom", "khu_pho"],
  ["kp", "khu_pho"],
  ["ap", "ap"],
  ["to", "to"],
  ["thon", "thon"],
  ["xom", "thon"],
  ["lang", "thon"],
];

/** What kind of locality a name that was typed says it is. */
export const localityKind = (name) => {
  const folded = `${fold(name)} `;
  return LOCALITY_WORDS.find(([word]) => folded.startsWith(`${word} `))?.[1] ?? "place";
};

/** A locality as people say it: some registers hold the bare number. */
export const localityName = ([kind, name]) =>
  /^\d+\p{L}?$/u.test(name.trim()) && kind !== "place" ? `${say(`locality_${kind}`)} ${name}` : name;

const INNER = ["unit", "floor", "building"];

/** An address on one line, as the server writes it, without the commune. */
export const lineOf = (fields) => {
  const inner = INNER.map((name) => (name === "building" ? (fields.building_name ?? namedBuilding(fields)) : fields[name]));
  const number = fields.house_number ?? "";
  const door = [number, fields.thoroughfare].filter(Boolean).join(number.includes(" ") ? ", " : " ");
  const places = (fields.localities ?? []).map(localityName);
  return [...inner, door, ...places].filter(Boolean).join(", ");
};

// The form has the name of a building beside its position; a row of a package has the name only.
const namedBuilding = ({ building }) => (typeof building === "string" ? building : null);

/** What stands for a record or an address in a list. */
export const titleOf = (fields) =>
  lineOf(fields) || fields.name || say(`kind_${fields.kind ?? "place"}`);

// Letters with their marks, wherever in a word a mark is written: "hoà" is "hòa".
const spelt = (text) =>
  text
    .normalize("NFD")
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word.replace(/\p{M}/gu, "") + (word.match(/\p{M}/gu) ?? []).sort().join(""))
    .join(" ");

/**
 * Give the name that is meant by what was typed; undefined: none. Marks that were typed are meant;
 * without any, the one name is meant that reads so, if there is one only.
 */
export const knownAs = (typed, names) => {
  const same = names.find((name) => spelt(name) === spelt(typed));
  if (same !== undefined || /[^\x00-\x7f]/.test(typed)) return same;
  const alike = new Set(names.filter((name) => fold(name) === fold(typed)));
  return alike.size === 1 ? [...alike][0] : undefined;
};

/** Tells of a folded text whether each word asked for begins a word of it: "4 le loi" finds "4 Đường Lê Lợi". */
export const matcher = (asked) => {
  const words = fold(asked).split(" ").filter(Boolean);
  return (key) => words.every((word) => ` ${key}`.includes(` ${word}`));
};
