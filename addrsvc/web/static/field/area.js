// An area package opened for questions: who is near, what number is taken, what lies within. What
// was recorded on this phone since the package came counts as if it stood in it: `setRecords`.

import { distanceM, metresPerDegree, openShape } from "./geo.js";
import { nameKey, searchKeys } from "./keys.js";

const CELL_M = 100;
const GONE = new Set(["retired", "rejected"]);
const UNDONE = new Set(["draft", "refused"]);

/** Fold a name as the server's keys do: without case and accents, letters and digits only. */
export const fold = nameKey;

const keysOf = ({ house_number, thoroughfare, localities }) =>
  searchKeys(house_number || null, thoroughfare || null, localities);

// Keys are made when first asked for: a map needs none of ten thousand.
class Row {
  #keys = null;

  constructor(values) {
    Object.assign(this, values);
  }

  get keys() {
    this.#keys ??= keysOf(this);
    return this.#keys;
  }
}

const rowOf = (columns, values, isNeighbour) => {
  const row = new Row(Object.fromEntries(columns.map((name, i) => [name, values[i] ?? null])));
  row.localities ??= [];
  if (isNeighbour) row.in_task = false;
  return row;
};

const WRITTEN = ["kind", "house_number", "thoroughfare", "unit", "floor", "name"];

/** Give what a record says of an address as a row: `recorded` is the id of the record. */
const rowOfRecord = ({ id, act, code, form }, before) => {
  const row = new Row({ ...before, recorded: id });
  row.ref ??= code ?? `record:${id}`;
  row.status ??= "proposed";
  row.in_task ??= true;
  for (const name of WRITTEN) row[name] = form[name] ?? null;
  row.building = form.building_name ?? null;
  row.localities = form.localities ?? [];
  const place = form.position ?? before ?? null;
  for (const name of ["lon", "lat", "accuracy_m"]) row[name] = place?.[name] ?? null;
  row.visited ??= act;
  return row;
};

class Index {
  #cells = new Map();
  #numbers = null;
  #rows = [];

  constructor(rows, [west, south, , north]) {
    this.#rows = rows;
    this.per = metresPerDegree((south + north) / 2);
    this.origin = { lon: west, lat: south };
    for (const row of rows) {
      if (row.lon === null || row.lat === null) continue;
      const cell = this.#cellOf(row).join();
      if (!this.#cells.has(cell)) this.#cells.set(cell, []);
      this.#cells.get(cell).push(row);
    }
  }

  #cellOf({ lon, lat }) {
    return [
      Math.floor(((lon - this.origin.lon) * this.per.lon) / CELL_M),
      Math.floor(((lat - this.origin.lat) * this.per.lat) / CELL_M),
    ];
  }

  near(point, radius_m) {
    const [x, y] = this.#cellOf(point);
    const reach = Math.ceil(radius_m / CELL_M);
    const found = [];
    for (let i = x - reach; i <= x + reach; i += 1) {
      for (let j = y - reach; j <= y + reach; j += 1) {
        for (const row of this.#cells.get(`${i},${j}`) ?? []) {
          const distance_m = distanceM(point, row);
          if (distance_m <= radius_m) found.push({ row, distance_m });
        }
      }
    }
    return found;
  }

  alike({ base, number }) {
    if (base === null || number === null) return [];
    if (this.#numbers === null) {
      this.#numbers = new Map();
      for (const row of this.#rows) {
        const { base: street, number: door } = row.keys;
        if (street === null || door === null) continue;
        const name = `${street}\n${door}`;
        if (!this.#numbers.has(name)) this.#numbers.set(name, []);
        this.#numbers.get(name).push(row);
      }
    }
    return this.#numbers.get(`${base}\n${number}`) ?? [];
  }
}

/**
 * Open a package. Rows are objects by its columns, with `keys: {base, number}`; those of records of
 * this phone have `recorded`, the record's id. `near` gives `[{row, distance_m}]`, nearest first;
 * `outsideM(point)` metres from the task's area or, without one, from the commune.
 */
export const openArea = (pkg) => {
  const packed = [
    ...pkg.addresses.map((values) => rowOf(pkg.columns, values, false)),
    ...(pkg.neighbours ?? []).map((values) => rowOf(pkg.columns, values, true)),
  ];
  const refs = new Map(packed.map((row) => [row.ref, row]));
  const index = new Index(packed, pkg.bbox);
  const area = openShape(pkg.area);
  const commune = openShape(pkg.commune_boundary);
  const within = area.isEmpty ? commune : area;
  let own = new Index([], pkg.bbox);
  let replaced = new Set();

  const isThere = (row) => !GONE.has(row.status) && (row.recorded || !replaced.has(row.ref));

  const setRecords = (records) => {
    const newest = new Map();
    for (const record of [...records].sort((one, other) => one.saved_at - other.saved_at)) {
      if (!record.form || UNDONE.has(record.status)) continue;
      if (record.act === "add") newest.set(record.id, record);
      else if (record.act !== "nobody-home" && record.form.address) {
        newest.set(record.form.address.ref, record);
      }
    }
    replaced = new Set();
    const ownRows = [];
    for (const record of newest.values()) {
      // once it is in the package the package says it
      if (record.act === "add" && refs.has(record.code)) continue;
      const accepted = record.status === "accepted" ? record.receipt?.address?.version : undefined;
      if (refs.get(record.form.address?.ref)?.version >= accepted) continue;
      const before = record.act === "add" ? null : (refs.get(record.form.address.ref) ?? null);
      if (before !== null) replaced.add(before.ref);
      if (record.act !== "gone") ownRows.push(rowOfRecord(record, before));
    }
    own = new Index(ownRows, pkg.bbox);
  };

  return {
    pkg,
    rows: packed,
    streets: pkg.streets ?? [],
    localities: pkg.localities ?? [],
    bbox: pkg.bbox,
    shape: area,
    commune,
    setRecords,
    near: (point, radius_m) =>
      [...index.near(point, radius_m), ...own.near(point, radius_m)]
        .filter(({ row }) => isThere(row))
        .sort((one, other) => one.distance_m - other.distance_m),
    outsideM: (point) => within.outsideM(point),
    byRef: (ref) => refs.get(ref) ?? null,
    byNumber: (thoroughfare, house_number, localities = []) => {
      const keys = keysOf({ thoroughfare, house_number, localities });
      return [...index.alike(keys), ...own.alike(keys)].filter(isThere);
    },
  };
};
