// An area package opened for questions: who is near, what number is taken, what lies within.

import { distanceM, metresPerDegree, openShape } from "./geo.js";
import { fold as foldKeeping, nameKey, searchKeys } from "./keys.js";

const CELL_M = 100;

/** Fold a name as the server's keys do: without case and accents, letters and digits only. */
export const fold = nameKey;
export { foldKeeping };

const rowOf = (columns, values, isNeighbour) => {
  const row = Object.fromEntries(columns.map((name, i) => [name, values[i] ?? null]));
  row.localities ??= [];
  if (isNeighbour) row.in_task = false;
  return row;
};

/**
 * Open a package. Rows are objects by its columns, with `keys: {base, number}` added; `near` gives
 * `[{row, distance_m}]`, nearest first.
 */
export const openArea = (pkg) => {
  const rows = [
    ...pkg.addresses.map((values) => rowOf(pkg.columns, values, false)),
    ...(pkg.neighbours ?? []).map((values) => rowOf(pkg.columns, values, true)),
  ];
  const refs = new Map(rows.map((row) => [row.ref, row]));
  const numbers = new Map();
  const cells = new Map();
  const [west, south, east, north] = pkg.bbox;
  const per = metresPerDegree((south + north) / 2);
  const cellOf = (lon, lat) => [
    Math.floor(((lon - west) * per.lon) / CELL_M),
    Math.floor(((lat - south) * per.lat) / CELL_M),
  ];
  const name = (x, y) => `${x},${y}`;

  for (const row of rows) {
    row.keys = searchKeys(row.house_number, row.thoroughfare, row.localities);
    if (row.keys.number !== null && row.keys.base !== null) {
      const key = `${row.keys.base}\n${row.keys.number}`;
      numbers.set(key, [...(numbers.get(key) ?? []), row]);
    }
    if (row.lon === null || row.lat === null) continue;
    const cell = name(...cellOf(row.lon, row.lat));
    if (!cells.has(cell)) cells.set(cell, []);
    cells.get(cell).push(row);
  }

  const near = (point, radius_m) => {
    const [x, y] = cellOf(point.lon, point.lat);
    const reach = Math.ceil(radius_m / CELL_M);
    const found = [];
    for (let i = x - reach; i <= x + reach; i += 1) {
      for (let j = y - reach; j <= y + reach; j += 1) {
        for (const row of cells.get(name(i, j)) ?? []) {
          const distance_m = distanceM(point, row);
          if (distance_m <= radius_m) found.push({ row, distance_m });
        }
      }
    }
    return found.sort((one, other) => one.distance_m - other.distance_m);
  };

  const area = openShape(pkg.area);
  const commune = openShape(pkg.commune_boundary);
  return {
    pkg,
    rows,
    streets: pkg.streets ?? [],
    localities: pkg.localities ?? [],
    bbox: pkg.bbox,
    area,
    commune,
    near,
    inTask: (point) => area.isEmpty || area.has(point),
    inCommune: (point) => commune.isEmpty || commune.has(point),
    byRef: (ref) => refs.get(ref) ?? null,
    byNumber: (thoroughfare, house_number, localities = []) => {
      const keys = searchKeys(house_number, thoroughfare, localities);
      return numbers.get(`${keys.base}\n${keys.number}`) ?? [];
    },
    west,
    east,
    south,
    north,
  };
};
