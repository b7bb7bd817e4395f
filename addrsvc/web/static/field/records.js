// What was recorded on this telephone: the list, and one record with what the server says of it.

import { fold } from "./area.js";
import { ask, button, card, facts, linkButton, make, metres, moment, sign, text } from "./dom.js";
import { lineOf, localityName, matcher, titleOf } from "./labels.js";
import { codePart } from "./code_part.js";
import { say } from "./words.js";

const SIGNS = {
  draft: "draft",
  saved: "wait",
  received: "check",
  accepted: "check",
  "needs-you": "needs",
  refused: "refused",
  quarantined: "apart",
};

const FILTERS = {
  all: () => true,
  "needs-you": ({ status }) => status === "needs-you" || status === "refused",
  waiting: (record) => record.status === "saved" || photosWaiting(record) > 0,
  failing: ({ error, status }) => Boolean(error) && status !== "draft",
  "bad-photos": (record) => record.status !== "draft" && faultyPhotos(record).length > 0,
  received: ({ status }) => status === "received" || status === "quarantined",
  accepted: ({ status }) => status === "accepted",
  draft: ({ status }) => status === "draft",
};

const ON_REQUEST = new Set(["failing", "bad-photos"]); // shown where the start page leads to them
const MOST_ROWS = 100;

const photosWaiting = ({ photos, receipt, status }) => {
  if (status === "draft") return 0;
  const whole = new Set((receipt?.photos ?? []).filter((each) => each.is_whole).map((each) => each.sha256));
  return (photos ?? []).filter(({ sha256, is_lost: isLost }) => !isLost && !whole.has(sha256)).length;
};

/** Give the hashes of those photos of a record to be taken again: damaged here, or at the server. */
export const faultyPhotos = ({ photos, receipt }) => {
  const faulty = new Set((receipt?.photos ?? []).filter(({ fault }) => fault).map(({ sha256 }) => sha256));
  return (photos ?? []).filter((each) => each.is_lost || faulty.has(each.sha256)).map(({ sha256 }) => sha256);
};

/** Give those records of which a photo is to be taken again. */
export const withBadPhotos = (records) => records.filter(FILTERS["bad-photos"]);

/** A record known from its receipt only has no form any more. */
export const recordTitle = ({ form, receipt, code }) =>
  form ? titleOf(form) : (receipt?.address?.label ?? code ?? say("record_light"));

/** The state of a record as a sign with a word. */
export const stateMark = ({ status }) =>
  make("span", { className: "state", data: { state: status } }, sign(SIGNS[status] ?? "wait"), say(`status_${status}`));

/** A record in a list. */
export const recordLine = (record, href = `#/record/${record.id}`) => {
  const waiting = photosWaiting(record);
  const faulty = faultyPhotos(record).length;
  return make(
    "a",
    { className: "row", href, data: { record: record.id } },
    make("strong", "", recordTitle(record)),
    make(
      "span",
      "row-facts",
      stateMark(record),
      make("span", "quiet", [record.act ? say(`act_${record.act}`) : null, moment(record.made_at ?? record.saved_at)].filter(Boolean).join(" · ")),
      waiting > 0 ? make("span", "quiet", say("photos_waiting", { count: waiting })) : null,
      faulty > 0 ? make("span", "bad", say("photos_bad", { count: faulty })) : null,
    ),
    record.receipt?.note ? make("span", "row-note", record.receipt.note) : null,
  );
};

