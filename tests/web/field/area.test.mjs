import assert from "node:assert/strict";
import { test } from "node:test";
import { fold, openArea } from "../../../addrsvc/web/static/field/area.js";
import { distanceM } from "../../../addrsvc/web/static/field/geo.js";
import { at, form, house, packageOf, ring } from "./world.mjs";

const numbers = (found) => found.map(({ row }) => row.house_number);

test("near gives all within the radius, nearest first, as looking at each would", () => {
  const rows = [];
  for (let i = 0; i < 3000; i += 1) rows.push(house(String(i), "Đường A", [(i * 37.3) % 1400, (i * 91.7) % 1400]));
  const area = openArea(packageOf(rows));
  for (const [east, north, radius] of [[700, 700, 50], [3, 5, 130], [1399, 900, 260], [-400, 200, 450]]) {
    const point = at(east, north);
    const expected = area.rows
      .map((row) => ({ row, away: distanceM(point, row) }))
      .filter(({ away }) => away <= radius)
      .sort((one, other) => one.away - other.away);
    assert.deepEqual(numbers(area.near(point, radius)), numbers(expected));
    assert.ok(expected.length > 0);
  }
});

test("areas with holes and several parts, and how far a point is outside", () => {
  const area = {
    type: "MultiPolygon",
    coordinates: [
      [ring([0, 0], [100, 0], [100, 100], [0, 100], [0, 0]), ring([40, 40], [60, 40], [60, 60], [40, 60], [40, 40])],
      [ring([200, 0], [300, 0], [300, 100], [200, 0])],
    ],
  };
  const opened = openArea(packageOf([], { area }));
  const is = ([east, north]) => opened.outsideM(at(east, north)) === 0;
  assert.deepEqual([[10, 10], [50, 50], [150, 50], [290, 20], [210, 90]].map(is), [true, false, false, true, false]);
  assert.ok(Math.abs(opened.outsideM(at(50, 45)) - 5) < 0.05);
  assert.ok(Math.abs(opened.outsideM(at(130, 50)) - 30) < 0.1);
});

test("without an area of its own a task is the commune; without both it is anywhere", () => {
  const boundary = { type: "Polygon", coordinates: [ring([0, 0], [100, 0], [100, 100], [0, 0])] };
  const opened = openArea(packageOf([], { boundary }));
  assert.deepEqual([opened.outsideM(at(90, 10)) === 0, opened.outsideM(at(10, 90)) === 0], [true, false]);
  const open = openArea(packageOf([]));
  assert.equal(open.outsideM(at(9e3, 0)), 0);
});

test("a number is found however street and number are written", () => {
  const area = openArea(packageOf([house("12/3A", "Đường Cách Mạng Tháng Tám", [0, 0]), house("5", null, [9, 9], { localities: [["ap", "Ấp 1"]] })]));
  assert.equal(area.byNumber("CMT8", "Hẻm 12 số 3a").length, 1);
  assert.equal(area.byNumber("Cách mạng tháng 8", "12/3").length, 0);
  assert.equal(area.byNumber(null, "05", [["ap", "1"]]).length, 1);
  assert.equal(area.byNumber(null, null).length, 0);
  assert.equal(area.byNumber("", "", []).length, 0);
});

test("rows have the names of the columns; neighbours are not in the task", () => {
  const area = openArea(packageOf([house("1", "A", [0, 0])], { neighbours: [house("2", "A", [10, 0], { in_task: true, localities: null })] }));
  assert.deepEqual(area.rows.map((row) => row.in_task), [true, false]);
  assert.deepEqual(area.rows[1].localities, []);
  assert.equal(area.byRef(area.rows[1].ref), area.rows[1]);
  assert.equal(area.byRef("7512399999"), null);
});

test("addresses without a place are known by number and near nothing; retired ones are not there", () => {
  const area = openArea(packageOf([house("1", "A", [0, 0], { lon: null, lat: null }), house("3", "A", [0, 0], { status: "retired" })]));
  assert.equal(area.near(at(0, 0), 100).length, 0);
  assert.deepEqual([area.byNumber("A", "1").length, area.byNumber("A", "3").length], [1, 0]);
});

test("what was recorded on this phone counts as if it stood in the package", () => {
  const area = openArea(packageOf([house("1", "Lê Lợi", [0, 0]), house("3", "Lê Lợi", [10, 0]), house("5", "Lê Lợi", [20, 0])]));
  const [one, three, five] = area.rows;
  const of = (id, act, said, more = {}) => ({ id, act, status: "saved", saved_at: 1, code: null, form: form({ act, ...said }), ...more });
  area.setRecords([
    of("a", "add", { house_number: "7", thoroughfare: "Lê Lợi", position: at(30, 0) }, { code: "7512311111" }),
    of("b", "correct", { house_number: "3A", thoroughfare: "Lê Lợi", address: three, building_name: "B" }),
    of("c", "gone", { address: five }),
    of("d", "add", { house_number: "9", thoroughfare: "Lê Lợi", position: at(40, 0) }, { status: "draft" }),
    of("e", "nobody-home", { address: one }),
    of("f", "add", { house_number: "1", thoroughfare: "Lê Lợi", position: at(0, 0) }, { code: one.ref, status: "accepted" }),
    { id: "g", act: null, status: "accepted", form: null, saved_at: 2 },
  ]);
  const near = area.near(at(0, 0), 100).map(({ row }) => [row.house_number, row.ref, row.recorded, row.building]);
  assert.deepEqual(near, [
    ["1", one.ref, undefined, null],
    ["3A", three.ref, "b", "B"],
    ["7", "7512311111", "a", null],
  ]);
  assert.deepEqual(["3", "3A", "5", "7", "9"].map((number) => area.byNumber("Lê Lợi", number).length), [0, 1, 0, 1, 0]);
  area.setRecords([]);
  assert.equal(area.byNumber("Lê Lợi", "5").length, 1);
});

test("a correction that was accepted says nothing over what the package knows later", () => {
  const area = openArea(packageOf([house("5", "Lê Lợi", [0, 0], { version: 3 })]));
  const corrected = (version) => ({
    id: "b", act: "correct", status: "accepted", saved_at: 1, code: null, receipt: { address: { version } },
    form: form({ act: "correct", house_number: "3A", thoroughfare: "Lê Lợi", address: area.rows[0] }),
  });
  for (const [version, number] of [[2, "5"], [3, "5"], [4, "3A"]]) {
    area.setRecords([corrected(version)]);
    assert.equal(area.near(at(0, 0), 10)[0].row.house_number, number);
  }
});

test("ten thousand rows are opened and asked in a moment", () => {
  const rows = [];
  for (let i = 0; i < 12_000; i += 1) rows.push(house(`${i % 900}/${i % 7}`, `Đường số ${i % 40}`, [(i * 3.7) % 1400, (i * 9.1) % 1400]));
  const pkg = packageOf(rows);
  const area = openArea(pkg);
  const began = performance.now();
  for (let i = 0; i < 1000; i += 1) area.near(at((i * 7) % 1400, (i * 13) % 1400), 50);
  area.byNumber("Đường số 5", "5/1");
  // a thousand questions: far from one look at each row a question, whatever the machine
  const asked = performance.now() - began;
  const looked = performance.now();
  for (let i = 0; i < 100; i += 1) area.rows.filter((row) => distanceM(at(i, i), row) <= 50);
  assert.ok(asked < (performance.now() - looked) * 10, `${asked} ms`);
});

test("fold is that of the server's names", () => {
  assert.equal(fold("Phường  Hoà-Phú, Đ. D1"), "phuong hoa phu d d1");
});
