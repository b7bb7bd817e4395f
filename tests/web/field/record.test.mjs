import assert from "node:assert/strict";
import { test } from "node:test";
import { buildPayload, hasPrivate, localTime, sha256Hex } from "../../../addrsvc/web/static/field/record.js";
import { form } from "./world.mjs";

const RECORD = {
  id: "0d5b1f0a-6a55-4f0e-9d3e-1b1f6f6a0001",
  revision: 2,
  act: "add",
  task: null,
  commune_code: "25747",
  made_at: "2026-11-23T09:00:00+07:00",
  form: form({
    house_number: "  12/3 ",
    thoroughfare: "Đường  Le\u0302 Lợi",
    localities: [["khu_pho", "3"], ["to", " "]],
    name: "",
    rooms: "12",
    position: { lon: 106.65000004999, lat: 10.98, accuracy_m: 4.2345, samples: 14, spread_m: 2.13, taken_at: "2026-11-23T08:59:00+07:00" },
    building: { lon: 106.6501, lat: 10.9801, accuracy_m: 6, method: "map" },
    building_name: "Chung cư A",
    overrides: [{ check: "duplicate-near", reason: "Hai nhà\nchung cổng" }],
  }),
  photos: [{ sha256: "ab".repeat(32), bytes: 123, media_type: "image/jpeg", marks: "gate", taken_at: "2026-11-23T08:59:30+07:00", width: 1600, height: 1200 }],
  private: { name: "", phone: " ", consent: "2026-11", words: "" },
};

const built = (record, code = "7512304827") =>
  JSON.parse(buildPayload(record, code, { app: "1.2.3", server_ahead_s: -12.5 }));

test("an addition says all fields, one spelling each", () => {
  const said = built(RECORD);
  assert.deepEqual(said.fields, {
    kind: "dwelling", house_number: "12/3", thoroughfare: "Đường Lê Lợi", localities: [["khu_pho", "3"]],
    unit: null, floor: null, building: "Chung cư A", name: null,
  });
  assert.equal(said.code, "7512304827");
  assert.equal(said.address, null);
  assert.deepEqual(said.position, {
    lon: 106.65, lat: 10.98, accuracy_m: 4.2, method: "gnss", samples: 14, spread_m: 2.1,
    taken_at: "2026-11-23T08:59:00+07:00",
  });
  assert.deepEqual(said.building, { lon: 106.6501, lat: 10.9801, accuracy_m: 6, method: "map" });
  assert.deepEqual(said.counts, { rooms: 12, households: null });
  assert.deepEqual(said.overrides, [{ check: "duplicate-near", reason: "Hai nhà chung cổng" }]);
  assert.deepEqual(Object.keys(said.photos[0]), ["sha256", "bytes", "media_type", "marks", "taken_at"]);
  assert.deepEqual([said.has_private, said.app, said.server_ahead_s], [false, "1.2.3", -12.5]);
});

test("the same values give the same text, whatever order they came in", () => {
  const turned = Object.fromEntries(Object.entries(RECORD).reverse());
  turned.form = Object.fromEntries(Object.entries(RECORD.form).reverse());
  assert.equal(buildPayload(turned, "7512304827"), buildPayload(RECORD, "7512304827"));
});

test("what is gone has no fields and no code; nobody at home keeps where somebody stood", () => {
  const address = { ref: "7512304827", version: 3, house_number: "12" };
  for (const act of ["gone", "nobody-home"]) {
    const said = built({ ...RECORD, act, form: { ...RECORD.form, act, address } }, "7512399999");
    assert.deepEqual([said.fields, said.code, said.counts, said.building], [null, null, null, null]);
    assert.deepEqual(said.address, { ref: "7512304827", version: 3 });
    assert.equal(said.position.lon, 106.65);
  }
});

test("nothing of a contact is in the payload but that there is one", () => {
  const part = { name: "Nguyễn Văn Bịa", phone: "0900000000", consent: "2026-11", words: "chó dữ" };
  const text = buildPayload({ ...RECORD, private: part }, "7512304827");
  assert.equal(JSON.parse(text).has_private, true);
  for (const each of ["Bịa", "0900000000", "chó dữ"]) assert.ok(!text.includes(each), each);
  assert.deepEqual([hasPrivate(null), hasPrivate({ words: " x" })], [false, true]);
});

test("times have the offset of the phone", () => {
  const moment = Date.UTC(2026, 10, 23, 18, 30, 5, 900);
  assert.equal(localTime(moment, 420), "2026-11-24T01:30:05+07:00");
  assert.equal(localTime(moment, -210), "2026-11-23T15:00:05-03:30");
  assert.equal(localTime(new Date(moment), 0), "2026-11-23T18:30:05+00:00");
  assert.equal(localTime("2026-11-23T09:00:00+07:00"), "2026-11-23T09:00:00+07:00");
  assert.equal(Date.parse(localTime(moment)), moment - 900);
});

test("hashes are those of the bytes sent", async () => {
  const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(await sha256Hex("abc"), hash);
  assert.equal(await sha256Hex(new Uint8Array([97, 98, 99]).buffer), hash);
});
