// The side of the store the outbox works on: what is to be sent, and what the server said of it.

import { ALL } from "./store_db.js";
import { anew, countPruned, dropPhotos, markDue, needsOf, PHOTOS_DUE, settle } from "./store_parts.js";

const KEPT_DAYS = 7;

export const sendingOf = (db, { now, putMark }) => {
  /** Change one saved record: `change(record)`; only if it is of `revision`, where that is given. */
  const changeRecord = async (id, change, revision = null) => {
    const isChanged = await db.write(ALL, async (tx) => {
      const record = await tx.objectStore("records").get(id);
      if (record === undefined || (revision !== null && record.revision !== revision)) return false;
      change(record);
      await tx.objectStore("records").put(markDue(record));
      return true;
    });
    if (isChanged) db.change("record", id);
    return isChanged;
  };

  /** Delete bytes the server has whole, though there is no room to note that. */
  const makeRoom = (receipt) =>
    db.write(ALL, async (tx) => {
      for (const { sha256, is_whole: isWhole } of receipt.photos) {
        if (isWhole && (await needsOf(tx, sha256)) <= 1) await tx.objectStore("photos").delete(sha256);
      }
    });

  return {
    /** Give ids of records of which something is to be sent: those without photos first, then by age. */
    listDue: () => db.read("records", (store) => store.index("due").getAllKeys()),

    /** Give ids of those of which photos are all there is still to be sent. */
    listPhotosDue: () =>
      db.read("records", (store) =>
        store.index("due").getAllKeys(IDBKeyRange.lowerBound(PHOTOS_DUE)),
      ),

    /**
     * Take what the server says of a record. `sent`: `{revision, sha256}` of what this receipt is
     * the answer to; without it, only of a record the server is known to have.
     */
    async applyReceipt(receipt, sent = null) {
      const put = () => db.write(ALL, (tx) => settle(tx, receipt, sent));
      try {
        await put();
      } catch (error) {
        if (error.kind !== "full") throw error;
        await makeRoom(receipt); // browsers count what is put, whatever is deleted with it
        await put();
      }
      await putMark();
      db.change("record", receipt.record);
    },

    /** Take a portion of receipts and from where to go on: both or neither. */
    async applyReceipts(receipts, cursor) {
      await db.write(ALL, async (tx) => {
        for (const each of receipts) await settle(tx, each, null);
        await tx.objectStore("meta").put(cursor, "cursor");
      });
      await putMark();
      db.change("receipts");
    },

    /** The server keeps the private part of this revision: the phone does not any more. */
    privateKept: (id, revision) =>
      changeRecord(id, (record) => Object.assign(record, { private: null }), revision),

    /** Note why a record cannot be sent; null: it can. */
    setError: (id, error) => changeRecord(id, (record) => Object.assign(record, { error })),

    /** The bytes of a photo are not what was announced, or not there: there is nothing to send. */
    photoLost: (id, sha256) =>
      changeRecord(id, (record) => {
        for (const photo of record.photos) if (photo.sha256 === sha256) photo.is_lost = true;
      }),

    /** Somebody has read what is asked of this record, of which no news comes any more. */
    markSeen: (id) => changeRecord(id, (record) => Object.assign(record, { is_seen: true })),

    /** The server does not know what it gave a receipt for: send it again. */
    sendAgain: (id, revision) =>
      changeRecord(id, (record) => Object.assign(record, { is_taken: false }), revision),

    /** Another revision of this number came before: send it as the next. */
    renumber: (id, revision, next) =>
      changeRecord(
        id,
        (record) => {
          const payload = JSON.stringify({ ...JSON.parse(record.payload), revision: next });
          Object.assign(record, { revision: next, payload, sha256: null });
        },
        revision,
      ),

    /** Another device has this id: send the record under a new one, which is given. */
    async rename(id) {
      const newId = crypto.randomUUID();
      await db.write(ALL, async (tx) => {
        for (const name of ["records", "drafts"]) {
          const entry = await tx.objectStore(name).get(id);
          if (entry === undefined) continue;
          const next = await anew(tx, entry, newId);
          await tx.objectStore(name).delete(id);
          await tx.objectStore(name).put(name === "records" ? markDue(next) : next);
        }
      });
      db.change("renamed", id, newId);
      return newId;
    },

    /**
     * The server knows less than it did: it was put back from a backup. All that was sent is sent
     * again, and all it says is asked for anew.
     */
    async beginAgain() {
      await db.write(ALL, async (tx) => {
        const records = tx.objectStore("records");
        for (const each of await records.getAll()) {
          if (each.is_of_former) continue; // not ours to send
          const receipt = each.receipt && { ...each.receipt, change_number: 0 };
          await records.put(markDue({ ...each, receipt, is_taken: each.payload === null }));
        }
        await tx.objectStore("meta").put(0, "cursor");
      });
      await putMark();
      db.change("meta", "device"); // whoever sends wakes up
    },

    /** Let accepted records go some days after they were decided (they stay counted), and photos nothing needs. */
    async prune() {
      const before = (await now()) - KEPT_DAYS * 24 * 3600 * 1000;
      await db.write(ALL, async (tx) => {
        const records = tx.objectStore("records");
        const gone = [];
        for (const each of await records.getAll()) {
          const decided = Date.parse(each.receipt?.decided_at ?? "");
          if (each.status !== "accepted" || each.due !== undefined || !(decided < before)) continue;
          await records.delete(each.id);
          gone.push(each.id);
        }
        await countPruned(tx, (ids) => [...ids, ...gone]);
        await dropPhotos(tx, await tx.objectStore("photos").getAllKeys());
      });
    },
  };
};
