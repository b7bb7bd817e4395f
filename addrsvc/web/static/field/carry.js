// Records in a file, for the day nothing else works: a supervisor takes them in at the desk.

const toBase64 = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });

/** Put everything saved that is not accepted, with the photos still here, into a File. */
export const exportFile = async (store) => {
  const device = await store.getMeta("device");
  const at = new Date(await store.now()).toISOString();
  const head = { schema: 1, device: device?.key_id ?? null, exported_at: at };
  const parts = [`${JSON.stringify(head).slice(0, -1)},"records":[`];
  const ids = [];
  for (const { id, status, payload } of await store.listRecords()) {
    if (payload === null || status === "accepted" || status === "draft") continue;
    const record = await store.getRecord(id);
    const photos = [];
    for (const { sha256, media_type } of record.photos) {
      const blob = await store.getPhoto(sha256);
      if (blob !== null) photos.push({ sha256, media_type, base64: await toBase64(blob) });
    }
    const told = { payload: record.payload, private: record.private, photos };
    // a Blob each: what is big is left to the browser to keep, not to the memory of the page
    parts.push(new Blob([ids.length > 0 ? ",\n" : "\n", JSON.stringify(told)]));
    ids.push(id);
  }
  parts.push("]}\n");
  const file = new File(parts, `phieu-thu-thap-${at.slice(0, 16).replaceAll(":", "")}.json`, {
    type: "application/json",
  });
  file.records = ids;
  return file;
};

/** Hand the file to another app where the phone can, else to its folder of downloads. */
export const handOver = async (store, file) => {
  let how = "downloaded";
  if (navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file], title: file.name });
    how = "shared";
  } else {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
  await store.markExported(file.records);
  return how;
};
