// What the phone keeps, in IndexedDB: records, drafts, photos, codes, areas. Interfaces: what
// screens and the outbox call is exported by `openStore`.
//
// A record in `records` is one that was saved: it is to arrive at the server. A draft (of a new
// record, or of the next revision of a saved one) is apart, so that giving a draft up never touches
// what was saved. Beside the members agreed on, a record has `is_taken` (the server has this very
// revision), `photos[].is_whole`, `photos[].is_lost`, `has_draft` (when read) and `due` (a moment,
// while something of it is still to be sent). A record known only from a receipt has no `form`.

import { openDB } from "/static/vendor/idb/index.js";
import { forgetMark, lossOf, mark } from "./store_mark.js";

const NAME = "addrsvc-field";
const VERSION = 1;
const KEPT_DAYS = 7;
const ALL = ["records", "drafts", "photos", "blocks", "meta"];

/** What the store cannot do; `kind`: full, no-code, unreadable, superseded, missing. */
export class StoreError extends Error {
  constructor(kind, cause) {
    super(`store: ${kind}`, { cause });
    this.kind = kind;
  }
}

const told = (error) => {
  if (error instanceof StoreError) return error;
  if (error?.name === "QuotaExceededError") return new StoreError("full", error);
  if (error?.name === "VersionError") return new StoreError("superseded", error);
  return error;
};

const upgrade = (db, oldVersion) => {
  if (oldVersion < 1) {
    const records = db.createObjectStore("records", { keyPath: "id" });
    records.createIndex("due", "due"); // only what is still to be sent has it; oldest first
    db.createObjectStore("drafts", { keyPath: "id" });
    db.createObjectStore("photos", { keyPath: "sha256" });
    db.createObjectStore("packages", { keyPath: "task.task_id" });
    db.createObjectStore("blocks", { keyPath: "block_id" });
    db.createObjectStore("meta");
  }
};

const isWaiting = (photo) => !photo.is_whole && !photo.is_lost;

/** Note on a record whether something of it is still to be sent. */
const markDue = (record) => {
  if (!record.is_taken || record.private !== null || record.photos.some(isWaiting)) {
    record.due ??= record.saved_at;
  } else delete record.due;
  return record;
};

/** The bytes of photos go to `photos`; the record keeps what is announced of them. */
const keepPhotos = async (tx, record, photos) => {
  const known = new Map((record.photos ?? []).map((each) => [each.sha256, each]));
  for (const { bytes, ...photo } of photos) {
    await tx.objectStore("photos").put({ sha256: photo.sha256, bytes, media_type: photo.media_type });
    known.set(photo.sha256, { ...photo, bytes: bytes.byteLength, is_whole: false });
  }
  record.photos = [...known.values()];
};

/** Delete the bytes of photos that nothing needs any more. */
const dropPhotos = async (tx, hashes) => {
  if (hashes.length === 0) return;
  const needed = new Set();
  for (const each of await tx.objectStore("drafts").getAll()) {
    for (const photo of each.photos ?? []) needed.add(photo.sha256);
  }
  for (const each of await tx.objectStore("records").index("due").getAll()) {
    for (const photo of each.photos.filter(isWaiting)) needed.add(photo.sha256);
  }
  for (const hash of hashes) {
    if (!needed.has(hash)) await tx.objectStore("photos").delete(hash);
  }
};

const takeCode = async (tx, communeCode, now) => {
  const blocks = (await tx.objectStore("blocks").getAll())
    .filter((each) => each.commune_code === communeCode && each.codes.length > 0)
    .filter((each) => Date.parse(each.expires_at) > now)
    .sort((one, other) => Date.parse(one.expires_at) - Date.parse(other.expires_at));
  if (blocks.length === 0) throw new StoreError("no-code");
  const code = blocks[0].codes.shift();
  await tx.objectStore("blocks").put(blocks[0]);
  return code;
};

