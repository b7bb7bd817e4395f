// Sends one photo in parts, from wherever the server's copy ends.

import { sha256Hex } from "./record.js";

const PART_BYTES = 256 * 1024;
const PART_TIMEOUT_S = 180;

/**
 * Send what the server lacks of a photo. Its receipt, not this, says whether it is whole.
 * Raises ApiError.
 */
export const sendPhoto = async (store, api, record, photo) => {
  const path = `/v1/collection/submissions/${record.id}/photos/${photo.sha256}`;
  const offsetOf = (headers) => {
    const text = headers?.get("Upload-Offset") ?? "";
    return /^\d+$/.test(text) ? Math.min(Number(text), photo.bytes) : null;
  };
  let { headers } = await api.request("HEAD", path).catch((error) => {
    if (error.status !== 422) throw error;
    return {}; // what was all there is damaged, and forgotten by now: all of it again
  });
  let offset = offsetOf(headers) ?? 0;
  if (offset === photo.bytes) return;
  const blob = await store.getPhoto(photo.sha256);
  const bytes = blob === null ? null : await blob.arrayBuffer();
  if (bytes === null || (await sha256Hex(bytes)) !== photo.sha256) {
    await store.photoLost(record.id, photo.sha256);
    return;
  }
  let turns = 0;
  const most = 2 * Math.ceil(bytes.byteLength / PART_BYTES) + 4;
  while (offset < bytes.byteLength && turns < most) {
    turns += 1;
    try {
      ({ headers } = await api.request("PATCH", path, {
        body: bytes.slice(offset, offset + PART_BYTES),
        headers: {
          "Upload-Offset": String(offset),
          "Content-Type": "application/offset+octet-stream",
        },
        timeout_s: PART_TIMEOUT_S,
      }));
      offset = offsetOf(headers) ?? bytes.byteLength;
    } catch (error) {
      // the server has another part of it, or what came over was damaged and is forgotten
      if (error.status === 409 && offsetOf(error.headers) !== null) offset = offsetOf(error.headers);
      else if (error.slug === "photo-hash-wrong") offset = 0;
      else throw error;
    }
  }
};
