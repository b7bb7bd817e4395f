// The steps of sending one record: what it says, its private part; then, apart, its photos.

import { sendPhoto } from "./outbox_photo.js";
import { sha256Hex } from "./record.js";

const MOST_STEPS = 6;

/** Tell whether the server does not know a record, or this device is not whose it is. */
const isUnknown = ({ slug, status }) =>
  slug === "submission-unknown" || (slug === null && status === 404); // of a photo: HEAD has no words

/**
 * Make what sends records. onReceipt: called with each receipt once it is kept, and which
 * device it was given to.
 * Gives `{sendText, sendPhotos}`: both take an id, and raise ApiError, or Error where there is no end.
 */
export const makeSender = (store, api, onReceipt) => {
  const sentAgain = new Set(); // once each: then it is another trouble
  const pathOf = (id) => `/v1/collection/submissions/${id}`;

  const putPayload = async (record) => {
    const sha256 = await sha256Hex(record.payload);
    const { json: receipt, key_id: keyId } = await api.request("PUT", pathOf(record.id), {
      body: record.payload,
      headers: { "Content-Type": "application/json" },
    });
    await store.applyReceipt(receipt, { revision: record.revision, sha256 });
    await onReceipt(receipt, keyId);
  };

  const putPrivate = async (record) => {
    const { json: receipt, key_id: keyId } = await api.request("PUT", `${pathOf(record.id)}/private`, {
      json: { revision: record.revision, ...record.private },
    });
    if (receipt.private === "kept" || receipt.revision > record.revision) {
      await store.privateKept(record.id, record.revision);
    }
    await store.applyReceipt(receipt);
    await onReceipt(receipt, keyId);
  };

  /** Do a step; where the server has something else than the phone thought, put that right. */
  const mended = async (record, act) => {
    try {
      await act(record);
    } catch (error) {
      const next = error.problem?.next_revision;
      if (error.slug === "revision-taken" && next > record.revision) {
        await store.renumber(record.id, record.revision, next);
      } else if (error.slug === "submission-of-other-device") {
        await store.rename(record.id);
      } else if (isUnknown(error) && record.is_taken && !sentAgain.has(record.payload)) {
        sentAgain.add(record.payload);
        await store.sendAgain(record.id, record.revision);
      } else throw error;
    }
  };

  const sendText = async (id) => {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const record = await store.getRecord(id);
      if (record === undefined || record.due === undefined) return;
      if (record.is_taken && record.private === null) return;
      await mended(record, record.is_taken ? putPrivate : putPayload);
    }
    throw new Error(`no end of sending ${id}`);
  };

  const sendPhotos = async (id) => {
    const record = await store.getRecord(id);
    await mended(record, async () => {
      for (const photo of record.photos) {
        if (record.waiting.includes(photo.sha256)) await sendPhoto(store, api, record, photo);
      }
      await putPayload(record); // its receipt says which are whole
    });
  };

  return { sendText, sendPhotos };
};
