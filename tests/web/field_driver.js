// Drives the store and the outbox of the phone as its screens do, for tests: see test_field_day.py.
import { makeApi } from "/static/field/api.js";
import { exportFiles } from "/static/field/carry.js";
import { hello, topUpBlocks } from "/static/field/device.js";
import { startOutbox } from "/static/field/outbox.js";
import { buildPayload, sha256Hex } from "/static/field/record.js";
import { openStore } from "/static/field/store.js";
import { applyUpdate, onUpdate, registerWorker } from "/static/field/update.js";

const PACE = { first_ms: 10, most_ms: 40, look_ms: 60_000, pull_ms: 2_000 };

const store = await openStore();
const api = makeApi(store);

/** Ask until it is answered: whatever the network does. */
const greet = async () => {
  for (;;) {
    try {
      const told = await hello(store, api);
      await topUpBlocks(store, api, told.areas);
      return told;
    } catch (error) {
      if (!["offline", "later", "unknown"].includes(error.kind)) throw error;
    }
  }
};

const bytesOf = (base64) => Uint8Array.from(atob(base64), (each) => each.charCodeAt(0)).buffer;

/** Save a record made of what a test gives: `{act, made_min_ago, form, private, photos: [base64]}`. */
const save = async ({ id, act, made_min_ago: ago, form, private: part, photos: given = [], commune_code }) => {
  const photos = await Promise.all(
    given.map(async (each) => {
      const bytes = bytesOf(each);
      return { sha256: await sha256Hex(bytes), bytes, media_type: "image/jpeg", marks: "gate" };
    }),
  );
  const ahead = (await store.getMeta("server_ahead_s")) ?? null;
  const record = { id, act, task: null, commune_code, form: { act, ...form }, private: part ?? null };
  record.made_at = Date.now() - ago * 60_000;
  const saved = await store.saveRecord(record, photos, (each, code) =>
    buildPayload(each, code, { app: "test", server_ahead_s: ahead }),
  );
  return told(saved);
};

const told = async ({ id, code, payload, photos }) => ({
  id,
  code,
  payload,
  sha256: await sha256Hex(payload),
  photos: photos.map((each) => each.sha256),
});

/** Give what the phone holds of a record; null: nothing. */
const heldOf = async (id) => {
  const record = await store.getRecord(id);
  return record === undefined ? null : told(record);
};

const outbox = startOutbox(store, api, { pace: PACE, onState: (state) => (driver.state = state) });
const isUpdate = new Promise((resolve) => onUpdate(() => resolve(true)));

const driver = {
  state: outbox.state(),
  store,
  api,
  outbox,
  greet,
  hello: () => hello(store, api),
  save,
  heldOf,
  applyUpdate,
  registerWorker,
  isUpdate,
  exportFile: async () => (await exportFiles(store))[0].file.text(),
};
globalThis.driver = driver;
document.documentElement.dataset.driver = "ready";
