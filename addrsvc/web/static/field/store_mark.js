// How much the phone has saved, noted where browsers do not throw it away with the database: when
// the database is gone and the note is not, the collector is told. Holds numbers and no names.

const KEY = "addrsvc-field:mark";

const read = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
};

/** Note how much there is; once some of it is missing, all there was, until somebody has read that. */
export const mark = (counts, device) => {
  const before = read();
  const isMissing = before !== null && counts.saved < before.saved;
  try {
    localStorage.setItem(
      KEY,
      JSON.stringify({
        saved: isMissing ? before.saved : counts.saved,
        received: isMissing ? Math.max(counts.received, before.received) : counts.received,
        key_id: device?.key_id ?? before?.key_id ?? null,
        name: device?.name ?? before?.name ?? null,
      }),
    );
  } catch {
    // full or forbidden: it is a second net, not the first
  }
};

/** Tell how many records were saved here and are not any more; null where none is missing. */
export const lossOf = (counts, device) => {
  const before = read();
  if (before === null || before.saved <= counts.saved) return null;
  const unsent = before.saved - before.received;
  return {
    saved: before.saved,
    found: counts.saved,
    unsent,
    key_id: device?.key_id ?? before.key_id,
    name: device?.name ?? before.name,
  };
};

/** Give the device this phone was, also when the database does not know any more. */
export const deviceMarked = () => {
  const before = read();
  return before?.key_id ? { key_id: before.key_id, name: before.name } : null;
};

export const forgetMark = () => localStorage.removeItem(KEY);