/** Show all records, those asked for first. */
export const recordsScreen = async (field, _parts, query) => {
  const wanted = FILTERS[query.get("show")] ? query.get("show") : "all";
  const rows = make("div", { className: "rows", id: "records" });
  const search = make("input", {
    type: "search",
    id: "records-search",
    autocomplete: "off",
    enterKeyHint: "search",
    aria: { label: say("search_records") },
    placeholder: say("search_records"),
  });
  const show = async () => {
    const isAsked = matcher(search.value);
    const all = await field.store.listRecords();
    const found = all
      .filter(FILTERS[wanted])
      .filter((each) => isAsked(fold(`${recordTitle(each)} ${each.code ?? ""}`)));
    rows.replaceChildren(
      ...found.slice(0, MOST_ROWS).map((each) => recordLine(each)),
      ...(found.length > MOST_ROWS ? [text(say("more_rows", { count: found.length - MOST_ROWS }), "quiet")] : []),
      ...(found.length === 0 ? [text(say(all.length === 0 ? "no_records" : "none_found"), "quiet")] : []),
    );
  };
  search.addEventListener("input", show);
  await show();
  const chips = Object.keys(FILTERS)
    .filter((name) => !ON_REQUEST.has(name) || name === wanted)
    .map((name) =>
      make(
        "a",
        { className: "chip", href: `#/records?show=${name}`, ...(name === wanted ? { aria: { current: "true" } } : {}) },
        say(`show_${name}`),
      ),
    );
  return {
    title: say("records_title"),
    back: "#/",
    refresh: show,
    body: [search, make("nav", { className: "chips", aria: { label: say("filter") } }, ...chips), rows],
    foot: [linkButton(say("add_address"), "#/add")],
  };
};

const GONE = new Set(["gone", "retired"]);

const VALUES = {
  kind: (value) => say(`kind_${value}`),
  localities: (value) => value.map(localityName).join(", "),
  position: ({ lat, lon, accuracy_m: within }) =>
    [`${lat.toFixed(6)}, ${lon.toFixed(6)}`, Number.isFinite(within) ? `(${metres(within)})` : ""].join(" ").trim(),
  existence: (value) => say(GONE.has(value) ? "existence_gone" : "existence_there"),
};

/** A value of a field as people say it. */
export const valueWords = (field, value) =>
  value === null || value === undefined || value.length === 0
    ? say("nothing")
    : (VALUES[field] ?? String)(value);

const conflictRows = (conflicts) =>
  conflicts.map(({ field, base, registered, collected }) => {
    const shown = (value) => valueWords(field, value);
    return make(
      "div",
      "conflict",
      make("strong", "", say(`field_${field}`)),
      facts([
        [say("conflict_base"), shown(base)],
        [say("conflict_registered"), shown(registered)],
        [say("conflict_collected"), shown(collected)],
      ]),
    );
  });

const reasonCard = ({ status, receipt, error }) => {
  const reasons = (receipt?.reasons ?? []).map(({ text: words, slug }) => make("li", "", words || slug));
  const conflicts = receipt?.conflicts ?? [];
  const parts = [
    receipt?.note ? make("blockquote", { className: "note", id: "note" }, make("p", "", receipt.note)) : null,
    reasons.length > 0 ? make("ul", "", ...reasons) : null,
    conflicts.length > 0 ? text(say("conflicts_words")) : null,
    ...conflictRows(conflicts),
    error ? text(say("not_sent", { why: error.detail ?? error.slug ?? "" })) : null,
    ...(error?.errors ?? []).map(({ detail }) => text(detail ?? "")),
  ].filter(Boolean);
  if (parts.length === 0) return null;
  const title = receipt?.note ? say("note_of_supervisor") : say("reasons_title");
  const isBad = status === "needs-you" || status === "refused";
  return card(isBad ? "warn" : "", make("h2", "", title), ...parts);
};

const photoPart = async (field, record) => {
  const { photos, receipt, status } = record;
  const faulty = faultyPhotos(record);
  const rows = [];
  for (const photo of (photos ?? []).filter(({ sha256 }) => !faulty.includes(sha256))) {
    const kept = await field.store.getPhoto(photo.sha256);
    const there = (receipt?.photos ?? []).find(({ sha256 }) => sha256 === photo.sha256);
    const canvas = kept ? await picture(kept) : null;
    const arrived = there?.is_whole ? 100 : Math.floor((100 * (there?.received_bytes ?? 0)) / (photo.bytes || 1));
    const words = there?.is_whole ? say("photo_arrived") : say("photo_on_way", { percent: arrived });
    rows.push(make("figure", "photo", canvas, status === "draft" ? null : make("figcaption", "", words)));
  }
  return rows.length > 0 ? make("div", "photos", ...rows) : null;
};

