import assert from "node:assert/strict";
import { test } from "node:test";
import { openArea } from "../../../addrsvc/web/static/field/area.js";
import { suggest } from "../../../addrsvc/web/static/field/numbering.js";
import { at, form, house, packageOf } from "./world.mjs";

const STREET = "Đường Lê Lợi";

const numbers = (found) => found.map(({ number }) => number);
const asked = (rows, [east, north]) => suggest(at(east, north), openArea(packageOf(rows)));

// odd numbers on the south side, even ones on the north side, 5 m a house
const street = (...listed) =>
  listed.map((number) => house(String(number), STREET, [number * 2.5, number % 2 === 1 ? -6 : 6]));

test("the gap between two houses of a side comes first, with the houses it comes from", () => {
  const found = asked(street(1, 3, 5, 9, 11, 2, 4, 6, 8, 10), [17.5, -6]);
  assert.equal(found.house_numbers[0].number, "7");
  assert.deepEqual(found.house_numbers[0].rows.map((row) => row.house_number), ["5", "9"]);
  assert.equal(found.thoroughfare, STREET);
});

test("past the last house of a side the next number of that side comes first", () => {
  const rows = street(1, 3, 5, 7, 2, 4, 6, 8, 10);
  assert.equal(asked(rows, [22, -6]).house_numbers[0].number, "9");
  assert.equal(asked(rows, [30, 6]).house_numbers[0].number, "12");
});

test("where a side is built without a gap the lower number gets the next letter", () => {
  const rows = street(1, 3, 5, 7, 2, 4, 6);
  assert.equal(asked(rows, [10, -6]).house_numbers[0].number, "3A");
  const more = [...rows, house("3A", STREET, [8.5, -6]), house("3B", STREET, [9, -6])];
  assert.equal(asked(more, [10, -6]).house_numbers[0].number, "3C");
});

test("bis is suggested where a street has it", () => {
  const rows = [...street(1, 3, 5, 7, 2, 4, 6), house("5bis", STREET, [14, -6])];
  assert.deepEqual(numbers(asked(rows, [9, -6]).house_numbers).slice(0, 2), ["3bis", "3A"]);
});

test("in an alley the number goes on behind that of the alley", () => {
  const alley = [1, 3, 5].map((n) => house(`12/${n}`, STREET, [30 - 4, 15 + n * 2.5]));
  const found = asked([...street(2, 4, 6, 8, 10, 12, 14), ...alley], [26, 32]);
  assert.equal(found.house_numbers[0].number, "12/7");
  assert.equal(found.house_numbers[0].rows[0].house_number, "12/5");
});

test("an alley within an alley, and where the alley is in the street's name", () => {
  const deep = ["12/3/1", "12/3/3", "12/3/5"].map((n, i) => house(n, STREET, [i * 5, 0]));
  assert.equal(asked(deep, [15, 0]).house_numbers[0].number, "12/3/7");
  const named = ["1", "3", "5"].map((n, i) => house(n, "Hẻm 95 Lê Lợi", [i * 5, 0]));
  const found = asked(named, [15, 0]);
  assert.deepEqual([found.thoroughfare, found.house_numbers[0].number], ["Hẻm 95 Lê Lợi", "7"]);
});

test("a new alley begins at one behind the house at its mouth; a known one goes on", () => {
  assert.deepEqual(numbers(asked(street(2, 4, 6, 8), [10, 14]).alleys), ["4/1"]);
  const alley = [1, 3].map((n) => house(`4/${n}`, STREET, [13, 16 + n * 2]));
  const both = asked([...street(2, 4, 6, 8), ...alley], [10, 7]);
  assert.equal(both.house_numbers.some(({ number }) => number.includes("/")), false);
  assert.deepEqual(numbers(both.alleys), ["4/5"]);
});

test("where odd and even stand in one row, numbers go on one by one", () => {
  const rows = [1, 2, 3, 4, 6, 7].map((n) => house(String(n), STREET, [n * 5, 0]));
  assert.equal(asked(rows, [25, 0]).house_numbers[0].number, "5");
  assert.equal(asked(rows, [40, 0]).house_numbers[0].number, "8");
});

test("the first house across from a side that is numbered has a number of the other parity", () => {
  const rows = [2, 4, 6, 8, 10].map((n) => house(String(n), STREET, [n * 2.5, 7]));
  const found = asked(rows, [15, -7]);
  assert.ok(Number(found.house_numbers[0].number) % 2 === 1);
  assert.ok(Math.abs(Number(found.house_numbers[0].number) - 6) <= 1);
});

test("one neighbour gives the numbers around its own; none gives none", () => {
  assert.deepEqual(numbers(asked(street(8), [25, 6]).house_numbers), ["10", "6", "9"]);
  const none = asked([], [0, 0]);
  assert.deepEqual(none, { thoroughfare: null, localities: [], house_numbers: [], alleys: [] });
});

test("numbers along a hamlet; lots, parcels and units say nothing", () => {
  const said = { localities: [["ap", "Ấp 1"]] };
  const rows = [2, 4, 6].map((n) => house(String(n), null, [n * 10, 0], said));
  const found = asked([...rows, house("Lô A5", null, [71, 0], said), house("8", null, [70, 0], { ...said, unit: "3" })], [80, 0]);
  assert.deepEqual([found.thoroughfare, found.localities], [null, [["ap", "Ấp 1"]]]);
  assert.equal(found.house_numbers[0].rows[0].house_number, "6");
});

test("a number once recorded on this phone is not suggested again: the next one is", () => {
  const area = openArea(packageOf(street(1, 3, 5, 2, 4)));
  const said = { house_number: "7", thoroughfare: STREET, position: at(17.5, -6) };
  area.setRecords([{ id: "a", act: "add", status: "saved", saved_at: 1, code: null, form: form(said) }]);
  assert.equal(suggest(at(22.5, -6), area).house_numbers[0].number, "9");
});

test("a number far too high beside others does not make every number between be looked at", () => {
  const area = openArea(packageOf([...street(1, 3, 5, 7, 9), house("99999", STREET, [27, -6])]));
  let asked_for = 0;
  const counting = {
    ...area,
    byNumber: (...given) => {
      asked_for += 1;
      return area.byNumber(...given);
    },
  };
  assert.equal(suggest(at(25, -6), counting).house_numbers.length, 4);
  assert.ok(asked_for < 30, `${asked_for}`);
});

test("no number that is taken is ever suggested, and none twice", () => {
  let state = 5;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let round = 0; round < 200; round += 1) {
    const rows = Array.from({ length: 3 + Math.floor(random() * 20) }, () => {
      const number = 1 + Math.floor(random() * 30);
      const text = [`${number}`, `${number}A`, `${number}/${1 + Math.floor(random() * 9)}`, `${number}-${number + 2}`][Math.floor(random() * 4)];
      return house(text, STREET, [number * 3 + random() * 6, random() * 20]);
    });
    const area = openArea(packageOf(rows));
    const found = suggest(at(random() * 90, random() * 20), area);
    const all = numbers([...found.house_numbers, ...found.alleys]);
    assert.deepEqual([...new Set(all)], all);
    for (const number of all) assert.equal(area.byNumber(STREET, number).length, 0, number);
    for (const { rows: from } of [...found.house_numbers, ...found.alleys]) assert.ok(from.length > 0);
  }
});
