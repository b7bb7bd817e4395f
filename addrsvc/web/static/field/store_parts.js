// What records, photos and codes are made of, inside a transaction.

import { hasPrivate } from "./record.js";
import { StoreError } from "./store_db.js";

const isWaiting = (photo) => !photo.is_whole && !photo.is_lost;

/** Records of which only photos are to be sent come after all others: later than any moment. */
export const PHOTOS_DUE = 1e15;

/** Note on a record what of it is still to be sent. */
export const markDue = (record) => {
  record.waiting = record.photos.filter(isWaiting).map((each) => each.sha256);
  if (!record.is_taken || record.private !== null) record.due = record.saved_at;
  else if (record.waiting.length > 0) record.due = PHOTOS_DUE + record.saved_at;
  else delete record.due;
  return record;
};

/** The bytes of photos go to `photos`; the record keeps what is announced of them. */
export const keepPhotos = async (tx, record, photos) => {
  const known = new Map((record.photos ?? []).map((each) => [each.sha256, each]));
  for (const { bytes, ...photo } of photos) {
    await tx.objectStore("photos").put({ sha256: photo.sha256, bytes, media_type: photo.media_type });
    known.set(photo.sha256, { ...photo, bytes: bytes.byteLength, is_whole: false });
  }
  record.photos = [...known.values()];
};

/** Tell how many records and drafts need the bytes of a photo. */
export const needsOf = async (tx, hash) => {
  const [records, drafts] = await Promise.all(
    ["records", "drafts"].map((name) => tx.objectStore(name).index("waiting").count(hash)),
  );
  return records + drafts;
};

/** Delete the bytes of photos that nothing needs any more. */
export const dropPhotos = async (tx, hashes) => {
  for (const hash of hashes) {
    if ((await needsOf(tx, hash)) === 0) await tx.objectStore("photos").delete(hash);
  }
};

/** Blocks that hold good at a moment, those that end first before others. */
export const goodBlocks = (blocks, communeCode, now) =>
  blocks
    .filter((each) => each.commune_code === communeCode && Date.parse(each.expires_at) > now)
    .sort((one, other) => Date.parse(one.expires_at) - Date.parse(other.expires_at));

/** Take the first code that is left for a commune. Raises StoreError: no-code. */
export const takeCode = async (tx, communeCode, now) => {
  const blocks = tx.objectStore("blocks");
  const block = goodBlocks(await blocks.getAll(), communeCode, now).find(
    (each) => each.codes.length > 0,
  );
  if (block === undefined) throw new StoreError("no-code");
  const code = block.codes.shift();
  await blocks.put(block);
  return code;
};

/** Change which records were let go: they stay counted, each once, also where a receipt brings one back. */
export const countPruned = async (tx, change) => {
  const meta = tx.objectStore("meta");
  const before = (await meta.get("pruned_ids")) ?? [];
  const ids = change(before);
  if (ids.length === before.length) return;
  await meta.put(ids, "pruned_ids");
  const count = ((await meta.get("pruned")) ?? 0) + ids.length - before.length; // read often
  await meta.put(count, "pruned");
};

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

// Changes are numbered in order, but by a server put back from a backup, which knows less than it did:
// what it answers later than what is kept here is newer all the same.
const isOlder = (receipt, kept, isAnswer) =>
  kept !== null &&
  receipt.change_number < kept.change_number &&
  !(isAnswer && Date.parse(receipt.server_time) > Date.parse(kept.server_time));

/** Put what the server says of a record beside it; see `applyReceipt`. */
export const settle = async (tx, receipt, sent) => {
  const records = tx.objectStore("records");
  let record = await records.get(receipt.record);
  if (record === undefined) {
    await countPruned(tx, (ids) => ids.filter((each) => each !== receipt.record));
    record = lightRecord(receipt);
  }
  const isAnswer = sent !== null && sent.revision === record.revision;
  if (isAnswer) {
    record.is_taken ||= receipt.sha256 === sent.sha256 || receipt.revision > sent.revision;
    record.sha256 = sent.sha256;
  }
  if (!record.is_taken) return;
  if (isOlder(receipt, record.receipt, isAnswer)) {
    if (isAnswer) await records.put(markDue(record));
    return;
  }
  record.receipt = receipt;
  record.status = receipt.state;
  record.error = null;
  const arrived = new Set(receipt.photos.filter((each) => each.is_whole).map((each) => each.sha256));
  const done = record.photos.filter((each) => !each.is_whole && arrived.has(each.sha256));
  for (const photo of done) photo.is_whole = true;
  await records.put(markDue(record));
  await dropPhotos(tx, done.map((each) => each.sha256));
};

/** What is known of an address that came of a record, as a form keeps what an area says of it. */
const addressOf = ({ building_name, position, address: _, ...fields }, { code, ref, version }) => ({
  ...fields,
  building: building_name ?? null,
  lon: position?.lon,
  lat: position?.lat,
  ref: code ?? ref,
  version,
});

/**
 * Give a record or a draft as it goes on under another id, since another device has sent it: whole,
 * but for photos that have arrived. What was added and accepted is a correction of that address now.
 */
export const anew = async (tx, entry, id) => {
  const photos = [];
  for (const each of entry.photos) {
    const isKept = (await tx.objectStore("photos").getKey(each.sha256)) !== undefined;
    if (isKept || !each.is_whole) photos.push({ ...each, is_whole: false });
  }
  const next = { ...entry, id, photos, waiting: photos.map((each) => each.sha256) };
  const address = entry.act === "add" && entry.form ? entry.receipt?.address : null;
  if (address) {
    next.act = "correct";
    next.form = { ...entry.form, act: "correct", address: addressOf(entry.form, address) };
  }
  if (entry.status === "draft") return next;
  const payload = { ...JSON.parse(entry.payload), record: id, was: entry.id };
  const kept = new Set(next.waiting);
  payload.photos = payload.photos?.filter(({ sha256 }) => kept.has(sha256));
  payload.has_private = hasPrivate(entry.private);
  if (address) {
    const { ref, version } = next.form.address;
    Object.assign(payload, { act: "correct", address: { ref, version }, code: null });
  }
  const unsent = { is_taken: false, is_of_former: false, is_seen: false, sha256: null, error: null };
  return { ...next, ...unsent, status: "saved", receipt: null, payload: JSON.stringify(payload) };
};
