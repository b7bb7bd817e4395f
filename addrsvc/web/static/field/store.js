// What the phone keeps, in IndexedDB: records, drafts, photos, codes, areas; `openStore` gives it.
//
// A record in `records` is one that was saved: it is to arrive at the server. A draft (of a new
// record, or of the next revision of a saved one) is apart, so that giving a draft up never touches
// what was saved. Beside the members agreed on, a record has `is_taken` (the server has this very
// revision), `photos[].is_whole`, `photos[].is_lost`, `has_draft` (when read), `due`
// (a moment, while something of it is still to be sent), `is_of_former` (the device that this phone
// was before sent it) and `is_seen` (of those, somebody read what is asked). A record known only from a receipt has
// no `form`. The device has `is_revoked`.

import { ALL, openDatabase, StoreError } from "./store_db.js";
import { deviceMarked, forgetMark, lossOf, mark } from "./store_mark.js";
import { dropPhotos, goodBlocks, keepPhotos, markDue, takeCode } from "./store_parts.js";
import { sendingOf } from "./store_sending.js";

export { StoreError };

const metaOf = (db) => {
  const getMeta = (key) => db.read("meta", (store) => store.get(key));
  const marked = async () => {
    const [records, due, pruned] = await Promise.all([
      db.read("records", (store) => store.count()),
      db.read("records", (store) => store.index("due").count()),
      getMeta("pruned"),
    ]);
    const saved = records + (pruned ?? 0);
    return { saved, received: saved - due };
  };
  return {
    getMeta,
    async putMeta(key, value) {
      await db.write(["meta"], (tx) => tx.store.put(value, key));
      db.change("meta", key);
    },
    /** Give the phone's moment put right by the server's clock, in milliseconds. */
    now: async () => Date.now() + 1000 * ((await getMeta("server_ahead_s")) ?? 0),
    putMark: async () => mark(await marked(), await getMeta("device")),
    /** Tell what this phone had and has no more: `{saved, found, unsent, key_id, name}`; null: it has all. */
    loss: async () => lossOf(await marked(), await getMeta("device")),
    /** Somebody has read what was lost. */
    async acceptLoss() {
      const device = (await getMeta("device")) ?? deviceMarked(); // it may still be that one again
      forgetMark();
      mark(await marked(), device);
    },
  };
};

const draftsOf = (db) => {
  const getDraft = (id) => db.read("drafts", (store) => store.get(id));
  return {
    getDraft,
    /** Keep a draft, and photos taken for it; the bytes of those it has no more go. */
    async putDraft(record, photos = []) {
      const draft = { ...record, status: "draft", payload: null };
      await db.write(ALL, async (tx) => {
        const old = await tx.objectStore("drafts").get(draft.id);
        await keepPhotos(tx, draft, photos);
        draft.waiting = draft.photos.map((each) => each.sha256);
        await tx.objectStore("drafts").put(draft);
        await dropPhotos(tx, old?.waiting ?? []);
      });
      db.change("draft", draft.id);
      return draft;
    },
    /** Give a draft up, with the photos only it has. */
    async deleteDraft(id) {
      await db.write(ALL, async (tx) => {
        const draft = await tx.objectStore("drafts").get(id);
        await tx.objectStore("drafts").delete(id);
        await dropPhotos(tx, draft?.waiting ?? []);
      });
      db.change("draft", id);
    },
    /** Give the draft of the next revision; it is kept once `putDraft` is called with it. */
    async reviseRecord(id) {
      const draft = await getDraft(id);
      if (draft !== undefined) return draft;
      const record = await db.read("records", (store) => store.get(id));
      if (record === undefined) throw new StoreError("missing");
      const { due, waiting, ...rest } = record;
      return { ...rest, revision: record.revision + 1, status: "draft", payload: null, error: null };
    },
  };
};

