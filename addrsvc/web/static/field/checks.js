// What is looked at before a record is saved; what has the level `warn` may be overridden with a
// reason, what has `stop` cannot be sent at all. The server looks again. Each check is found once;
// `fields` says which fields of the form it is about.

import { distanceM } from "./geo.js";
import { isRecurring, isSameNumber, localityKey, nameKey, searchKeys, unitKey } from "./keys.js";

/** How exact (68 %) a position is to be, by kind, where the server has not said: `model.GATES_M`. */
export const GATES_M = {
  dwelling: 10,
  apartment: 20,
  boarding_room: 15,
  state_office: 15,
  enterprise: 15,
  production_site: 20,
  public_facility: 15,
  works: 30,
  place: 50,
};

/** Within so many metres two addresses of one number are looked at as one: `model.NEAR_M`. */
export const NEAR_M = 50;

const INNER = new Set(["apartment", "boarding_room"]);
// kinds that have a number where the street has one: `registry/quality/rules_parts.py`
const COUNTED = new Set(["dwelling", "enterprise", "state_office"]);
const SAME_PLACE_LEAST_M = 5;
const EDGE_M = 30; // so far outside its task the server lets an entrance lie: `comparing.py`

const has = (text) => typeof text === "string" && text.trim() !== "";

const finding = (check, level, fields, refs = [], distance_m = null) => ({
  check,
  level,
  refs,
  distance_m,
  fields,
});

// What of an address is compared, folded; of a form the building's name is `building_name`.
const subjectOf = (said, keys, building) => ({
  ...keys,
  kind: said.kind,
  unit: has(said.unit) ? unitKey(said.unit) : null,
  floor: has(said.floor) ? unitKey(said.floor) : null,
  building: has(building) ? nameKey(building) : null,
  localities: (said.localities ?? []).map(([kind, name]) => localityKey(kind, name)),
});

const keysOf = (form) =>
  searchKeys(
    has(form.house_number) ? form.house_number : null,
    has(form.thoroughfare) ? form.thoroughfare : null,
    form.localities ?? [],
  );

const ofForm = (form) => subjectOf(form, keysOf(form), form.building_name);
// a row kept with a draft comes back without its keys
const ofRow = (row) => subjectOf(row, row.keys ?? keysOf(row), row.building);

const differ = (one, other) => one !== null && other !== null && one !== other;

// Units, floors or buildings that differ are never one; of two same units one may say more.
const isSameUnit = (one, other) => {
  if (one.unit !== other.unit) return false;
  if (one.unit === null) return one.floor === other.floor && one.building === other.building;
  return !differ(one.floor, other.floor) && !differ(one.building, other.building);
};

const streetOf = ({ base }) => (base === null || base.includes(":") ? null : base);

const sortOf = (key) => key.slice(0, key.indexOf(":"));

// Streets that are only numbered stand once in every estate, numbers of a hamlet once in every tổ.
const isElsewhere = (one, other) =>
  isRecurring(one.base) &&
  one.localities.some((mine) => {
    const theirs = other.localities.filter((each) => sortOf(each) === sortOf(mine));
    const all = one.localities.filter((each) => sortOf(each) === sortOf(mine));
    return theirs.length > 0 && !all.some((each) => theirs.includes(each));
  });

// Without numbers, or with one, only what stands at the very spot may be the same.
const isSameDoor = (mine, theirs, metres, reach_m) => {
  if (differ(streetOf(mine), streetOf(theirs))) return false;
  if (mine.number !== null && theirs.number !== null) return isSameNumber(mine.number, theirs.number);
  if (mine.unit !== null) return mine.building !== null && mine.building === theirs.building;
  return mine.kind === theirs.kind && metres <= reach_m;
};

const missing = (form, { base, number }) => {
  const { kind } = form;
  const fields = [];
  if (INNER.has(kind)) {
    if (!has(form.unit)) fields.push("unit");
    if (!has(form.building_name) && number === null) fields.push("building_name");
  }
  if (number !== null && base === null) fields.push("thoroughfare");
  if (number === null && has(form.thoroughfare) && COUNTED.has(kind)) fields.push("house_number");
  const isNamed = [form.name, form.building_name, form.unit].some(has) || base !== null;
  if (!isNamed && number === null && fields.length === 0) {
    fields.push(...(kind === "place" ? ["name"] : ["house_number", "thoroughfare"]));
  }
  return fields;
};

