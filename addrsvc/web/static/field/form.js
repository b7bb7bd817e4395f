// A sheet for one house: begun, kept as a draft at every change, looked over, saved.

import { GATES_M, NEAR_M, runChecks } from "./checks.js";
import { ask, button, card, make, text } from "./dom.js";
import { findingCard, isFor, isSettled, partOf, shownFindings, signOf } from "./form_checks.js";
import { fieldsCard } from "./form_fields.js";
import { whileHeld } from "./form_hold.js";
import { contactCard, photosCard, wordsCard } from "./form_more.js";
import { buildingPart, pickedPosition, positionCard } from "./form_position.js";
import { titleOf } from "./labels.js";
import { areaMissing, findArea, withoutArea } from "./map_screen.js";
import { buildPayload, localTime } from "./record.js";
import { faultyPhotos } from "./records.js";
import { unknownRecord } from "./saved_screen.js";
import { version } from "./update.js";
import { say } from "./words.js";

const CHECK_AFTER_MS = 250;
const ON_THE_SPOT = new Set(["gone", "nobody-home"]);

const emptyForm = (act) => ({
  act,
  kind: "dwelling",
  house_number: null,
  thoroughfare: null,
  localities: [],
  unit: null,
  floor: null,
  building_name: null,
  name: null,
  rooms: null,
  households: null,
  position: null,
  building: null,
  address: null,
  overrides: [],
});

const formOf = (act, row) => {
  if (row === null) return emptyForm(act);
  const { kind, house_number, thoroughfare, localities, unit, floor, name } = row;
  return {
    ...emptyForm(act),
    ...{ kind, house_number, thoroughfare, unit, floor, name },
    localities: localities.map((each) => [...each]),
    building_name: row.building ?? null,
    address: { ...row },
  };
};

const newRecord = (id, act, task, pkg, row) => ({
  id,
  revision: 1,
  act,
  task,
  commune_code: pkg.task.commune_code ?? pkg.commune.code,
  status: "draft",
  form: formOf(act, row),
  payload: null,
  private: null,
  photos: [],
  receipt: null,
  code: null,
  made_at: localTime(Date.now()),
  saved_at: null,
  error: null,
});

const chooseArea = (areas) => ({
  title: say("add_address"),
  back: "#/",
  body: [
    make("h2", "", say("which_area")),
    make(
      "div",
      "rows",
      ...areas.map(({ task, commune }) =>
        make(
          "a",
          { className: "row", href: `#/add/${task.task_id}` },
          make("strong", "", task.title),
          make("span", "quiet", commune.name),
        ),
      ),
    ),
  ],
  foot: [],
});

// Gives the record to write on, of the hash; null: there is no area for it; or a screen instead.
const begin = async (field, [act, task, ref], query, newId) => {
  if (act === "edit") {
    const known = await field.store.getRecord(task);
    if (!known) return { instead: unknownRecord() };
    const record = (await field.store.getDraft(task)) ?? (await field.store.reviseRecord(task));
    return record.form === null ? { instead: areaMissing() } : { record, task: record.task };
  }
  const areas = await field.store.listAreas();
  if (!task && areas.length > 1) return { instead: chooseArea(areas) };
  const id = task ?? areas[0]?.task.task_id;
  const found = id ? await findArea(field, id) : null;
  if (found === null) return { instead: areaMissing() };
  const row = ref ? found.area.byRef(ref) : null;
  if (ref && row === null) return { instead: areaMissing() };
  const record = newRecord(newId, act, id, found.pkg, row);
  const [lon, lat, accuracy_m] = (query.get("at") ?? "").split(",").map(Number);
  if ([lon, lat, accuracy_m].every(Number.isFinite)) record.form.position = pickedPosition({ lon, lat, accuracy_m });
  return { record, task: id, found };
};

const loadPhotos = async (store, record) => {
  const photos = [];
  const faulty = new Set(faultyPhotos(record));
  for (const photo of record.photos ?? []) {
    const kept = await store.getPhoto(photo.sha256);
    // to be taken again: what is damaged here can never arrive
    if (photo.is_lost || (kept === null && faulty.has(photo.sha256))) continue;
    // a picture that has arrived is not on the telephone any more: it stays announced
    photos.push({ ...photo, isKept: true, bytes: kept ? await kept.arrayBuffer() : photo.bytes });
  }
  return photos;
};

const metaOf = ({ isKept: _, ...photo }) => ({
  ...photo,
  bytes: typeof photo.bytes === "number" ? photo.bytes : photo.bytes.byteLength,
});

const lastForm = async (store, task, id) => {
  const records = await store.listRecords();
  return records.find((each) => each.task === task && each.act === "add" && each.id !== id && each.form)?.form ?? null;
};

