// What number a house may have, from the houses beside it: suggestions, never filled in unasked.
//
// Along a street numbers rise; odd ones stand on one side and even ones on the other; what is built
// between two numbers gets the lower one with a letter, or bis. In an alley the same begins anew
// behind the number of the house at its mouth: 12/1, 12/3. Source: TT 08/2024/TT-BXD, and usage.

import { metresPerDegree } from "./geo.js";
import { numberKey, parseHouseNumber } from "./keys.js";

const NEAR_M = 120;
const MOST_ROWS = 60;
const STREET_M = 60;
const MOST_NUMBERS = 4;
const MOST_ALLEYS = 3;
const APART_M = 4; // two sides closer than this cannot be told apart
const MOST_STEPS = 3; // beyond the last house by more than so many numbers, order says nothing
const LAST = /^(\d{1,5})(?:-(\d{1,5}))?([A-Z]?)(bis|ter)?$/;

const median = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

// A row as a house that counts along something: which series it is of, and where it stands.
const houseOf = ({ row, distance_m }, point, per) => {
  if (!row.house_number || row.unit || row.keys.base === null) return null;
  const read = parseHouseNumber(row.house_number);
  if (read === null || read.alley !== "" || read.lot || read.plot || read.parcel) return null;
  const last = LAST.exec(read.steps[read.steps.length - 1]);
  if (last === null) return null;
  const key = row.keys.number;
  const at = key.lastIndexOf("/");
  return {
    row,
    distance_m,
    x: (row.lon - point.lon) * per.lon,
    y: (row.lat - point.lat) * per.lat,
    number: Number(last[1]),
    highest: Number(last[2] ?? last[1]),
    letter: last[3],
    word: last[4] ?? "",
    before: read.steps.slice(0, -1),
    alley: at < 0 ? "" : key.slice(0, at),
    series: `${row.keys.base}\n${at < 0 ? "" : key.slice(0, at)}`,
  };
};

const seriesOf = (houses) => {
  const found = new Map();
  for (const house of houses) {
    if (!found.has(house.series)) found.set(house.series, []);
    found.get(house.series).push(house);
  }
  const weight = (some) => some.reduce((sum, { distance_m }) => sum + 1 / (5 + distance_m) ** 2, 0);
  return [...found.values()].sort((one, other) => weight(other) - weight(one));
};

/** Metres a number takes along the series, as a vector; null: they are in no order. */
const strideOf = (houses) => {
  const steps = [];
  for (const [i, one] of houses.entries()) {
    for (const other of houses.slice(i + 1)) {
      const by = other.number - one.number;
      if (by !== 0) steps.push({ x: (other.x - one.x) / by, y: (other.y - one.y) / by });
    }
  }
  if (steps.length === 0) return null;
  const stride = { x: median(steps.map(({ x }) => x)), y: median(steps.map(({ y }) => y)) };
  return Math.hypot(stride.x, stride.y) < 0.5 ? null : stride;
};

// Where the point stands among the houses: the number due there, and on which side of the street.
const placeAmong = (houses, stride) => {
  const length = Math.hypot(stride.x, stride.y);
  const near = houses.slice(0, 6);
  const due = median(
    near.map(({ number, x, y }) => number - (x * stride.x + y * stride.y) / length ** 2),
  );
  const across = ({ x, y }) => (x * stride.y - y * stride.x) / length;
  const sides = [0, 1].map((parity) => houses.filter(({ number }) => number % 2 === parity));
  const offs = sides.map((some) => (some.length === 0 ? null : median(some.map(across))));
  if (offs[0] !== null && offs[1] !== null) {
    if (Math.abs(offs[0] - offs[1]) < APART_M) return { due, parity: null, hasSides: false };
    return { due, parity: Math.abs(offs[0]) < Math.abs(offs[1]) ? 0 : 1, hasSides: true };
  }
  const only = offs[0] === null ? 1 : 0;
  const isSame = Math.abs(offs[only]) < 2 * APART_M;
  return { due, parity: isSame ? only : 1 - only, hasSides: houses.length > 1 };
};

const written = (house, number, suffix = "") =>
  [...house.before, `${number}${suffix}`].join("/");

const nextLetter = (houses, number) => {
  const used = houses.filter((each) => each.number === number).map(({ letter }) => letter);
  const last = used.sort().pop() ?? "";
  return last === "" ? "A" : last < "Z" ? String.fromCharCode(last.charCodeAt(0) + 1) : null;
};

// What stands between two numbers that follow each other: the lower one with a letter, or bis.
const lettered = (houses, lower, rows) => {
  const found = [];
  const letter = nextLetter(houses, lower.number);
  const isBisUsed = houses.some(({ word }) => word !== "");
  const hasBis = houses.some(({ number, word }) => number === lower.number && word === "bis");
  if (letter !== null) found.push({ number: written(lower, lower.number, letter), rows });
  if (isBisUsed && !hasBis) {
    found.unshift({ number: written(lower, lower.number, "bis"), rows });
  }
  return found;
};

