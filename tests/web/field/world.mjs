// An invented area for tests: streets and houses in metres from a corner; no such place exists.

import { metresPerDegree } from "../../../addrsvc/web/static/field/geo.js";

export const CORNER = { lon: 106.65, lat: 10.98 };
const PER = metresPerDegree(CORNER.lat);

/** Give the point so many metres east and north of the corner. */
export const at = (east, north) => ({
  lon: CORNER.lon + east / PER.lon,
  lat: CORNER.lat + north / PER.lat,
});

const COLUMNS = [
  "ref", "version", "status", "kind", "house_number", "thoroughfare", "localities", "unit", "floor",
  "building", "name", "lon", "lat", "accuracy_m", "in_task", "visited",
];

let serial = 0;

/** Give a row of a package: a dwelling so many metres from the corner, with what is said of it. */
export const house = (house_number, thoroughfare, [east, north], said = {}) => {
  serial += 1;
  const row = {
    ref: String(7512300000 + serial), version: 1, status: "current", kind: "dwelling", house_number,
    thoroughfare, localities: [], unit: null, floor: null, building: null, name: null,
    ...at(east, north), accuracy_m: 5, in_task: true, visited: null, ...said,
  };
  return COLUMNS.map((name) => row[name]);
};

/** Give a ring of a polygon from corners in metres. */
export const ring = (...corners) => corners.map(([east, north]) => Object.values(at(east, north)));

/** Give a package with these addresses, neighbours and shapes. */
export const packageOf = (addresses, { neighbours = [], area = null, boundary = null } = {}) => {
  const [west, south] = ring([-500, -500])[0];
  const [east, north] = ring([1500, 1500])[0];
  return {
    schema: 1,
    task: { task_id: "5c5d8d8e-0000-4000-8000-000000000001", title: "Thử", commune_code: "25747" },
    made_at: "2026-11-23T08:00:00+07:00",
    commune: { code: "25747", name: "Phường Thử", province: "Tỉnh Thử" },
    area,
    commune_boundary: boundary,
    bbox: [west, south, east, north],
    streets: [],
    localities: [],
    columns: COLUMNS,
    addresses,
    neighbours,
    tiles: null,
  };
};

/** Give a form of an addition, with what is said. */
export const form = (said = {}) => ({
  act: "add", kind: "dwelling", house_number: null, thoroughfare: null, localities: [], unit: null,
  floor: null, building_name: null, name: null, rooms: null, households: null, building: null,
  address: null, overrides: [], ...said,
  position:
    said.position === undefined ? null : said.position && { accuracy_m: 5, method: "gnss", ...said.position },
});