const recordsOf = (db, { now, putMark, getMeta, getDraft }) => ({
  /**
   * Save a record: its code, photos and payload at once or not at all.
   * buildPayload: `(record, code)` → the exact text to be sent, made synchronously.
   * Raises StoreError: no-code, full.
   */
  async saveRecord(record, photos, buildPayload) {
    const moment = await now();
    const saved = await db.write(ALL, async (tx) => {
      const records = tx.objectStore("records");
      const old = await records.get(record.id);
      const { due, ...rest } = record;
      const next = { ...rest, status: "saved", receipt: old?.receipt ?? null, error: null };
      next.revision = Math.max(record.revision ?? 1, (old?.revision ?? 0) + 1);
      next.private = record.private ?? null;
      Object.assign(next, { is_taken: false, saved_at: Date.now(), sha256: null, code: old?.code ?? null });
      await keepPhotos(tx, next, photos);
      if (next.act === "add") {
        next.code ??= record.code ?? (await takeCode(tx, next.commune_code, moment));
      }
      next.payload = buildPayload(next, next.code);
      await records.put(markDue(next));
      const draft = await tx.objectStore("drafts").get(next.id);
      await tx.objectStore("drafts").delete(next.id);
      await dropPhotos(tx, [...(old?.waiting ?? []), ...(draft?.waiting ?? [])]);
      return next;
    });
    await putMark();
    db.change("saved", saved.id);
    return saved;
  },

  /** Give a record as saved; a draft where it was never saved; undefined where there is none. */
  async getRecord(id) {
    const [record, draft] = await Promise.all([
      db.read("records", (store) => store.get(id)),
      getDraft(id),
    ]);
    return record === undefined ? draft : { ...record, has_draft: draft !== undefined };
  },

  /** Give all records and drafts, newest first; of a record with a draft, the record. */
  async listRecords() {
    const [records, drafts] = await Promise.all(
      ["records", "drafts"].map((name) => db.read(name, (store) => store.getAll())),
    );
    const saved = new Set(records.map((each) => each.id));
    const drafted = new Set(drafts.map((each) => each.id));
    const momentOf = (each) => each.saved_at ?? (new Date(each.made_at).getTime() || 0);
    return [
      ...drafts.filter((each) => !saved.has(each.id)),
      ...records.map((each) => ({ ...each, has_draft: drafted.has(each.id) })),
    ].sort((one, other) => momentOf(other) - momentOf(one));
  },

  /** Give how many records are where. */
  async counts() {
    const [records, drafts, pruned] = await Promise.all([
      db.read("records", (store) => store.getAll()),
      db.read("drafts", (store) => store.count()),
      getMeta("pruned"),
    ]);
    const of = (status) => records.filter((each) => each.status === status).length;
    const gone = pruned ?? 0;
    return {
      drafts,
      saved: records.length + gone,
      received: records.filter((each) => each.is_taken).length + gone,
      accepted: of("accepted") + gone,
      needs_you: records.filter((each) => each.status === "needs-you" && !each.is_seen).length,
      photos_waiting: records.reduce((sum, each) => sum + each.waiting.length, 0),
      failing: records.filter((each) => each.error !== null).length,
    };
  },

  /** Give the picture as a Blob; null where its bytes are not on the phone (any more). */
  async getPhoto(sha256) {
    const photo = await db.read("photos", (store) => store.get(sha256));
    return photo === undefined ? null : new Blob([photo.bytes], { type: photo.media_type });
  },
});

// Of packages, which are large, what screens say of them.
const areaOf = (pkg) => {
  const { task, commune, etag = null, made_at, tiles, tiles_kept = 0 } = pkg;
  const tiles_wanted = tiles?.urls.length ?? null;
  const bytes = new Blob([JSON.stringify(pkg)]).size;
  return { task, commune, etag, made_at, count: pkg.addresses.length, bytes, tiles_wanted, tiles_kept };
};

const isNot = (taskId) => (area) => area.task.task_id !== taskId;

const changeAreas = async (tx, change) => {
  const meta = tx.objectStore("meta");
  await meta.put(change((await meta.get("areas")) ?? []), "areas");
};