// Writes drafts one after the other; what changes meanwhile is in the next.
const draftWriter = (field, sheet, onState) => {
  let isWriting = false;
  let isDue = false;
  let last = Promise.resolve();
  const write = async () => {
    isWriting = true;
    while (isDue && !sheet.held.isOver) {
      isDue = false;
      const fresh = sheet.photos.filter(({ isKept }) => !isKept);
      const photos = sheet.photos.filter(({ isKept }) => isKept).map(metaOf);
      try {
        await field.store.putDraft({ ...sheet.toRecord(), photos }, fresh.map(({ isKept: _, width, height, ...rest }) => rest));
        for (const each of fresh) each.isKept = true;
        onState("kept");
      } catch (error) {
        console.warn(error);
        onState(error?.kind === "full" ? "full" : "failed");
      }
    }
    isWriting = false;
  };
  return {
    put: () => {
      if (sheet.isDone || sheet.held.isOver) return;
      isDue = true;
      onState("writing");
      if (!isWriting) last = write();
    },
    rest: () => last,
  };
};

const makeSheet = (record, { pkg, area }, rules, held) => {
  const places = new Map();
  const sheet = {
    record,
    pkg,
    area,
    form: record.form,
    photos: [],
    /** Settled once no photo is being made small; it never fails. */
    working: Promise.resolve(),
    private: { name: "", phone: "", consent: null, words: "", ...(record.private ?? {}) },
    gates_m: { ...GATES_M, ...rules?.gates_m },
    near_m: rules?.near_m ?? NEAR_M,
    consent: rules?.consent ?? null,
    onlyStands: ON_THE_SPOT.has(record.act),
    measures: record.act !== "correct",
    last: null,
    findings: [],
    hasTried: false,
    isDone: false,
    isLeft: false,
    /** Of this page, until another tab takes it over: `isOver`. */
    held,
    /** What was measured last, used or not. */
    measured: null,
    place: () => {
      const { position, address } = record.form;
      if (position) return position;
      if (sheet.measured) return sheet.measured;
      return address?.lon ? { lon: address.lon, lat: address.lat } : null;
    },
    findingsPlace: (part) => {
      const place = make("div", { className: "findings", data: { part } });
      places.set(part, place);
      return place;
    },
    places,
    toRecord: () => ({ ...record, form: structuredClone(sheet.form), private: sheet.privatePart() }),
    privatePart: () => {
      const trimmed = Object.fromEntries(
        ["name", "phone", "words"].map((name) => [name, sheet.private[name]?.trim() || null]),
      );
      const hasContact = trimmed.name !== null || trimmed.phone !== null;
      if (!hasContact && trimmed.words === null && !sheet.private.consent) return null;
      return { ...trimmed, consent: sheet.private.consent };
    },
    changed: () => {},
    stands: () => {},
  };
  return sheet;
};

const showFindings = (sheet) => {
  const shown = shownFindings(sheet.findings, sheet.hasTried);
  for (const [part, place] of sheet.places) {
    const mine = shown.filter((each) => partOf(each) === part);
    const sign_of_all = mine.map(signOf).join();
    if (place.dataset.sign === sign_of_all) continue;
    place.dataset.sign = sign_of_all;
    place.replaceChildren(...mine.map((each) => findingCard(sheet, each)));
  }
};

const look = (sheet) => {
  const { form, area, gates_m, near_m } = sheet;
  const { id: record_id, code } = sheet.record;
  sheet.findings = runChecks(form, sheet.photos, area, { gates_m, near_m, record_id, code });
  showFindings(sheet);
};

const saveTrouble = (error) =>
  ({
    "no-code": say("save_no_code"),
    full: say("save_full"),
    superseded: say("save_superseded"),
  })[error?.kind] ?? say("save_failed");

// The record as it is saved, and the photos that are not on the telephone yet.
const toBeSaved = (sheet) => {
  const kept = sheet.toRecord();
  const part = kept.private;
  if (part && part.name === null && part.phone === null) part.consent = null;
  if (part && part.words === null && part.consent === null) kept.private = null;
  kept.photos = sheet.photos.filter(({ isKept }) => isKept).map(metaOf);
  kept.made_at = localTime(Date.now());
  const fresh = sheet.photos.filter(({ isKept }) => !isKept);
  return [kept, fresh.map(({ isKept: _, width, height, ...rest }) => rest)];
};

const saver = (field, sheet, drafts, said) => async () => {
  const { form, record } = sheet;
  said.className = "quiet";
  said.textContent = say("saving");
  await sheet.working;
  if (sheet.isDone || sheet.held.isOver) return;
  if (sheet.onlyStands && form.position === null) form.position = sheet.measured;
  sheet.hasTried = true;
  look(sheet);
  const open = sheet.findings.filter((each) => !isSettled(form, each));
  if (open.length > 0) {
    said.className = "bad";
    said.textContent = say("save_open", { count: open.length });
    const first = document.querySelector('.finding[data-settled="false"]');
    first?.scrollIntoView({ block: "start" });
    first?.querySelector("input, button")?.focus({ preventScroll: true });
    return;
  }
  sheet.isDone = true;
  form.overrides = form.overrides.filter((each) => sheet.findings.some((finding) => isFor(each, finding)));
  try {
    await drafts.rest();
    const server_ahead_s = (await field.store.getMeta("server_ahead_s")) ?? null;
    const [kept, fresh] = toBeSaved(sheet);
    await field.store.saveRecord(kept, fresh, (each, code) =>
      buildPayload(each, code, { app: version, server_ahead_s }),
    );
  } catch (error) {
    console.warn(error);
    sheet.isDone = false;
    said.className = "bad";
    said.textContent = saveTrouble(error);
    return;
  }
  await field.replace(`#/saved/${record.id}`);
};

