import assert from "node:assert/strict";
import { test } from "node:test";
import { openArea } from "../../../addrsvc/web/static/field/area.js";
import { runChecks } from "../../../addrsvc/web/static/field/checks.js";
import { at, form, house, packageOf, ring } from "./world.mjs";

const PHOTO = [{ sha256: "ab".repeat(32) }];
const STREET = "Đường Lê Lợi";
const GATES = { dwelling: 10, place: 50 };

const slugs = (found) => found.map(({ check, level }) => `${check} ${level}`);
const check = (said, area, options = {}, photos = PHOTO) =>
  runChecks(form(said), photos, area, { gates_m: GATES, near_m: 50, ...options });
const find = (found, slug) => found.find((each) => each.check === slug);

const AREA = openArea(
  packageOf([
    house("12", STREET, [0, 0]),
    house("14-18", STREET, [20, 0]),
    house("12", "Đường Trần Phú", [5, 30]),
    house("5", null, [300, 0], { localities: [["ap", "Ấp 1"], ["to", "Tổ 3"]] }),
    house(null, null, [600, 0], { kind: "dwelling" }),
    house("9", "Đường số 5", [900, 0], { localities: [["residential_area", "KDC Đông"]] }),
    house("20", STREET, [0, 700], { kind: "apartment", unit: "Căn 203", building: "Chung cư Bịa" }),
  ]),
);
const [TWELVE, RANGE, , , BARE, SERIES, FLAT] = AREA.rows;
const clean = { house_number: "40", thoroughfare: STREET, position: at(200, 200) };

test("a clean addition has no findings", () => {
  assert.deepEqual(check(clean, AREA), []);
});

test("the same number near is a duplicate, however it is written, and no farther than asked", () => {
  const said = { ...clean, house_number: "số 012", thoroughfare: "Lê Lợi", position: at(30, 0) };
  const found = check(said, AREA);
  assert.deepEqual(slugs(found), ["duplicate-near warn"]);
  assert.deepEqual(found[0].refs, [TWELVE]);
  assert.ok(Math.abs(found[0].distance_m - 30) < 0.1);
  assert.deepEqual(slugs(check(said, AREA, { near_m: 20 })), ["number-taken warn"]);
  const far = check({ ...said, position: at(200, 100) }, AREA);
  assert.deepEqual(slugs(far), ["number-taken warn"]);
  assert.ok(Math.abs(far[0].distance_m - Math.hypot(200, 100)) < 0.5);
});

test("a door within a range is that of the range; a letter or an alley is another door", () => {
  const near = (house_number) => slugs(check({ ...clean, house_number, position: at(20, 5) }, AREA));
  assert.deepEqual(near("16"), ["duplicate-near warn"]);
  assert.deepEqual(["17", "16A", "16/1"].map((number) => near(number).length), [0, 0, 0]);
  assert.deepEqual(check({ ...clean, house_number: "16", position: at(20, 5) }, AREA)[0].refs, [RANGE]);
});

test("the same number in another street is another house; where one names no street it may be the same", () => {
  const said = { house_number: "12", position: at(5, 40) };
  const other = find(check({ ...said, thoroughfare: "Đường Nguyễn Du" }, AREA), "duplicate-near");
  assert.equal(other, undefined);
  const none = find(check({ ...said, localities: [["ap", "Ấp 2"]] }, AREA), "duplicate-near");
  assert.equal(none.refs.length, 2);
});

test("different units of a building are no duplicates, the same unit is", () => {
  const flat = {
    kind: "apartment", house_number: "20", thoroughfare: STREET, building_name: "Chung cư bịa", position: at(3, 700),
  };
  assert.deepEqual(check({ ...flat, unit: "204" }, AREA), []);
  assert.deepEqual(check({ ...flat, kind: "dwelling", building_name: null }, AREA), []);
  const same = check({ ...flat, unit: "P. 2-03" }, AREA);
  assert.deepEqual([slugs(same), same[0].refs], [["duplicate-near warn"], [FLAT]]);
  const bare = check({ ...flat, house_number: null, thoroughfare: null, unit: "203" }, AREA);
  assert.deepEqual(slugs(bare), ["duplicate-near warn"]);
});

test("without a number only what stands at the very spot may be the same", () => {
  const said = { localities: [["ap", "Ấp 9"]] };
  assert.deepEqual(check({ ...said, position: at(608, 0) }, AREA)[0].refs, [BARE]);
  assert.deepEqual(check({ ...said, position: at(630, 0) }, AREA), []);
  assert.deepEqual(check({ ...said, kind: "place", name: "Miếu Bịa", position: at(603, 0) }, AREA), []);
});

test("streets that are only numbered recur: in another estate the number is free", () => {
  const said = { house_number: "9", thoroughfare: "Đường số 05", position: at(0, 300) };
  assert.deepEqual(check({ ...said, localities: [["residential_area", "Khu dân cư Tây"]] }, AREA), []);
  const same = check({ ...said, localities: [["residential_area", "khu dân cư đông"]] }, AREA);
  assert.deepEqual([slugs(same), same[0].refs], [["number-taken warn"], [SERIES]]);
  assert.deepEqual(slugs(check(said, AREA)), ["number-taken warn"]);
});

test("an address that is corrected is no duplicate of itself", () => {
  const own = { act: "correct", address: TWELVE, house_number: "12", thoroughfare: STREET };
  assert.deepEqual(check({ ...own, position: at(2, 0) }, AREA), []);
  assert.deepEqual(check({ ...own, house_number: "16" }, AREA)[0].refs, [RANGE]);
  const kept = structuredClone({ ...TWELVE });
  assert.deepEqual(check({ ...own, address: kept, name: "Tạp hóa" }, AREA), []);
});

