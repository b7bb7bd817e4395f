// Records in files, for the day nothing else works: a supervisor takes them in at the desk.

const MOST_BYTES = 80e6; // the desk takes 100 MB at once
const MOST_RECORDS = 1_000;
const CHUNK = 0x8000; // more arguments at once are too many for a call

const toBase64 = async (blob) => {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
};

/** Tell whether of a record something is still to be sent, or to be decided that nobody may have. */
const isCarried = ({ payload, status, due, is_of_former: isOfFormer }) =>
  payload !== null && status !== "draft" && (due !== undefined || (status !== "accepted" && !isOfFormer));

const toldOf = async (store, record) => {
  const photos = [];
  for (const { sha256, media_type } of record.photos) {
    const blob = await store.getPhoto(sha256);
    if (blob !== null) photos.push({ sha256, media_type, base64: await toBase64(blob) });
  }
  // a Blob each: what is big is left to the browser to keep, not to the memory of the page
  return new Blob([JSON.stringify({ payload: record.payload, private: record.private, photos })]);
};

/**
 * Put everything saved that the server may lack into files that are each taken in by itself:
 * `[{file, count}]`; none where there is nothing. Of an accepted record photos or the contact may still be
 * here. What was begun and not saved is not among it. mostBytes: of one file, unless one record is larger.
 */
export const exportFiles = async (store, mostBytes = MOST_BYTES) => {
  const device = await store.getMeta("device");
  const at = new Date(await store.now()).toISOString();
  const parts = []; // Blobs of records, by file
  let bytes = Infinity;
  for (const listed of await store.listRecords()) {
    if (!isCarried(listed)) continue;
    const record = await store.getRecord(listed.id);
    if (!record?.payload) continue; // it has got another id meanwhile
    const told = await toldOf(store, record);
    if (bytes + told.size > mostBytes || parts[parts.length - 1].length >= MOST_RECORDS) {
      parts.push([]);
      bytes = 0;
    }
    parts[parts.length - 1].push(told);
    bytes += told.size;
  }
  const head = JSON.stringify({ schema: 1, device: device?.key_id ?? null, exported_at: at });
  const name = `phieu-thu-thap-${at.slice(0, 16).replaceAll(":", "")}`;
  return parts.map((records, turn) => {
    const between = records.flatMap((each, nth) => [nth > 0 ? ",\n" : "\n", each]);
    const which = parts.length > 1 ? `-tep-${turn + 1}-trong-${parts.length}` : "";
    const content = [`${head.slice(0, -1)},"records":[`, ...between, "]}\n"];
    const file = new File(content, `${name}${which}.json`, { type: "application/json" });
    return { file, count: records.length };
  });
};

/**
 * Put a file into the folder of downloads. It is not shared: browsers of phones share no such file,
 * and what has contacts in it is not to go to a chat.
 */
export const saveFile = (file) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};
