import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { deletePackage, download, listTasks } from "../../../addrsvc/web/static/field/package.js";
import { house, packageOf } from "./world.mjs";

const ID = packageOf([]).task.task_id;
const HERE = "https://phone.invalid";
const urls = (count, first = 0) => Array.from({ length: count }, (_, i) => `/v1/tiles/photo/17/1/${first + i}`);
const tilesOf = (list) => ({ template: "/v1/tiles/photo/{z}/{x}/{y}", minzoom: 17, maxzoom: 17, attribution: "", urls: list });

// A phone and a server of which everything can be made to fail.
let world;

class FakeCache {
  entries = new Map();
  async keys() {
    return [...this.entries.keys()].map((url) => ({ url: HERE + url }));
  }
  async put(url, answer) {
    if (world.room <= 0) throw new DOMException("full", "QuotaExceededError");
    world.room -= 1;
    this.entries.set(url, answer);
  }
  async delete({ url }) {
    return this.entries.delete(url.slice(HERE.length));
  }
}

const store = {
  getMeta: async (name) => (name === "device" ? { key: "adr_x", areas: [] } : undefined),
  putMeta: async () => {},
  getPackage: async (id) => world.packages.get(id),
  putPackage: async (pkg) => {
    if (world.isStoreFull) throw Object.assign(new Error("full"), { kind: "full" });
    world.packages.set(pkg.task.task_id, structuredClone(pkg));
  },
  listPackages: async () => [...world.packages.values()],
  deletePackage: async (id) => world.packages.delete(id),
  codesLeft: async () => world.codes,
  putBlock: async ({ codes }) => (world.codes += codes.length),
};

const api = {
  request: async (method, path, { headers = {}, json } = {}) => {
    world.asked.push(`${method} ${path}`);
    if (world.refuse?.test(path)) throw Object.assign(new Error("offline"), { kind: "offline" });
    if (path.endsWith("/blocks")) return { status: 201, json: { block_id: "b", commune_code: json.commune_code, codes: Array(200).fill("x") } };
    if (path.endsWith("/tasks")) return { status: 200, json: { items: [{ task_id: ID }], next: null } };
    if (headers["If-None-Match"] === world.etag) return { status: 304, headers: new Headers({ ETag: world.etag }), json: null };
    return { status: 200, headers: new Headers({ ETag: world.etag }), json: structuredClone(world.served) };
  },
};

beforeEach(() => {
  world = { packages: new Map(), codes: 0, asked: [], etag: '"one"', room: 1e6, quota: 1e9, answers: () => 200, fetched: [], most: 0, at_once: 0 };
  world.served = { ...packageOf([house("1", "Đường Bịa", [0, 0])]), tiles: tilesOf(urls(20)) };
  world.cache = new FakeCache();
  globalThis.caches = { open: async () => world.cache };
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { storage: { estimate: async () => ({ usage: 0, quota: world.quota }) } } });
  globalThis.fetch = async (url, { headers }) => {
    world.fetched.push(url);
    world.at_once += 1;
    world.most = Math.max(world.most, world.at_once);
    await new Promise((done) => setImmediate(done));
    world.at_once -= 1;
    assert.equal(headers.Authorization, "Bearer adr_x");
    const status = world.answers(url);
    if (status === 0) throw new TypeError("network");
    const type = status === 299 ? "text/html" : "image/png";
    return new Response(status === 204 ? null : new Uint8Array(9), { status, headers: { "Content-Type": type, "Retry-After": "0.001" } });
  };
});

const take = (options = {}) => download(ID, { store, api, ...options });

test("tasks are those the server has open", async () => {
  assert.deepEqual(await listTasks(api), [{ task_id: ID }]);
});

