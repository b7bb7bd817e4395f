import assert from "node:assert/strict";
import { test } from "node:test";
import { exportFiles } from "../../../addrsvc/web/static/field/carry.js";

const photo = (sha256) => ({ sha256, media_type: "image/jpeg" });
const saved = (id, said = {}) => ({
  id, status: "saved", due: 1, payload: `{"record":"${id}"}`, private: null, photos: [], ...said,
});

const storeOf = (records, { photos = {}, gone = [] } = {}) => ({
  getMeta: async () => ({ key_id: "0123abcd" }),
  now: async () => Date.parse("2026-11-23T09:00:00Z"),
  listRecords: async () => records,
  getRecord: async (id) => (gone.includes(id) ? undefined : records.find((each) => each.id === id)),
  getPhoto: async (hash) => (hash in photos ? new Blob([photos[hash]]) : null),
});

const read = async ({ file }) => JSON.parse(await file.text());
const idsOf = ({ records }) => records.map(({ payload }) => JSON.parse(payload).record);

test("whatever is still to be sent is in the file, of accepted records too", async () => {
  const bytes = new Uint8Array(100_000).map((_, at) => at % 251);
  const records = [
    saved("new"),
    saved("accepted, photo waits", { status: "accepted", photos: [photo("p1"), photo("arrived")] }),
    saved("accepted, contact waits", { status: "accepted", private: { name: "Bịa" } }),
    saved("accepted", { status: "accepted", due: undefined }),
    saved("to be decided", { status: "received", due: undefined }),
    saved("of the former device, there whole", { status: "received", due: undefined, is_of_former: true }),
    saved("of the former device, in part", { status: "received", is_of_former: true }),
    saved("begun", { status: "draft", payload: null }),
    saved("renamed meanwhile"),
  ];
  const store = storeOf(records, { photos: { p1: bytes }, gone: ["renamed meanwhile"] });
  const files = await exportFiles(store);
  assert.deepEqual(files.map(({ count }) => count), [5]);
  const told = await read(files[0]);
  assert.deepEqual([told.schema, told.device, files[0].file.name], [
    1, "0123abcd", "phieu-thu-thap-2026-11-23T0900.json",
  ]);
  const wanted = ["new", "accepted, photo waits", "accepted, contact waits", "to be decided"];
  assert.deepEqual(idsOf(told), [...wanted, "of the former device, in part"]);
  assert.deepEqual(told.records[1].photos, [
    { ...photo("p1"), base64: Buffer.from(bytes).toString("base64") },
  ]);
  assert.equal(told.records[2].private.name, "Bịa");
});

test("what is too large for a desk is in several files, each whole by itself", async () => {
  const records = ["a", "b", "c"].map((id) => saved(id, { photos: [photo(id)] }));
  const photos = Object.fromEntries(records.map(({ id }) => [id, new Uint8Array(3_000)]));
  const files = await exportFiles(storeOf(records, { photos }), 9_000);
  assert.ok(files.every(({ file }) => file.size < 9_500));
  const told = await Promise.all(files.map(read));
  assert.deepEqual(told.map(idsOf), [["a", "b"], ["c"]]);
  assert.equal(told[1].records[0].photos.length, 1);
  assert.ok(files[1].file.name.endsWith("-tep-2-trong-2.json"));
  assert.deepEqual(await exportFiles(storeOf([])), []);
});
