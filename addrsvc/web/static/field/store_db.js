// The database beneath the store: opened, upgraded, opened anew, written to all or nothing.

import { openDB } from "/static/vendor/idb/index.js";

const NAME = "addrsvc-field";
const VERSION = 1;

/** All but areas: what belongs together is written together. */
export const ALL = ["records", "drafts", "photos", "blocks", "meta"];

/** What the store cannot do; `kind`: full, no-code, unreadable, superseded, missing. */
export class StoreError extends Error {
  constructor(kind, cause) {
    super(`store: ${kind}`, { cause });
    this.name = "StoreError";
    this.kind = kind;
  }
}

const told = (error) => {
  if (error?.name === "QuotaExceededError") return new StoreError("full", error);
  if (error?.name === "VersionError") return new StoreError("superseded", error);
  return error;
};

const upgrade = (db, oldVersion) => {
  if (oldVersion < 1) {
    const records = db.createObjectStore("records", { keyPath: "id" });
    records.createIndex("due", "due"); // only what is still to be sent has it; oldest first
    records.createIndex("waiting", "waiting", { multiEntry: true });
    const drafts = db.createObjectStore("drafts", { keyPath: "id" });
    drafts.createIndex("waiting", "waiting", { multiEntry: true });
    db.createObjectStore("photos", { keyPath: "sha256" });
    db.createObjectStore("packages", { keyPath: "task.task_id" });
    db.createObjectStore("blocks", { keyPath: "block_id" });
    db.createObjectStore("meta");
  }
};

/**
 * Open the database; gives `{read, write, change, onChange}`.
 * Raises StoreError: full, unreadable, superseded.
 */
export const openDatabase = async () => {
  const listeners = new Set();
  const channel = new BroadcastChannel(NAME);
  let opened = null;

  const tell = (change) => {
    for (const each of listeners) each(change);
  };
  channel.addEventListener("message", ({ data }) => tell(data));

  /** Tell this tab and the others what changed; `next`: the new id of what was renamed. */
  const change = (kind, id = null, next = null) => {
    tell({ kind, id, next });
    channel.postMessage({ kind, id, next });
  };

  const open = () => {
    opened ??= openDB(NAME, VERSION, {
      upgrade,
      blocked: () => tell({ kind: "blocked", id: null }),
      // a newer version of the app is in another tab: it goes on, this one is to be loaded anew
      blocking: (_current, _blocked, event) => {
        event.target.close();
        opened = null;
        tell({ kind: "superseded", id: null });
      },
      terminated: () => {
        opened = null;
      },
    }).catch((error) => {
      opened = null;
      const known = told(error);
      throw known instanceof StoreError ? known : new StoreError("unreadable", error);
    });
    return opened;
  };

  const begin = async (names, mode, options) => {
    try {
      return (await open()).transaction(names, mode, options);
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error;
      opened = null; // it was closed under us
      return (await open()).transaction(names, mode, options);
    }
  };

  /** Do all of it or nothing: `act(tx)`; comes back once it is on the disk. */
  const write = async (names, act) => {
    const tx = await begin(names, "readwrite", { durability: "strict" });
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
  };

  const read = async (name, act) => act((await begin(name, "readonly")).store);

  const onChange = (callback) => {
    listeners.add(callback);
    return () => listeners.delete(callback);
  };

  await open();
  return { read, write, change, onChange };
};