test("an area is taken along with codes and tiles, few at a time, and says how far it is", async () => {
  const steps = [];
  const found = await take({ onProgress: (step) => steps.push(step) });
  assert.deepEqual([found.addresses, found.isNew, found.codes_left, found.codes_error], [1, true, 200, null]);
  assert.deepEqual(found.tiles, { wanted: 20, kept: 20, failed: 0, is_full: false });
  assert.ok(world.most <= 4);
  assert.deepEqual([...new Set(steps.map(({ phase }) => phase))], ["package", "codes", "tiles"]);
  assert.deepEqual(steps.at(-1), { phase: "tiles", done: 20, total: 20 });
  assert.equal(world.packages.get(ID).tiles_kept, 20);
});

test("asked again, only what changed is sent and only tiles that are missing", async () => {
  world.answers = (url) => (Number(url.split("/").pop()) % 2 === 0 ? 200 : 503);
  const first = await take();
  assert.deepEqual(first.tiles, { wanted: 20, kept: 10, failed: 10, is_full: false });
  world.fetched = [];
  world.answers = () => 200;
  const again = await take();
  assert.deepEqual([again.isNew, again.tiles.kept, world.fetched.length], [false, 20, 10]);
  world.etag = '"two"';
  assert.equal((await take()).isNew, true);
});

test("when the network is gone tiles are given up soon, and the area is there", async () => {
  world.served.tiles = tilesOf(urls(500));
  world.answers = () => 0;
  const found = await take();
  assert.deepEqual([found.tiles.kept, found.tiles.failed], [0, 500]);
  assert.ok(world.fetched.length < 20);
  assert.equal(world.packages.get(ID).addresses.length, 1);
});

test("what the map does not have is no failure; what is no picture is", async () => {
  world.answers = (url) => ({ 0: 404, 1: 204, 2: 299 })[url.split("/").pop()] ?? 200;
  assert.deepEqual((await take()).tiles, { wanted: 20, kept: 17, failed: 1, is_full: false });
});

test("a server that is busy is asked once more", async () => {
  let first = true;
  world.answers = () => (first ? ((first = false), 429) : 200);
  assert.equal((await take()).tiles.kept, 20);
});

test("without room no tiles are taken, and none that would fill the phone", async () => {
  world.quota = 200_000;
  assert.deepEqual((await take()).tiles, { wanted: 20, kept: 0, failed: 20, is_full: true });
  assert.equal(world.fetched.length, 0);
  world.quota = 1e9;
  world.room = 7;
  const full = (await take()).tiles;
  assert.deepEqual([full.kept, full.is_full], [7, true]);
});

test("without codes the area is there all the same, and it is told", async () => {
  world.refuse = /blocks/;
  const found = await take();
  assert.deepEqual([found.codes_left, found.codes_error.kind, found.tiles.kept], [0, "offline", 20]);
});

test("what is no package is not kept; a phone that is full says so", async () => {
  for (const served of [null, { schema: 2 }, { ...world.served, task: { task_id: "other" } }, { ...world.served, addresses: null }]) {
    world.served = served;
    await assert.rejects(take(), { kind: "unknown" });
  }
  assert.equal(world.packages.size, 0);
  world.served = packageOf([]);
  world.isStoreFull = true;
  await assert.rejects(take(), { kind: "full" });
});

test("nothing but this server is asked for tiles", async () => {
  world.served.tiles = tilesOf(["//other.invalid/1", "https://other.invalid/2", ...urls(2)]);
  assert.equal((await take()).tiles.wanted, 2);
  assert.deepEqual(world.fetched, urls(2));
});

test("an area that is given up takes the tiles only it needs with it", async () => {
  await take();
  const other = { ...packageOf([]), tiles: tilesOf(urls(5, 15)) };
  other.task = { ...other.task, task_id: "other" };
  world.packages.set("other", other);
  await deletePackage(ID, { store });
  assert.deepEqual([...world.cache.entries.keys()], urls(5, 15));
  assert.deepEqual([...world.packages.keys()], ["other"]);
});

test("tiles a package needs no more are dropped when it is brought up to date", async () => {
  await take();
  world.etag = '"two"';
  world.served.tiles = tilesOf(urls(3));
  await take();
  assert.deepEqual([...world.cache.entries.keys()], urls(3));
});
