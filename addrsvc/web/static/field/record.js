// The text of a record as it goes over the wire (see `collection/protocol.md`): what is built once
// is kept and sent byte for byte, so the same values always give the same text.

const pad = (number) => String(number).padStart(2, "0");

/**
 * Write a moment as RFC 3339 with the offset of this phone, or of `offset_min` east of UTC.
 * A text is taken to be written so already.
 */
export const localTime = (moment, offset_min = null) => {
  if (typeof moment === "string") return moment;
  const date = new Date(moment);
  const east = offset_min ?? -date.getTimezoneOffset();
  const there = new Date(date.getTime() + east * 60_000);
  const offset = `${pad(Math.floor(Math.abs(east) / 60))}:${pad(Math.abs(east) % 60)}`;
  return `${there.toISOString().slice(0, 19)}${east < 0 ? "-" : "+"}${offset}`;
};

const textOf = (value) => {
  if (value === null || value === undefined) return null;
  const text = String(value).normalize("NFC").replace(/\s+/g, " ").trim();
  return text === "" ? null : text;
};

const rounded = (value, digits) =>
  value === null || value === undefined ? null : Number(Number(value).toFixed(digits));

const countOf = (value) => {
  const count = Number.parseInt(value, 10);
  return Number.isNaN(count) ? null : count;
};

const positionOf = (place) =>
  place === null || place === undefined
    ? null
    : {
        lon: rounded(place.lon, 7),
        lat: rounded(place.lat, 7),
        accuracy_m: rounded(place.accuracy_m, 1),
        method: place.method,
        ...(place.samples === undefined ? {} : { samples: place.samples }),
        ...(place.spread_m === undefined ? {} : { spread_m: rounded(place.spread_m, 1) }),
        ...(place.taken_at === undefined ? {} : { taken_at: localTime(place.taken_at) }),
      };

const fieldsOf = (form) => ({
  kind: form.kind,
  house_number: textOf(form.house_number),
  thoroughfare: textOf(form.thoroughfare),
  localities: (form.localities ?? [])
    .map(([kind, name]) => [kind, textOf(name)])
    .filter(([, name]) => name !== null),
  unit: textOf(form.unit),
  floor: textOf(form.floor),
  building: textOf(form.building_name),
  name: textOf(form.name),
});

const seenOf = ({ ref, version }) => ({ ref, version });

const countsOf = ({ rooms, households }) => ({
  rooms: countOf(rooms),
  households: countOf(households),
});

const overrideOf = ({ check, reason }) => ({ check, reason: textOf(reason) });

const photoOf = (photo) => ({
  sha256: photo.sha256,
  bytes: typeof photo.bytes === "number" ? photo.bytes : photo.bytes.byteLength,
  media_type: photo.media_type,
  marks: photo.marks ?? "gate",
  taken_at: photo.taken_at === undefined ? null : localTime(photo.taken_at),
});

const SAYING_FIELDS = new Set(["add", "correct"]);

/** Tell whether a private part has anything in it. */
export const hasPrivate = (part) =>
  part !== null &&
  part !== undefined &&
  [part.name, part.phone, part.words].some((each) => textOf(each) !== null);

/**
 * Give the payload of a record as text, pure: `record` as the store has it, `code` from a block for
 * `add`, `context`: `{app, server_ahead_s}`.
 */
export const buildPayload = (record, code, { app = null, server_ahead_s = null } = {}) => {
  const { form } = record;
  const act = record.act ?? form.act;
  const saysFields = SAYING_FIELDS.has(act);
  return JSON.stringify({
    schema: 1,
    record: record.id,
    revision: record.revision,
    act,
    task: record.task ?? null,
    app,
    made_at: localTime(record.made_at),
    server_ahead_s: rounded(server_ahead_s, 3),
    commune_code: record.commune_code,
    address: act === "add" || !form.address ? null : seenOf(form.address),
    code: act === "add" ? code : null,
    fields: saysFields ? fieldsOf(form) : null,
    position: positionOf(form.position),
    building: saysFields ? positionOf(form.building) : null,
    counts: saysFields ? countsOf(form) : null,
    overrides: (form.overrides ?? []).map(overrideOf),
    photos: (record.photos ?? []).map(photoOf),
    has_private: hasPrivate(record.private),
  });
};

/** Give the SHA-256 of a text (UTF-8) or of bytes, in lower-case hex. */
export const sha256Hex = async (data) => {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};
