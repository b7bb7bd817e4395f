// A picture made small enough to send: drawn anew, so upright and without what cameras write into
// files (the place, the hour, the phone).

import { barePicture, readHead } from "./photo_head.js";
import { sha256Hex } from "./record.js";

const MOST_PIXELS = 120e6; // the largest phones take; a file of a few bytes may claim any size
const MOST_BYTES = 60e6;
const TARGET_BYTES = 300_000;
const QUALITIES = [1, 0.85, 0.7, 0.55]; // of the quality asked for
const SMALLER = 0.75;
const LEAST_PX = 800;
const EIGHTHS = [1, 2, 3, 4, 5, 6, 7];

/** Words for why a file is not taken, by kind. */
export const PHOTO_WORDS = {
  "not-a-picture": {
    vi: "Tệp này không phải là ảnh, hoặc ảnh bị hỏng. Hãy chụp lại.",
    en: "This file is no picture, or it is damaged. Take the photo again.",
  },
  "too-large": {
    vi: "Ảnh quá lớn so với bộ nhớ của máy. Hãy chụp lại ở độ phân giải thấp hơn.",
    en: "The picture is too large for this phone. Take it again at a lower resolution.",
  },
};

/** Why a file is not taken; `kind`: not-a-picture, too-large; `words`: `{vi, en}`. */
export class PhotoError extends Error {
  constructor(kind) {
    super(kind);
    this.name = "PhotoError";
    this.kind = kind;
    this.words = PHOTO_WORDS[kind];
  }
}

// As large as asked for, or the next eighth above: decoders of JPEG leave out the rest, so that of
// 50 megapixels not 200 MB but a tenth is ever in memory. (`resizeWidth` of createImageBitmap
// decodes all of it first.)
const decodedSmall = async (picture, { width, height }, max_px) => {
  const share = EIGHTHS.find((each) => (Math.max(width, height) * each) / 8 >= max_px);
  if (share === undefined || typeof ImageDecoder === "undefined") return null;
  const decoder = new ImageDecoder({
    data: await picture.arrayBuffer(),
    type: "image/jpeg",
    desiredWidth: Math.ceil((width * share) / 8),
    desiredHeight: Math.ceil((height * share) / 8),
  });
  try {
    const { image } = await decoder.decode();
    return { source: image, width: image.displayWidth, height: image.displayHeight };
  } catch {
    return null;
  } finally {
    decoder.close();
  }
};

const decodedWhole = async (picture) => {
  const source = await createImageBitmap(picture);
  return { source, width: source.width, height: source.height };
};

// Which way up is said by us: without its EXIF no browser turns a JPEG, or turns it twice. Other
// kinds are turned upright by browsers where they say so. (To ask for that, with `imageOrientation:
// "from-image"`, is an error in browsers from before 2023.)
const decode = async (file, max_px) => {
  if (file.size > MOST_BYTES) throw new PhotoError("too-large");
  const bytes = await file.arrayBuffer();
  const head = readHead(bytes);
  if (head !== null && head.width * head.height > MOST_PIXELS) throw new PhotoError("too-large");
  const isJpeg = head?.type === "image/jpeg";
  const picture = isJpeg ? new Blob(barePicture(bytes, head), { type: head.type }) : file;
  try {
    const small = isJpeg ? await decodedSmall(picture, head, max_px) : null;
    return { ...(small ?? (await decodedWhole(picture))), orientation: head?.orientation ?? 1 };
  } catch {
    throw new PhotoError("not-a-picture");
  }
};

// What turns a stored picture upright, by EXIF orientation, for a picture of one by one.
const TURNS = [
  null,
  [1, 0, 0, 1, 0, 0],
  [-1, 0, 0, 1, 1, 0],
  [-1, 0, 0, -1, 1, 1],
  [1, 0, 0, -1, 0, 1],
  [0, 1, 1, 0, 0, 0],
  [0, 1, -1, 0, 1, 0],
  [0, -1, -1, 0, 1, 1],
  [0, -1, 1, 0, 0, 1],
];

const drawn = ({ source, width, height, orientation }, longest_px) => {
  const scale = Math.min(1, longest_px / Math.max(width, height));
  const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const [across, down] = orientation >= 5 ? [h, w] : [w, h];
  const canvas = new OffscreenCanvas(across, down);
  const pen = canvas.getContext("2d", { alpha: false });
  pen.fillStyle = "#ffffff"; // beneath what is transparent
  pen.fillRect(0, 0, across, down);
  const [a, b, c, d, right, below] = TURNS[orientation];
  pen.setTransform(a, b, c, d, right * across, below * down);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(source, 0, 0, w, h);
  return canvas;
};

const encoded = async (decoded, max_px, quality) => {
  for (let longest_px = max_px; ; longest_px = Math.round(longest_px * SMALLER)) {
    const canvas = drawn(decoded, longest_px);
    const isSmallest = longest_px * SMALLER < LEAST_PX;
    for (const share of QUALITIES) {
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: quality * share });
      const isLast = isSmallest && share === QUALITIES[QUALITIES.length - 1];
      if (blob.size <= TARGET_BYTES || isLast) {
        return { blob, width: canvas.width, height: canvas.height };
      }
    }
  }
};

/**
 * Draw a picture anew as a JPEG of at most `max_px` and about 300 kB:
 * `{sha256, bytes: ArrayBuffer, media_type, width, height}`. Raises PhotoError.
 */
export const shrink = async (file, { max_px = 1600, quality = 0.8 } = {}) => {
  const decoded = await decode(file, max_px);
  try {
    const { blob, width, height } = await encoded(decoded, max_px, quality);
    const bytes = await blob.arrayBuffer();
    return { sha256: await sha256Hex(bytes), bytes, media_type: "image/jpeg", width, height };
  } finally {
    decoded.source.close();
  }
};
