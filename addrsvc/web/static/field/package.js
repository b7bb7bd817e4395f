// What a phone takes along: the package of an area, codes to give, the tiles beneath its map. What is
// cut off goes on where it stopped when it is asked for again: a package that did not change is not
// sent again, tiles that are there are not fetched again.

import { topUpBlocks } from "./device.js";
import { TILE_CACHE } from "./map_tiles.js";

const SCHEMA = 1;
const PACKAGE_TIMEOUT_S = 180;
const TILE_TIMEOUT_MS = 30_000;
const AT_ONCE = 4;
const GIVEN_UP_AFTER = 8; // tiles one after the other that could not be had: the network is gone
const TILE_BYTES = 20_000; // as the server estimates them
const MOST_TILE_BYTES = 2_000_000;
const MOST_OF_ROOM = 0.8; // photos still to be taken need some too
const LONGEST_WAIT_S = 60;

/** Why a package cannot be used; `kind`: unknown. */
export class PackageError extends Error {
  constructor(kind) {
    super(`package: ${kind}`);
    this.kind = kind;
  }
}

/** Give the tasks open to this device. Raises ApiError. */
export const listTasks = async (api) => {
  const { json } = await api.request("GET", "/v1/collection/tasks");
  return json.items;
};

const isPackage = (json, task_id) =>
  json?.schema === SCHEMA &&
  json.task?.task_id === task_id &&
  Array.isArray(json.columns) &&
  Array.isArray(json.addresses) &&
  Array.isArray(json.bbox);

const getPackage = async (task_id, { store, api }) => {
  const before = (await store.getPackage(task_id)) ?? null;
  const headers = before?.etag ? { "If-None-Match": before.etag } : {};
  const path = `/v1/collection/tasks/${encodeURIComponent(task_id)}/package`;
  const answer = await api.request("GET", path, { headers, timeout_s: PACKAGE_TIMEOUT_S });
  if (answer.status === 304 && before !== null) return { pkg: before, isNew: false };
  if (!isPackage(answer.json, task_id)) throw new PackageError("unknown");
  const pkg = { ...answer.json, etag: answer.headers.get("ETag"), tiles_kept: before?.tiles_kept ?? 0 };
  await store.putPackage(pkg);
  return { pkg, isNew: true };
};

// --- tiles ---------------------------------------------------------------------------------------

// Only of this server: whatever a package says, nothing else is asked.
const tilesOf = (pkg) =>
  (pkg.tiles?.urls ?? []).filter((url) => url.startsWith("/") && !url.startsWith("//"));

const pathOf = ({ url }) => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};

const hasRoom = async (count) => {
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
  if (!quota) return true;
  return count * TILE_BYTES <= (quota - (usage ?? 0)) * MOST_OF_ROOM;
};

const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

const answerIn = async (url, headers) => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TILE_TIMEOUT_MS);
  try {
    const options = { headers, signal: stop.signal, credentials: "omit", redirect: "error" };
    const answer = await fetch(url, options);
    return { answer, blob: answer.ok ? await answer.blob() : null };
  } finally {
    clearTimeout(timer);
  }
};

const answerTo = async (url, headers) => {
  for (let isAgain = false; ; isAgain = true) {
    const told = await answerIn(url, headers);
    if (told.answer.status !== 429 || isAgain) return told;
    const seconds = Number(told.answer.headers.get("Retry-After")) || 1;
    await wait(Math.min(seconds, LONGEST_WAIT_S));
  }
};

/** Fetch one tile into the cache; gives kept, none (the map has no such tile) or failed. */
const takeTile = async (cache, url, headers) => {
  let told;
  try {
    told = await answerTo(url, headers);
  } catch {
    return "failed";
  }
  const { answer, blob } = told;
  if (answer.status === 404 || answer.status === 204) return "none";
  const isPicture = blob !== null && /^image\//.test(blob.type) && blob.size <= MOST_TILE_BYTES;
  if (!isPicture) return "failed";
  await cache.put(url, new Response(blob, { headers: { "Content-Type": blob.type } }));
  return "kept";
};

/**
 * Fetch the tiles of a package that are not there yet: `{wanted, kept, failed, is_full}`; what
 * failed is fetched when it is asked for again.
 */
export const fetchTiles = async (pkg, { store, onProgress = () => {} }) => {
  const wanted = tilesOf(pkg);
  const told = { wanted: wanted.length, kept: 0, failed: 0, is_full: false };
  if (wanted.length === 0 || !("caches" in globalThis)) return told;
  const cache = await caches.open(TILE_CACHE);
  const there = new Set((await cache.keys()).map(pathOf));
  const missing = wanted.filter((url) => !there.has(url));
  told.kept = wanted.length - missing.length;
  if (!(await hasRoom(missing.length))) return { ...told, failed: missing.length, is_full: true };
  const device = await store.getMeta("device");
  const headers = device?.key ? { Authorization: `Bearer ${device.key}` } : {};
  let failedInARow = 0;
  let none = 0;
  const queue = missing.values();
  const work = async () => {
    for (const url of queue) {
      let came = "failed";
      try {
        came = await takeTile(cache, url, headers);
      } catch (error) {
        if (error?.name !== "QuotaExceededError") throw error;
        told.is_full = true;
      }
      failedInARow = came === "failed" ? failedInARow + 1 : 0;
      if (came === "kept") told.kept += 1;
      if (came === "none") none += 1;
      onProgress({ phase: "tiles", done: told.kept + none, total: wanted.length });
      if (told.is_full || failedInARow >= GIVEN_UP_AFTER) return;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  told.failed = wanted.length - told.kept - none;
  return told;
};

// Tiles no package needs any more make room.
const dropTiles = async (store) => {
  if (!("caches" in globalThis)) return;
  const needed = new Set((await store.listPackages()).flatMap(tilesOf));
  const cache = await caches.open(TILE_CACHE);
  for (const request of await cache.keys()) {
    if (!needed.has(pathOf(request))) await cache.delete(request);
  }
};

// --- all of it -----------------------------------------------------------------------------------

/**
 * Take an area along, or bring it up to date: `{addresses, isNew, codes_left, codes_error, tiles}`.
 * `onProgress({phase: "package" | "codes" | "tiles", done, total})`. Without codes or tiles the area
 * is there all the same. Raises ApiError, StoreError, PackageError.
 */
export const download = async (task_id, { store, api, onProgress = () => {} }) => {
  onProgress({ phase: "package", done: 0, total: 1 });
  const { pkg, isNew } = await getPackage(task_id, { store, api });
  onProgress({ phase: "codes", done: 0, total: 1 });
  const { commune_code } = pkg.task;
  let codes_error = null;
  try {
    await topUpBlocks(store, api, [commune_code]);
  } catch (error) {
    codes_error = error;
  }
  const tiles = await fetchTiles(pkg, { store, onProgress });
  if (tiles.kept !== pkg.tiles_kept) await store.putPackage({ ...pkg, tiles_kept: tiles.kept });
  await dropTiles(store);
  const codes_left = await store.codesLeft(commune_code);
  return { addresses: pkg.addresses.length, isNew, codes_left, codes_error, tiles };
};

/** Give an area up, with the tiles only it needs; what was recorded in it stays. */
export const deletePackage = async (task_id, { store }) => {
  await store.deletePackage(task_id);
  await dropTiles(store);
};