test("who corrects a name did not make the duplicate that was there", () => {
  const area = openArea(packageOf([house("3", STREET, [0, 0]), house("3", STREET, [9, 0])]));
  const own = { act: "correct", address: area.rows[0], house_number: "3", thoroughfare: STREET };
  assert.deepEqual(check({ ...own, kind: "enterprise", name: "Tiệm" }, area), []);
  assert.deepEqual(slugs(check({ ...own, position: at(1, 0) }, area)), ["duplicate-near warn"]);
});

test("what was recorded an hour ago on this phone is a duplicate, the record itself is not", () => {
  const area = openArea(packageOf([]));
  const said = { house_number: "7", thoroughfare: STREET, position: at(0, 0) };
  area.setRecords([{ id: "r1", act: "add", status: "saved", saved_at: 1, code: "7512399999", form: form(said) }]);
  assert.deepEqual(slugs(check(said, area)), ["duplicate-near warn"]);
  assert.deepEqual(check(said, area, { record_id: "r1" }), []);
});

test("an addition that is in the package by now is no duplicate of itself when it is revised", () => {
  const area = openArea(packageOf([house("7", STREET, [0, 0], { ref: "7512399999" })]));
  const said = { house_number: "7", thoroughfare: STREET, position: at(0, 0) };
  area.setRecords([{ id: "r1", act: "add", status: "accepted", saved_at: 1, code: "7512399999", form: form(said) }]);
  assert.deepEqual(check(said, area, { record_id: "r1", code: "7512399999" }), []);
  assert.deepEqual(slugs(check(said, area, { record_id: "r2", code: "7512388888" })), ["duplicate-near warn"]);
});

test("what its kind has is asked for", () => {
  const gaps = (said) => find(check({ position: at(200, 200), ...said }, AREA), "part-missing")?.fields ?? [];
  assert.deepEqual(gaps({ thoroughfare: STREET }), ["house_number"]);
  assert.deepEqual(gaps({ thoroughfare: STREET, house_number: "  " }), ["house_number"]);
  assert.deepEqual(gaps({ thoroughfare: STREET, kind: "works" }), []);
  assert.deepEqual(gaps({ thoroughfare: "Hẻm 95 Lê Lợi" }), []);
  assert.deepEqual(gaps({ house_number: "40" }), ["thoroughfare"]);
  assert.deepEqual(gaps({ house_number: "40", localities: [["ap", "Ấp 1"]] }), []);
  assert.deepEqual(gaps({ localities: [["ap", "Ấp 1"]] }), []);
  assert.deepEqual(gaps({}), ["house_number", "thoroughfare"]);
  assert.deepEqual(gaps({ kind: "place" }), ["name"]);
  assert.deepEqual(gaps({ kind: "public_facility", name: "Trường Bịa" }), []);
  assert.deepEqual(gaps({ kind: "apartment", localities: [["ap", "Ấp 1"]] }), ["unit", "building_name"]);
  assert.deepEqual(gaps({ kind: "boarding_room", unit: "3", house_number: "12/3", thoroughfare: STREET }), []);
});

test("accuracy is held against the gate of the kind; no position at all cannot be sent", () => {
  const said = { ...clean, position: { ...at(200, 200), accuracy_m: 12 } };
  assert.deepEqual(slugs(check(said, AREA)), ["accuracy-low warn"]);
  assert.deepEqual(check({ ...said, kind: "place", name: "Chợ Bịa" }, AREA), []);
  assert.deepEqual(slugs(check({ ...said, position: null }, AREA)), ["accuracy-low stop"]);
  assert.deepEqual(check({ ...said, act: "correct", address: TWELVE, position: null }, AREA), []);
  assert.deepEqual(slugs(runChecks(form(said), PHOTO, AREA)), ["accuracy-low warn"]);
});

test("outside counts from where the position is surely outside", () => {
  const area = { type: "Polygon", coordinates: [ring([0, 0], [100, 0], [100, 100], [0, 100], [0, 0])] };
  const opened = openArea(packageOf([], { area, neighbours: [house("1", STREET, [150, 0])] }));
  const at_east = (east) => check({ ...clean, position: at(east, 50) }, opened);
  assert.deepEqual([at_east(50), at_east(129)], [[], []]);
  const found = at_east(140);
  assert.deepEqual(slugs(found), ["outside-area warn"]);
  assert.ok(Math.abs(found[0].distance_m - 40) < 0.1);
  const poor = { ...clean, kind: "place", name: "Gò Bịa", position: { ...at(140, 50), accuracy_m: 45 } };
  assert.deepEqual(check(poor, opened), []);
  const gone = { act: "gone", address: opened.rows[0] };
  assert.deepEqual(check(gone, opened)[0].refs, [opened.rows[0]]);
  assert.deepEqual(slugs(check({ ...gone, act: "nobody-home", position: at(150, 0) }, opened)), ["outside-area warn"]);
});

test("additions want a photo of the gate; what is gone has none", () => {
  assert.deepEqual(slugs(check(clean, AREA, {}, [])), ["photo-missing warn"]);
  assert.deepEqual(check({ act: "gone", address: TWELVE }, AREA, {}, []), []);
  assert.deepEqual(check({ ...clean, act: "correct", address: TWELVE, house_number: "40" }, AREA, {}, []), []);
});

test("nothing can be sent without a kind, or without the address it is about", () => {
  assert.deepEqual(slugs(check({ ...clean, kind: null }, AREA)), ["part-missing stop"]);
  assert.deepEqual(slugs(check({ act: "gone" }, AREA)), ["part-missing stop"]);
});

test("without a package what needs none is looked at still", () => {
  assert.deepEqual(slugs(check({ position: at(0, 0) }, null, {}, [])), ["part-missing warn", "photo-missing warn"]);
});
