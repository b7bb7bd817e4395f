// What a picture says of itself before it is decoded: how large it is, and which side is up.

const UPRIGHT = 1;
const EXIF = 0x45786966;
const ORIENTATION = 0x0112;
const START_OF_SCAN = 0xda;
const APP1 = 0xe1; // EXIF and XMP: place, hour, phone, owner

// Frames of a JPEG begin with C0 to CF, but for tables and extensions.
const isFrame = (marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

const hasNoLength = (marker) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** Read which side is up from an EXIF segment; what cannot be read is upright. */
const orientationOf = (view, start, end) => {
  const tiff = start + 10; // marker, length, "Exif", two zeros
  if (tiff + 8 > end || view.getUint32(start + 4) !== EXIF) return UPRIGHT;
  const isLittle = view.getUint16(tiff) === 0x4949;
  const first = tiff + view.getUint32(tiff + 4, isLittle);
  if (first + 2 > end) return UPRIGHT;
  const count = view.getUint16(first, isLittle);
  for (let at = first + 2; at + 12 <= end && at < first + 2 + count * 12; at += 12) {
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : UPRIGHT;
  }
  return UPRIGHT;
};

const jpegHead = (view) => {
  const head = { type: "image/jpeg", width: 0, height: 0, orientation: UPRIGHT, about: [] };
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === START_OF_SCAN) break;
    if (marker === 0xff || hasNoLength(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > view.byteLength) break;
    if (marker === APP1) {
      if (head.orientation === UPRIGHT) head.orientation = orientationOf(view, at, end);
      head.about.push([at, end]);
    } else if (isFrame(marker) && at + 9 <= end) {
      head.height = view.getUint16(at + 5);
      head.width = view.getUint16(at + 7);
    }
    at = end;
  }
  return head.width > 0 && head.height > 0 ? head : null;
};

const webpSize = (view) => {
  const form = view.getUint32(12);
  const of24 = (at) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (form === 0x56503858) return { width: of24(24) + 1, height: of24(27) + 1 }; // VP8X
  if (form === 0x56503820) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (form !== 0x5650384c) return null; // VP8L
  const bits = view.getUint32(21, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
};

/**
 * Read the head of a JPEG, PNG or WebP: `{type, width, height}`, of a JPEG also `orientation` (1 to
 * 8, as EXIF counts) and `about`: where `[from, to]` stands what is no picture. Null: it is none.
 */
export const readHead = (bytes) => {
  const view = new DataView(bytes);
  if (view.byteLength < 32) return null;
  if (view.getUint16(0) === 0xffd8) return jpegHead(view);
  if (view.getUint32(0) === 0x89504e47) {
    return { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
  }
  const isWebp = view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57454250;
  const size = isWebp ? webpSize(view) : null;
  return size === null ? null : { type: "image/webp", ...size };
};

/** Give the parts of a JPEG without what is no picture. */
export const barePicture = (bytes, { about }) => {
  const parts = [];
  let at = 0;
  for (const [from, to] of about) {
    parts.push(new Uint8Array(bytes, at, from - at));
    at = to;
  }
  parts.push(new Uint8Array(bytes, at));
  return parts;
};