const areasOf = (db, { now, getMeta }) => ({
  async putPackage(pkg) {
    const area = areaOf(pkg);
    await db.write(["packages", "meta"], async (tx) => {
      await tx.objectStore("packages").put(pkg);
      await changeAreas(tx, (areas) =>
        [...areas.filter(isNot(pkg.task.task_id)), area].sort((one, other) =>
          one.task.title.localeCompare(other.task.title, "vi"),
        ),
      );
    });
    db.change("package", pkg.task.task_id);
  },
  getPackage: (taskId) => db.read("packages", (store) => store.get(taskId)),
  listPackages: () => db.read("packages", (store) => store.getAll()),
  /** Give what there is to say of the packages here, without reading all of them. */
  listAreas: async () => (await getMeta("areas")) ?? [],
  async deletePackage(taskId) {
    await db.write(["packages", "meta"], async (tx) => {
      await tx.objectStore("packages").delete(taskId);
      await changeAreas(tx, (areas) => areas.filter(isNot(taskId)));
    });
    db.change("package", taskId);
  },
  /** Keep a block of codes; `done`: a key of meta that is not needed once it is kept. */
  async putBlock(block, done) {
    await db.write(["blocks", "meta"], async (tx) => {
      const known = await tx.objectStore("blocks").get(block.block_id);
      if (known === undefined) await tx.objectStore("blocks").put(block);
      await tx.objectStore("meta").delete(done);
    });
    db.change("codes", block.commune_code);
  },
  async codesLeft(communeCode) {
    const blocks = await db.read("blocks", (store) => store.getAll());
    const good = goodBlocks(blocks, communeCode, await now());
    return good.reduce((sum, each) => sum + each.codes.length, 0);
  },
});

const deviceOf = (db, { putMark }) => {
  /**
   * Erase contacts and words. which: "settled" (drafts, and records of which nothing is to be sent),
   * or ids of records.
   */
  const wipeContacts = async (which) => {
    await db.write(ALL, async (tx) => {
      const records = tx.objectStore("records");
      for (const each of await records.getAll()) {
        const isOne = which === "settled" ? !each.due : which.includes(each.id);
        if (isOne && each.private !== null) await records.put(markDue({ ...each, private: null }));
      }
      if (which !== "settled") return;
      const drafts = tx.objectStore("drafts");
      for (const each of await drafts.getAll()) await drafts.put({ ...each, private: null });
    });
    db.change("wiped");
  };
  // Gives whether it was changed: another tab may have made the phone another device meanwhile.
  const changeDevice = (keyId, facts) =>
    db.write(["meta"], async (tx) => {
      const device = await tx.store.get("device");
      if (!device || device.is_revoked || (keyId && keyId !== device.key_id)) return false;
      await tx.store.put({ ...device, ...facts }, "device");
      return true;
    });

  return {
    wipeContacts,
    /** Note what the server says of a device, if the phone still is that one. */
    async noteDevice(keyId, facts) {
      if (await changeDevice(keyId, facts)) db.change("meta", "device");
    },
    /**
     * Begin as a device; as another than before, with no codes, and all receipts to be asked for. What
     * the server has of the one before is told to that one: nothing more is heard of it here.
     */
    async becomeDevice(device) {
      await db.write(["meta", "blocks", "records"], async (tx) => {
        const meta = tx.objectStore("meta");
        const old = await meta.get("device");
        if (old?.key_id !== device.key_id) {
          await tx.objectStore("blocks").clear();
          await meta.put(0, "cursor");
          const records = tx.objectStore("records");
          for (const each of await records.getAll()) {
            if (each.is_taken) await records.put({ ...each, is_of_former: true });
          }
        }
        await meta.put(device, "device");
      });
      await putMark();
      db.change("meta", "device");
    },
    /**
     * The device was revoked: contacts go, but for those with one attempt left to be sent. keyId: which
     * one; where the phone is another by now, nothing is done.
     */
    async markRevoked(keyId) {
      if (!(await changeDevice(keyId, { is_revoked: true }))) return;
      await wipeContacts("settled");
      db.change("meta", "device");
    },
  };
};

/** Open what the phone keeps. Raises StoreError: full, unreadable, superseded. */
export const openStore = async () => {
  const db = await openDatabase();
  const meta = metaOf(db);
  const drafts = draftsOf(db);
  return {
    onChange: db.onChange,
    ...meta,
    ...drafts,
    ...recordsOf(db, { ...meta, ...drafts }),
    ...sendingOf(db, meta),
    ...areasOf(db, meta),
    ...deviceOf(db, meta),
  };
};