// The few numbers nearest to one that is wanted, looked for outwards: a gap may be very wide.
const nearestFree = (wanted, { from, to }, isFree) => {
  const found = [];
  let below = Math.min(to, Math.floor(wanted));
  let above = Math.max(from, below + 1);
  while (found.length < MOST_NUMBERS && (below >= from || above <= to)) {
    const isBelow = below >= from && (above > to || wanted - below <= above - wanted);
    const number = isBelow ? below-- : above++;
    if (isFree(number)) found.push(number);
  }
  return found;
};

const between = (houses, isTaken, { due, parity, hasSides }) => {
  const stride = hasSides ? 2 : 1;
  const side = parity === null ? houses : houses.filter(({ number }) => number % 2 === parity);
  const rising = [...side].sort((one, other) => one.number - other.number);
  const lower = rising.filter(({ number }) => number <= due).pop() ?? null;
  const upper = rising.find(({ number }) => number > due) ?? null;
  const rows = [lower, upper].filter((each) => each !== null).map(({ row }) => row);
  if (lower === null && upper === null) {
    // nothing stands on this side yet: across from what stands on the other
    const start = Math.max(1, Math.round(due));
    const near = start % 2 === parity ? start : start + 1;
    return [near, near + 2, near - 2]
      .filter((number) => number > 0)
      .map((number) => ({ number: written(houses[0], number), rows: [houses[0].row] }));
  }
  const like = lower ?? upper;
  const from = lower === null ? Math.max(1, upper.number - MOST_STEPS * stride) : lower.highest + 1;
  const to = upper === null ? lower.highest + MOST_STEPS * stride : upper.number - 1;
  const wanted = upper === null ? Math.max(due, lower.highest + stride) : due;
  const isFree = (number) =>
    (parity === null || number % 2 === parity) && !isTaken(written(like, number));
  const free = nearestFree(wanted, { from, to }, isFree);
  const plain = free.map((number) => ({ number: written(like, number), rows }));
  const isFull = lower !== null && upper !== null && free.length === 0;
  return isFull ? lettered(houses, lower, rows) : plain;
};

const beside = (houses, isTaken) => {
  // one house, or houses in no order: the next on its side, the one before, the next across
  const [nearest] = houses;
  return [2, -2, 1]
    .map((by) => nearest.highest + by)
    .filter((number) => number > 0 && !isTaken(written(nearest, number)))
    .map((number) => ({ number: written(nearest, number), rows: [nearest.row] }));
};

const numbersOf = (houses, isTaken) => {
  const stride = houses.length > 1 ? strideOf(houses) : null;
  const due = stride === null ? [] : between(houses, isTaken, placeAmong(houses, stride));
  return [...due, ...beside(houses, isTaken)];
};

// Beside an alley: what follows its last house.
const onwards = (houses, isTaken) => {
  const last = houses.reduce((one, other) => (other.highest > one.highest ? other : one));
  const parities = new Set(houses.map(({ number }) => number % 2));
  for (let number = last.highest + (parities.size === 1 ? 2 : 1); ; number += 1) {
    if (!isTaken(written(last, number))) return { number: written(last, number), rows: [last.row] };
  }
};

// The first number of an alley that begins at a house on the street.
const alleyAt = (house, isTaken) => {
  const number = [...house.before, `${house.number}${house.letter}`, "1"].join("/");
  return isTaken(number) ? null : { number, rows: [house.row] };
};

const distinct = (found) => {
  const seen = new Set();
  return found.filter(({ number }) => {
    const key = numberKey(number);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

/**
 * Suggest from neighbours of a point: `{thoroughfare, localities, house_numbers, alleys}`; numbers
 * and alleys are `[{number, rows}]`, likeliest first, with the neighbours they come from; alleys are
 * numbers in an alley beside the likeliest series: `12/5` after `12/3`, `12/1` where none stands yet.
 */
export const suggest = (point, area) => {
  const near = area.near(point, NEAR_M).slice(0, MOST_ROWS);
  const per = metresPerDegree(point.lat);
  const series = seriesOf(
    near.map((each) => houseOf(each, point, per)).filter((house) => house !== null),
  );
  const takenIn = ({ thoroughfare, localities }) => (number) =>
    area.byNumber(thoroughfare, number, localities).length > 0;
  const [main = null, ...others] = series;
  const house_numbers = main === null ? [] : numbersOf(main, takenIn(main[0].row));
  const inAlleys = others
    .filter((houses) => houses[0].alley !== "" || main[0].alley !== "")
    .filter((houses) => houses[0].distance_m <= STREET_M)
    .map((houses) => onwards(houses, takenIn(houses[0].row)));
  const isOnStreet = main !== null && main[0].alley === "";
  const mouth = isOnStreet ? alleyAt(main[0], takenIn(main[0].row)) : null;
  const named = near.find(({ row }) => row.thoroughfare !== null)?.row ?? null;
  const placed = near.find(({ row }) => row.localities.length > 0)?.row ?? null;
  const of = main?.[0].row ?? null;
  return {
    thoroughfare: of === null ? (named?.thoroughfare ?? null) : of.thoroughfare,
    localities: (of !== null && of.localities.length > 0 ? of : placed)?.localities ?? [],
    house_numbers: distinct(house_numbers).slice(0, MOST_NUMBERS),
    alleys: distinct([...inAlleys, ...(mouth === null ? [] : [mouth])]).slice(0, MOST_ALLEYS),
  };
};