class Store {
  #opened = null;
  #listeners = new Set();
  #channel = new BroadcastChannel(NAME);

  constructor() {
    this.#channel.addEventListener("message", ({ data }) => this.#tell(data));
  }

  /** Give the open database; it is opened anew after the browser has closed it. */
  #db() {
    this.#opened ??= openDB(NAME, VERSION, {
      upgrade,
      blocked: () => this.#change("blocked"),
      // a newer version of the app is in another tab: let it go on; this one is to be loaded anew
      blocking: (_current, _blocked, event) => {
        event.target.close();
        this.#opened = null;
        this.#change("superseded");
      },
      terminated: () => {
        this.#opened = null;
      },
    }).catch((error) => {
      this.#opened = null;
      const known = told(error);
      throw known instanceof StoreError ? known : new StoreError("unreadable", error);
    });
    return this.#opened;
  }

  /** Do all of it or nothing; comes back once it is on the disk. */
  async #write(names, act) {
    const db = await this.#db();
    const tx = db.transaction(names, "readwrite", { durability: "strict" });
    tx.done.catch(() => {}); // said below
    try {
      const given = await act(tx);
      await tx.done;
      return given;
    } catch (error) {
      try {
        tx.abort();
      } catch {
        // it has ended by itself
      }
      throw told(error?.name === "AbortError" && tx.error ? tx.error : error);
    }
  }

  async #read(name, act) {
    const db = await this.#db();
    return act(db.transaction(name).store);
  }

  #tell(change) {
    for (const each of this.#listeners) each(change);
  }

  #change(kind, id = null) {
    const change = { kind, id };
    this.#tell(change);
    this.#channel.postMessage(change);
  }

  /** Call back after each change, of other tabs too: `{kind, id}`; gives a way to stop it. */
  onChange(callback) {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  async open() {
    await this.#db();
    return this;
  }

  // meta

  getMeta(key) {
    return this.#read("meta", (store) => store.get(key));
  }

  async putMeta(key, value) {
    await this.#write(["meta"], (tx) => tx.store.put(value, key));
    this.#change("meta", key);
  }

  /** Give the phone's moment put right by the server's clock, in milliseconds. */
  async now() {
    return Date.now() + 1000 * ((await this.getMeta("server_ahead_s")) ?? 0);
  }

  // drafts and records

  /** Keep a draft, and photos taken for it. */
  async putDraft(record, photos = []) {
    const draft = { ...record, status: "draft", payload: null };
    await this.#write(["drafts", "photos"], async (tx) => {
      await keepPhotos(tx, draft, photos);
      await tx.objectStore("drafts").put(draft);
    });
    this.#change("draft", draft.id);
    return draft;
  }

  /** Give a draft up, with the photos only it has. */
  async deleteDraft(id) {
    await this.#write(ALL, async (tx) => {
      const draft = await tx.objectStore("drafts").get(id);
      await tx.objectStore("drafts").delete(id);
      await dropPhotos(tx, (draft?.photos ?? []).map((each) => each.sha256));
    });
    this.#change("draft", id);
  }

  /**
   * Save a record: its code, photos and payload at once or not at all.
   * buildPayload: `(record, code)` → the exact text to be sent, made synchronously.
   */
  async saveRecord(record, photos, buildPayload) {
    const now = await this.now();
    const saved = await this.#write(ALL, async (tx) => {
      const old = await tx.objectStore("records").get(record.id);
      const next = { ...record, status: "saved", receipt: old?.receipt ?? null, error: null };
      next.revision = Math.max(record.revision ?? 1, (old?.revision ?? 0) + 1);
      next.is_taken = false;
      next.saved_at = Date.now();
      next.due = next.saved_at;
      next.private = record.private ?? null;
      await keepPhotos(tx, next, photos);
      next.code = null;
      if (next.act === "add") {
        next.code = old?.code ?? record.code ?? (await takeCode(tx, next.commune_code, now));
      }
      next.payload = buildPayload(next, next.code);
      next.sha256 = null;
      await tx.objectStore("records").put(next);
      await tx.objectStore("drafts").delete(next.id);
      return next;
    });
    await this.#mark();
    this.#change("record", saved.id);
    return saved;
  }

  /** Give a record as saved; a draft where it was never saved; undefined where there is none. */
  async getRecord(id) {
    const [record, draft] = await Promise.all([
      this.#read("records", (store) => store.get(id)),
      this.getDraft(id),
    ]);
    return record === undefined ? draft : { ...record, has_draft: draft !== undefined };
  }

  getDraft(id) {
    return this.#read("drafts", (store) => store.get(id));
  }

  /** Give all records and drafts, newest first. */
  async listRecords() {
    const [records, drafts] = await Promise.all([
      this.#read("records", (store) => store.getAll()),
      this.#read("drafts", (store) => store.getAll()),
    ]);
    const saved = new Set(records.map((each) => each.id));
    const drafted = new Set(drafts.map((each) => each.id));
    const momentOf = (each) => each.saved_at ?? Date.parse(each.made_at) ?? 0;
    return [
      ...drafts.filter((each) => !saved.has(each.id)),
      ...records.map((each) => ({ ...each, has_draft: drafted.has(each.id) })),
    ].sort((one, other) => momentOf(other) - momentOf(one));
  }

  /** Give the draft of the next revision; it is kept once `putDraft` is called with it. */
  async reviseRecord(id) {
    const [record, draft] = await Promise.all([
      this.#read("records", (store) => store.get(id)),
      this.getDraft(id),
    ]);
    if (draft !== undefined) return draft;
    if (record === undefined) throw new StoreError("missing");
    const { due, has_draft, error, ...rest } = record;
    return { ...rest, revision: record.revision + 1, status: "draft", payload: null, error: null };
  }

  /** Give how many records are where. */
  async counts() {
    const [records, drafts, pruned] = await Promise.all([
      this.#read("records", (store) => store.getAll()),
      this.#read("drafts", (store) => store.count()),
      this.getMeta("pruned"),
    ]);
    const of = (status) => records.filter((each) => each.status === status).length;
    const gone = pruned ?? 0;
    return {
      drafts,
      saved: records.length + gone,
      received: records.filter((each) => each.is_taken).length + gone,
      accepted: of("accepted") + gone,
      needs_you: of("needs-you"),
      refused: of("refused"),
      quarantined: of("quarantined"),
      photos_waiting: records.flatMap((each) => each.photos.filter(isWaiting)).length,
      failing: records.filter((each) => each.error !== null).length,
    };
  }

  /** Give the picture as a Blob; null where its bytes are not on the phone (any more). */
  async getPhoto(sha256) {
    const photo = await this.#read("photos", (store) => store.get(sha256));
    return photo === undefined ? null : new Blob([photo.bytes], { type: photo.media_type });
  }

  // what the outbox needs

  /** Give ids of records of which something is still to be sent, oldest first. */
  async listDue() {
    const records = await this.#read("records", (store) => store.index("due").getAll());
    return records.map((each) => each.id);
  }

  /** Change one saved record; `change(record, tx)` gives false to leave it as it is. */
  async #changeRecord(id, change) {
    const isChanged = await this.#write(ALL, async (tx) => {
      const record = await tx.objectStore("records").get(id);
      if (record === undefined || (await change(record, tx)) === false) return false;
      await tx.objectStore("records").put(markDue(record));
      return true;
    });
    if (isChanged) this.#change("record", id);
    return isChanged;
  }

  /**
   * Take what the server says of a record. `sent`: `{revision, sha256}` of what this receipt is the
   * answer to; without it only what the server is known to have is looked at.
   */
  async applyReceipt(receipt, sent = null) {
    const whole = await this.#write(ALL, (tx) => this.#settle(tx, receipt, sent));
    await this.#mark();
    this.#change("record", receipt.record);
    return whole;
  }

  /** Take a portion of receipts, and from where to go on: both or neither. */
  async applyReceipts(receipts, cursor) {
    await this.#write(ALL, async (tx) => {
      for (const each of receipts) await this.#settle(tx, each, null);
      await tx.objectStore("meta").put(cursor, "cursor");
    });
    await this.#mark();
    this.#change("receipts");
  }

  async #settle(tx, receipt, sent) {
    const records = tx.objectStore("records");
    const record = (await records.get(receipt.record)) ?? lightRecord(receipt);
    if (sent !== null && sent.revision === record.revision) {
      record.is_taken ||= receipt.sha256 === sent.sha256 || receipt.revision > sent.revision;
      record.sha256 = sent.sha256;
    }
    if (!record.is_taken) return;
    if (record.receipt !== null && receipt.change_number < record.receipt.change_number) return;
    record.receipt = receipt;
    record.status = receipt.state;
    record.error = null;
    const arrived = new Set(
      receipt.photos.filter((each) => each.is_whole).map((each) => each.sha256),
    );
    const done = record.photos.filter((each) => !each.is_whole && arrived.has(each.sha256));
    for (const photo of done) photo.is_whole = true;
    await records.put(markDue(record));
    await dropPhotos(tx, done.map((each) => each.sha256));
  }

  /** The server keeps the private part of this revision: the phone does not any more. */
  privateKept(id, revision) {
    return this.#changeRecord(id, (record) => {
      if (record.revision !== revision) return false;
      record.private = null;
      return true;
    });
  }

  /** Note why a record cannot be sent; null: it can. */
  setError(id, error) {
    return this.#changeRecord(id, (record) => {
      record.error = error;
    });
  }

  /** The bytes of a photo are not what was announced, or not there: there is nothing to send. */
  photoLost(id, sha256) {
    return this.#changeRecord(id, (record) => {
      for (const photo of record.photos) if (photo.sha256 === sha256) photo.is_lost = true;
    });
  }

  /** The server does not know what it gave a receipt for: send it again. */
  sendAgain(id, revision) {
    return this.#changeRecord(id, (record) => {
      if (record.revision !== revision) return false;
      record.is_taken = false;
      return true;
    });
  }

  /** Another revision of this number came before: send it as the next. */
  renumber(id, revision, nextRevision) {
    return this.#changeRecord(id, (record) => {
      if (record.revision !== revision) return false;
      record.revision = nextRevision;
      record.payload = JSON.stringify({ ...JSON.parse(record.payload), revision: nextRevision });
      record.sha256 = null;
      return true;
    });
  }

  /** Another device has this id: send the record under a new one. */
  async rename(id) {
    const newId = crypto.randomUUID();
    await this.#write(ALL, async (tx) => {
      const record = await tx.objectStore("records").get(id);
      const payload = JSON.stringify({ ...JSON.parse(record.payload), record: newId });
      await tx.objectStore("records").delete(id);
      await tx.objectStore("records").put({ ...record, id: newId, payload, sha256: null });
      const draft = await tx.objectStore("drafts").get(id);
      if (draft !== undefined) {
        await tx.objectStore("drafts").delete(id);
        await tx.objectStore("drafts").put({ ...draft, id: newId });
      }
    });
    this.#change("record", newId);
    return newId;
  }

  /**
   * Erase contacts and words. which: "settled" (drafts, and records of which nothing is to be sent),
   * "all", or ids of records.
   */
  async wipeContacts(which) {
    await this.#write(ALL, async (tx) => {
      const records = tx.objectStore("records");
      for (const each of await records.getAll()) {
        const isWanted = Array.isArray(which)
          ? which.includes(each.id)
          : which === "all" || each.due === undefined;
        if (isWanted && each.private !== null) await records.put(markDue({ ...each, private: null }));
      }
      if (Array.isArray(which)) return;
      const drafts = tx.objectStore("drafts");
      for (const each of await drafts.getAll()) await drafts.put({ ...each, private: null });
    });
    this.#change("wiped");
  }

  /** Note that records are in a file somebody has. */
  async markExported(ids) {
    await this.#write(["records"], async (tx) => {
      for (const id of ids) {
        const record = await tx.store.get(id);
        if (record !== undefined) await tx.store.put({ ...record, exported_at: Date.now() });
      }
    });
    this.#change("records");
  }

  /** Let accepted records go some days after the server decided; they stay counted. */
  async prune() {
    const before = (await this.now()) - KEPT_DAYS * 24 * 3600 * 1000;
    await this.#write(["records", "meta"], async (tx) => {
      const records = tx.objectStore("records");
      let gone = (await tx.objectStore("meta").get("pruned")) ?? 0;
      for (const each of await records.getAll()) {
        const decided = Date.parse(each.receipt?.decided_at ?? "");
        if (each.status === "accepted" && each.due === undefined && decided < before) {
          await records.delete(each.id);
          gone += 1;
        }
      }
      await tx.objectStore("meta").put(gone, "pruned");
    });
  }

  // areas and codes

  async putPackage(pkg) {
    await this.#write(["packages"], (tx) => tx.store.put(pkg));
    this.#change("package", pkg.task.task_id);
  }

  getPackage(taskId) {
    return this.#read("packages", (store) => store.get(taskId));
  }

  listPackages() {
    return this.#read("packages", (store) => store.getAll());
  }

  async deletePackage(taskId) {
    await this.#write(["packages"], (tx) => tx.store.delete(taskId));
    this.#change("package", taskId);
  }

  /** Keep a block of codes; `done`: a key of meta that is not needed once it is kept. */
  async putBlock(block, done) {
    await this.#write(["blocks", "meta"], async (tx) => {
      const known = await tx.objectStore("blocks").get(block.block_id);
      if (known === undefined) await tx.objectStore("blocks").put(block);
      await tx.objectStore("meta").delete(done);
    });
    this.#change("codes", block.commune_code);
  }

  async codesLeft(communeCode) {
    const now = await this.now();
    const blocks = await this.#read("blocks", (store) => store.getAll());
    return blocks
      .filter((each) => each.commune_code === communeCode && Date.parse(each.expires_at) > now)
      .reduce((sum, each) => sum + each.codes.length, 0);
  }

  /** Begin as a device: its key, and with another device than before no codes and no cursor. */
  async becomeDevice(device) {
    await this.#write(["meta", "blocks"], async (tx) => {
      const meta = tx.objectStore("meta");
      const old = await meta.get("device");
      if (old?.key_id !== device.key_id) {
        await tx.objectStore("blocks").clear();
        await meta.put(0, "cursor");
      }
      await meta.put(device, "device");
    });
    await this.#mark();
    this.#change("meta", "device");
  }

  // a database that is gone

  async #mark() {
    const [counts, device] = await Promise.all([this.counts(), this.getMeta("device")]);
    mark(counts, device);
  }

  /** Tell what this phone had and has no more; null: it has all. */
  async loss() {
    return lossOf(await this.counts(), await this.getMeta("device"));
  }

  /** Somebody has read what was lost. */
  async acceptLoss() {
    forgetMark();
    await this.#mark();
  }
}

/** What is known of a record only from its receipt: the phone's own is gone. */
const lightRecord = (receipt) => ({
  id: receipt.record,
  revision: receipt.revision,
  act: null,
  task: null,
  commune_code: null,
  form: null,
  payload: null,
  sha256: receipt.sha256,
  private: null,
  photos: [],
  receipt: null,
  code: receipt.address?.code ?? null,
  made_at: receipt.received_at,
  saved_at: Date.parse(receipt.received_at),
  error: null,
  is_taken: true,
});

/** Open what the phone keeps. Raises StoreError: full, unreadable, superseded. */
export const openStore = () => new Store().open();