/** Draw a picture: no address of its own is needed for it, and none is left behind. */
export const picture = async (blob) => {
  const bitmap = await createImageBitmap(blob).catch(() => null);
  if (bitmap === null) return make("p", "quiet", say("photo_unreadable"));
  const canvas = make("canvas", { width: bitmap.width, height: bitmap.height });
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("photo_of_gate"));
  return canvas;
};

const recordFacts = (record) => {
  const form = record.form ?? {};
  const server = record.receipt;
  return facts([
    [say("fact_act"), record.act ? say(`act_${record.act}`) : null],
    [say("field_kind"), form.kind ? say(`kind_${form.kind}`) : null],
    [say("fact_line"), lineOf(form)],
    [say("field_name"), form.name],
    [say("field_localities"), (form.localities ?? []).map(localityName).join(", ")],
    [say("fact_rooms"), form.rooms],
    [say("fact_households"), form.households],
    [say("fact_accuracy"), form.position ? metres(form.position.accuracy_m) : null],
    [say("fact_made"), record.made_at ? moment(record.made_at) : null],
    [say("fact_received"), server ? moment(server.received_at) : null],
    [say("fact_decided"), server?.decided_at ? moment(server.decided_at) : null],
    [say("fact_registered"), server?.address?.label],
  ]);
};

const meaning = (record) => {
  const waits = record.receipt?.waits_for;
  if (record.status === "received" && waits === "review") return say("means_review");
  const isVisit = record.status === "accepted" && record.act === "nobody-home";
  return isVisit ? say("means_visit_accepted") : say(`means_${record.status}`);
};

/** Tell whether the code of a record is not to be relied on: nothing was registered with it. */
export const isCodeOpen = ({ act, status }) => act === "add" && ["refused", "quarantined"].includes(status);

const KINDS_OF_CARD = { accepted: "good", "needs-you": "warn", refused: "bad", quarantined: "warn" };

// No news comes of it: once somebody has read that, the bar is not to say so for ever.
const formerCard = (field, { id, status, is_seen: isSeen }) => {
  const see = async () => {
    await field.store.markSeen(id);
    field.again();
  };
  const isAsked = status === "needs-you" && !isSeen;
  return card("warn", text(say("of_former")), isAsked ? button(say("seen"), see, "plain") : null);
};

/** Show one record, what became of it, and what may be done about it. */
export const recordScreen = async (field, [, id]) => {
  const record = await field.store.getRecord(id);
  if (!record) {
    return { title: say("records_title"), back: "#/records", body: [text(say("record_unknown"))], foot: [] };
  }
  const isDraft = record.status === "draft";
  const remove = async () => {
    if (!(await ask(say("draft_delete_sure"), say("draft_delete"), say("keep")))) return;
    await field.store.deleteDraft(id);
    if (isDraft) field.go("#/records");
    else field.again();
  };
  const hasFault = faultyPhotos(record).length > 0;
  const isUrgent = record.status === "needs-you" || record.status === "refused" || hasFault;
  return {
    title: say("record_title"),
    back: "#/records",
    refresh: "again",
    body: [
      make("h2", "title", recordTitle(record)),
      card(KINDS_OF_CARD[record.status] ?? "", stateMark(record), text(meaning(record))),
      record.is_of_former && record.status !== "accepted" ? formerCard(field, record) : null,
      hasFault ? card("warn", text(say("photo_fault"))) : null,
      reasonCard(record),
      record.form === null && isUrgent ? card("warn", text(say("record_light_words"))) : null,
      record.code && !isDraft && isCodeOpen(record) ? card("warn", text(say("code_open"))) : null,
      record.code && !isDraft ? await codePart(field.store, record) : null,
      recordFacts(record),
      await photoPart(field, record),
      isDraft || record.has_draft ? button(say("draft_delete"), remove, "plain danger-text") : null,
    ],
    foot: [
      record.form === null
        ? null
        : isDraft
        ? linkButton(say("draft_continue"), `#/edit/${id}`, "big")
        : linkButton(
            say(record.has_draft ? "draft_continue" : isUrgent ? "revise_and_send" : "revise_this"),
            `#/edit/${id}`,
            isUrgent || record.has_draft ? "big" : "plain",
          ),
    ],
  };
};
