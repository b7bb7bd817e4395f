// A picture made small enough to send: upright, and without what cameras write into files.

import { sha256Hex } from "./record.js";

/** What is no picture, or none that can be read here; `kind`: `not-a-picture`. */
export class PhotoError extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/**
 * Draw a picture anew, upright: `{sha256, bytes, media_type, width, height}`. Raises PhotoError.
 */
export const shrink = async (file, { max_px = 1600, quality = 0.8 } = {}) => {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new PhotoError("not-a-picture");
  }
  const scale = Math.min(1, max_px / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
  const bytes = await blob.arrayBuffer();
  return { sha256: await sha256Hex(bytes), bytes, media_type: "image/jpeg", width, height };
};
