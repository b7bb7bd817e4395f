import assert from "node:assert/strict";
import { test } from "node:test";
import { faultyPhotos, valueWords, withBadPhotos } from "../../../addrsvc/web/static/field/records.js";
import { whileHeld } from "../../../addrsvc/web/static/field/form_hold.js";
import { lossOf, mark } from "../../../addrsvc/web/static/field/store_mark.js";

globalThis.document = { documentElement: { lang: "vi" } };

test("values that differ are told as people say them", () => {
  const told = (field, value) => valueWords(field, value);
  assert.equal(told("kind", "boarding_room"), "Phòng trọ");
  assert.equal(told("localities", [["khu_pho", "3"], ["ap", "Ấp Bến"]]), "Khu phố 3, Ấp Bến");
  const position = { lon: 106.65, lat: 10.98, accuracy_m: 4.25, method: "gnss", marks: "entrance" };
  assert.equal(told("position", position), "10.980000, 106.650000 (4,3 m)");
  assert.equal(told("house_number", "12/3"), "12/3");
  assert.equal(told("existence", "gone"), "không còn");
  assert.equal(told("existence", "current"), "còn trong sổ");
  for (const nothing of [null, undefined, []]) assert.equal(told("localities", nothing), "để trống");
});

test("a photo whose bytes are lost is to be taken again", () => {
  const photos = [{ sha256: "a", is_lost: true }, { sha256: "b" }, { sha256: "c" }];
  const receipt = { photos: [{ sha256: "b", fault: "unreadable" }, { sha256: "c", fault: null }] };
  assert.deepEqual(faultyPhotos({ photos, receipt }), ["a", "b"]);
  assert.deepEqual(faultyPhotos({ photos, receipt: null }), ["a"]);
  const records = [{ id: 1, photos }, { id: 2, photos: [{ sha256: "b" }] }, { id: 3, photos, status: "draft" }];
  assert.deepEqual(withBadPhotos(records).map(({ id }) => id), [1], "the start page leads to it");
});

test("what was revised and not sent when all was erased is told", () => {
  const kept = new Map();
  globalThis.localStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => kept.set(key, text),
  };
  mark({ saved: 50, received: 50 }, { key_id: "0123abcd", name: "Máy" });
  mark({ saved: 50, received: 45 }, null);
  assert.equal(lossOf({ saved: 50, received: 45 }, null), null);
  assert.deepEqual(lossOf({ saved: 0, received: 0 }, null), {
    saved: 50, found: 0, unsent: 5, key_id: "0123abcd", name: "Máy",
  });
  mark({ saved: 1, received: 0 }, null);
  assert.equal(lossOf({ saved: 1, received: 0 }, null).unsent, 5, "until somebody has read it");
});

test("a sheet whose record gets another id goes on under that, and never as two", async () => {
  const listeners = new Set();
  const replaced = [];
  const onChange = (callback) => {
    listeners.add(callback);
    return () => listeners.delete(callback);
  };
  const field = { store: { onChange }, replace: (hash) => replaced.push(hash) };
  let sheet = null;
  const screen = await whileHeld(field, "old", (held) => {
    sheet = held;
    return { title: "" };
  });
  const tell = (change) => listeners.forEach((each) => each(change));
  tell({ kind: "renamed", id: "another", next: "x" });
  assert.equal(sheet.isOver, false);
  tell({ kind: "renamed", id: "old", next: "new" });
  tell({ kind: "renamed", id: "old", next: "new" });
  assert.deepEqual([sheet.isOver, replaced], [true, ["#/edit/new"]]);
  screen.close();
  assert.equal(listeners.size, 0);
});