const isAlike = (one, other) =>
  ["base", "number", "unit", "floor", "building"].every((name) => one[name] === other[name]);

// Whoever corrects a name or a kind did not make the duplicate that was there before.
const isAboutPlace = (form) =>
  form.act === "add" || Boolean(form.position) || !isAlike(ofForm(form), ofRow(form.address));

const duplicates = (form, area, { near_m, record_id, code }) => {
  const mine = ofForm(form);
  const place = form.position ?? (form.address?.lon != null ? form.address : null);
  const own = [form.address?.ref, code].filter(Boolean);
  const isOther = (row) =>
    !own.includes(row.ref) && (row.recorded === undefined || row.recorded !== record_id);
  const found = [];
  const near = place === null ? [] : area.near(place, near_m).filter(({ row }) => isOther(row));
  const same = near.filter(({ row, distance_m }) => {
    const theirs = ofRow(row);
    const exact = (place.accuracy_m ?? 0) + (row.accuracy_m ?? 0);
    const reach_m = Math.min(near_m, Math.max(SAME_PLACE_LEAST_M, exact));
    return isSameUnit(mine, theirs) && isSameDoor(mine, theirs, distance_m, reach_m);
  });
  const nearRefs = same.map(({ row }) => row);
  if (same.length > 0) {
    found.push(
      finding("duplicate-near", "warn", ["house_number"], nearRefs, same[0].distance_m),
    );
  }
  const taken = area
    .byNumber(form.thoroughfare, form.house_number, form.localities)
    .filter((row) => isOther(row) && !nearRefs.includes(row))
    .filter((row) => isSameUnit(mine, ofRow(row)) && !isElsewhere(mine, ofRow(row)));
  if (taken.length > 0) {
    const away = taken
      .filter((row) => place !== null && row.lon !== null)
      .map((row) => distanceM(place, row));
    const nearest = away.length > 0 ? Math.min(...away) : null;
    found.push(finding("number-taken", "warn", ["house_number"], taken, nearest));
  }
  return found;
};

// Not outside where the edge, or the position, is no more exact than that.
const outside = (form, area) => {
  if (form.position) {
    const metres = area.outsideM(form.position);
    return metres > Math.max(EDGE_M, form.position.accuracy_m)
      ? [finding("outside-area", "warn", ["position"], [], metres)]
      : [];
  }
  const isElse = form.address?.in_task === false;
  return isElse ? [finding("outside-area", "warn", ["address"], [form.address])] : [];
};

const needs = (form) => {
  const stops = [];
  if (form.act !== "add" && !form.address) stops.push("address");
  if ((form.act === "add" || form.act === "correct") && !form.kind) stops.push("kind");
  return stops.length > 0 ? [finding("part-missing", "stop", stops)] : [];
};

const accuracy = (form, gates_m) => {
  if (!form.position) {
    return form.act === "add" ? [finding("accuracy-low", "stop", ["position"])] : [];
  }
  const gate_m = gates_m[form.kind] ?? GATES_M[form.kind] ?? Infinity;
  return form.position.accuracy_m > gate_m ? [finding("accuracy-low", "warn", ["position"])] : [];
};

/**
 * Look a form over: `[{check, level: "stop" | "warn", refs: [row], distance_m, fields}]`. `area`
 * null: there is no package. `record_id`, `code`: of the record this is a revision of, which is no
 * duplicate of itself, as a record of this phone or as an address of the package.
 */
export const runChecks = (
  form,
  photos,
  area,
  { gates_m = GATES_M, near_m = NEAR_M, record_id = null, code = null } = {},
) => {
  const stopped = needs(form);
  if (stopped.length > 0) return stopped;
  const lies = area === null ? [] : outside(form, area);
  if (form.act !== "add" && form.act !== "correct") return lies;
  const found = [...accuracy(form, gates_m), ...lies];
  const fields = missing(form, keysOf(form));
  if (fields.length > 0) found.push(finding("part-missing", "warn", fields));
  if (area !== null && isAboutPlace(form)) {
    found.push(...duplicates(form, area, { near_m, record_id, code }));
  }
  if (form.act === "add" && photos.length === 0) {
    found.push(finding("photo-missing", "warn", ["photos"]));
  }
  return found;
};