const intro = ({ act, form, receipt }, { isMissing }) => [
  isMissing ? card("warn", text(say("area_not_here"))) : null,
  receipt?.note
    ? card("warn", make("h2", "", say("note_of_supervisor")), make("blockquote", "note", make("p", "", receipt.note)))
    : null,
  act === "add"
    ? null
    : card("", make("p", "", make("strong", "", titleOf(form.address ?? form))), text(say(`about_${act}`), "quiet")),
];

const sheetScreen = async (field, parts, query, held) => {
  const begun = await begin(field, parts, query, held.id);
  if (begun.instead) return begun.instead;
  const { record } = begun;
  const found = begun.found ?? (await findArea(field, begun.task)) ?? (await withoutArea(field, record));
  const sheet = makeSheet(record, found, await field.store.getMeta("rules"), held);
  sheet.photos = await loadPhotos(field.store, record);
  sheet.last = record.act === "add" ? await lastForm(field.store, record.task, record.id) : null;

  const kept = make("p", { className: "quiet", id: "draft-state", role: "status" });
  const said = make("p", { className: "quiet", id: "save-said", role: "alert" });
  const drafts = draftWriter(field, sheet, (state) => {
    kept.textContent = say(`writing_${state}`);
    kept.className = state === "full" || state === "failed" ? "bad" : "quiet";
    kept.dataset.state = state;
    if (state === "kept" && !sheet.isDone && !sheet.isLeft) field.rename(`#/edit/${record.id}`);
  });
  const position = positionCard(sheet);
  const address = sheet.onlyStands ? null : fieldsCard(sheet, { onKind: () => position.gateChanged() });
  let due = null;
  sheet.changed = (part) => {
    drafts.put();
    if (part === "position") address?.suggestAt(sheet.form.position);
    address?.hideWritten();
    clearTimeout(due);
    due = setTimeout(() => look(sheet), CHECK_AFTER_MS);
  };
  sheet.stands = (point) => {
    sheet.measured = point;
    if (sheet.form.position === null) address?.suggestAt(point);
  };
  const drop = button(say("draft_delete"), async () => {
    if (!(await ask(say("draft_delete_sure"), say("draft_delete"), say("keep")))) return;
    if (sheet.held.isOver) return;
    sheet.isDone = true; // nothing is kept of it any more
    try {
      await drafts.rest();
      await field.store.deleteDraft(record.id);
    } catch (error) {
      console.warn(error);
      sheet.isDone = false;
      said.className = "bad";
      said.textContent = say("drop_failed");
      return;
    }
    await field.replace("#/");
  }, "plain danger-text");
  const contact = sheet.onlyStands ? null : contactCard(sheet);
  const save = button(say("save"), saver(field, sheet, drafts, said), "big");
  save.id = "save";
  return {
    title: say(`act_${record.act}`),
    back: "#/",
    className: "body-form",
    isTyping: true,
    body: [
      ...intro(record, found),
      position.element,
      address?.element,
      photosCard(sheet),
      sheet.onlyStands ? null : make("section", "card", buildingPart(sheet)),
      contact,
      wordsCard(sheet),
      kept,
      drop,
    ],
    foot: [said, save],
    isUnkept: () => !sheet.isDone && !sheet.held.isOver && ["full", "failed"].includes(kept.dataset.state),
    ready: () => {
      if (sheet.form.position) address?.suggestAt(sheet.form.position);
      look(sheet);
    },
    refresh: async () => {
      // a telephone that was blocked forgets contacts, what is typed too
      if (!(await field.store.getMeta("device"))?.is_revoked) return;
      if (!contact?.isConnected) return;
      Object.assign(sheet.private, { name: "", phone: "", consent: null });
      contact?.remove();
      sheet.changed("contact"); // a letter typed a moment ago may be in the draft
    },
    close: () => {
      sheet.isLeft = true;
      position.close();
      clearTimeout(due);
    },
  };
};

/** Show the form of a record: a new one, or one that was begun; one tab at a time writes on it. */
export const formScreen = (field, parts, query) => {
  const id = parts[0] === "edit" ? parts[1] : crypto.randomUUID();
  return whileHeld(field, id, (held) => sheetScreen(field, parts, query, held));
};
