// The desk: the next item is shown at once, decisions are sent behind it, one after the other.
// What could not be recorded is told and kept until somebody has looked.

import { goToField, showFields, undecidedField } from "./desk_fields.js";
import { openPicture, showPictures } from "./desk_pictures.js";
import { showChoices, showFailure, showItem } from "./desk_show.js";

const desk = document.getElementById("desk");
const words = JSON.parse(desk.dataset.words);
const wanted = JSON.parse(desk.dataset.wanted);
const acts = JSON.parse(desk.dataset.acts);
const KEPT = `desk:${desk.dataset.kind}:${desk.dataset.who}`;
const AHEAD = 6;
const RETRY_MS = 3000;
const HOUR_MS = 3600000;
const RATED_FROM = 5;

const byId = (id) => document.getElementById(id);
const say = (text) => {
  byId("desk-said").textContent = text;
};

const items = []; // those not decided, in the order of the queue
const history = []; // decisions of this page, the last at the end
const outbox = []; // not recorded yet; the first may be on its way
const bySubject = new Map();
let at = 0;
let counts = { left: 0, is_more: false, decided: 0 };
let isTaking = false;
let isExhausted = false;
let isSending = false;
let startedAt = null;
let decidedHere = 0;
let showPlaces = () => {};
let stopped = false;
const written = byId("desk-words"); // where an answer is written, for kinds that have one
// Beside a report stand its neighbours: Enter takes none of them for it.
const enterTakesFirst = written === null;

class Refused extends Error {
  constructor(status, problem) {
    super(problem.title);
    this.status = status;
    this.problem = problem;
  }
}

const ask = async (path, body, options = {}) => {
  const answer = await fetch(`/desk/${desk.dataset.kind}/${path}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRF-Token": desk.dataset.csrf,
      "Accept-Language": desk.dataset.language,
    },
    body: JSON.stringify(body),
    ...options,
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
};

// Worth another try by itself: the network, a busy or restarting server.
const isPassing = (error) =>
  !(error instanceof Refused) || error.status === 429 || error.status >= 500;
const isSignedOut = (error) => error instanceof Refused && error.status === 401;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const current = () => items[at];

const showCounts = () => {
  const number = new Intl.NumberFormat(desk.dataset.language);
  const left = number.format(Math.max(counts.left, 0));
  byId("desk-done").textContent = number.format(counts.decided);
  byId("desk-left").textContent = counts.is_more ? words.more.replace("{count}", left) : left;
  byId("desk-sending").textContent = String(outbox.length);
  const hours = startedAt === null ? 0 : (performance.now() - startedAt) / HOUR_MS;
  byId("desk-rate").textContent =
    decidedHere < RATED_FROM ? "–" : number.format(Math.round(decidedHere / hours));
};

const show = ({ focus = true } = {}) => {
  const item = current();
  byId("desk-item").hidden = item === undefined;
  byId("desk-acts").hidden = item === undefined && history.length === 0;
  showCounts();
  if (item === undefined) {
    say(isExhausted ? words.empty : words.loading);
    return;
  }
  showItem(item, words);
  if (written !== null) written.value = item.draft ?? "";
  showPictures(item, words);
  showFields(item, words);
  showChoices(item, words, choose, showPlaces);
  if (focus) byId("desk-title").focus({ preventScroll: true });
  byId("desk-title").scrollIntoView({ block: "nearest" });
};

const know = (item) => {
  const known = bySubject.get(item.subject) ?? [];
  bySubject.set(item.subject, [...known.filter((each) => each.id !== item.id), item]);
  return item;
};

// Own decisions make the next version of a subject; items seen on the one before are still fresh.
const moveOn = (subject, from, to) => {
  for (const item of bySubject.get(subject) ?? []) if (item.version === from) item.version = to;
};

const isHere = (id) =>
  items.some((each) => each.id === id) || outbox.some((each) => each.item.id === id);

const take = async (isFirst = false) => {
  if (isTaking || isExhausted || stopped) return;
  isTaking = true;
  try {
    const told = await ask("items", { wanted, is_first: isFirst });
    const fresh = told.items.filter((item) => !isHere(item.id));
    isExhausted = told.items.length === 0;
    const wasEmpty = current() === undefined;
    items.push(...fresh.map(know));
    const unsent = outbox.filter((each) => each.act !== "undo").length;
    counts = { ...told, left: told.left - unsent, decided: told.decided + unsent };
    if (wasEmpty) {
      if (fresh.length > 0) say("");
      show();
    } else showCounts();
  } catch (error) {
    if (isSignedOut(error)) signOut();
    else if (isPassing(error)) setTimeout(take, RETRY_MS, isFirst);
    else say(error.problem.detail ?? error.message);
  } finally {
    isTaking = false;
  }
};

const keep = () => {
  const kept = outbox.map(({ item, act, choice, name, said, fields }) => {
    const { id, subject, version, title, echo } = item;
    return { item: { id, subject, version, title, echo }, act, choice, name, said, fields };
  });
  if (kept.length === 0) sessionStorage.removeItem(KEPT);
  else sessionStorage.setItem(KEPT, JSON.stringify(kept));
};

const signOut = () => {
  stopped = true;
  const link = document.createElement("a");
  link.href = desk.dataset.signIn;
  link.textContent = words.signIn;
  const away = byId("desk-away");
  away.replaceChildren(`${words.signedOut} `, link);
  away.hidden = false;
};

// Not recorded: it is told with its reason, and the item as it stands now can be looked at again.
const fail = (entry, error) => {
  entry.failed = true;
  const place = history.indexOf(entry);
  if (place >= 0) history.splice(place, 1);
  if (entry.act !== "undo" && !entry.keepsOpen) {
    counts.decided -= 1;
    counts.left += 1;
    decidedHere -= 1;
  }
  const back = items.findIndex((each) => each.id === entry.item.id);
  if (entry.act === "undo" && back >= 0) {
    // what cannot be taken back stays decided
    const [item] = items.splice(back, 1);
    at = Math.max(0, Math.min(back < at ? at - 1 : at, items.length - 1));
    counts.decided += 1;
    counts.left -= item.is_open ? 1 : 0;
    decidedHere += 1;
    show({ focus: false });
  }
  const detail = error.problem.detail ?? error.problem.title ?? error.message;
  const again = async () => {
    try {
      const { item } = await ask("item", { item: entry.item.id });
      // what was written and chosen is there again: nobody types it twice
      Object.assign(item, { draft: entry.said, given: { ...entry.fields } });
      const old = items.findIndex((each) => each.id === item.id);
      if (old >= 0) items.splice(old, 1);
      at = Math.max(0, Math.min(old >= 0 && old < at ? at - 1 : at, items.length));
      items.splice(at, 0, know(item));
      show();
    } catch (refused) {
      say(refused.problem?.detail ?? refused.message);
    }
  };
  const buttons = [
    [words.see, again],
    [words.dismiss, () => byId("desk-title").focus({ preventScroll: true })],
  ];
  showFailure(`${entry.item.title}: ${entry.name}`, detail, buttons);
};

const send = async () => {
  if (isSending || stopped) return;
  isSending = true;
  while (outbox.length > 0 && !stopped) {
    const entry = outbox[0];
    const { item, act, choice } = entry;
    entry.isSent = true;
    try {
      if (!entry.of?.failed) {
        const from = item.version;
        const { said = null, fields = {} } = entry;
        const body = { item: item.id, act, version: from, choice, words: said, fields };
        body.echo = item.echo;
        const { version } = await ask("decisions", body, { keepalive: true });
        moveOn(item.subject, from, version);
        item.version = version;
      }
      byId("desk-away").hidden = true;
      outbox.shift();
    } catch (error) {
      if (isSignedOut(error)) signOut();
      else if (isPassing(error)) {
        byId("desk-away").textContent = words.away;
        byId("desk-away").hidden = false;
        await pause(RETRY_MS);
      } else {
        outbox.shift();
        fail(entry, error);
      }
    }
    keep();
    showCounts();
  }
  isSending = false;
};

const post = (entry) => {
  outbox.push(entry);
  keep();
  send();
  return entry;
};

const decide = (act, choice, name, how = {}) => {
  const item = current();
  if (item === undefined) return;
  const { keeps_open: keepsOpen, takes_fields: takesFields } = how;
  const said = written?.value.trim() || undefined;
  const undecided = takesFields ? undecidedField(item) : undefined;
  if (undecided !== undefined) {
    say(words.needsField.replace("{field}", undecided.label));
    goToField(undecided);
    return;
  }
  if ((how.needs_words || item.needs_words.includes(act)) && said === undefined) {
    say(item.needs_words.includes(act) ? words.needsReason : words.needsWords);
    written.focus();
    return;
  }
  if (written !== null) item.draft = written.value;
  const fields = takesFields ? { ...item.given } : undefined;
  startedAt ??= performance.now();
  items.splice(at, 1);
  at = Math.min(at, Math.max(items.length - 1, 0));
  const entry = post({ item, act, choice, name, said, fields, keepsOpen });
  if (!keepsOpen) {
    counts.left -= item.is_open ? 1 : 0;
    counts.decided += 1;
    decidedHere += 1;
    history.push(entry);
  }
  show();
  say(words.decided.replace("{what}", `${item.title}, ${name}`));
  if (items.length - at < AHEAD) take();
};

const choose = (choice) => {
  if (choice === undefined || choice.choice === null) return;
  const isConfirming = choice.is_present;
  decide(isConfirming ? "confirm" : "choose", isConfirming ? null : choice.choice, choice.label);
};

const undo = () => {
  const entry = history.pop();
  if (entry === undefined) {
    say(words.nothingToUndo);
    return;
  }
  const place = outbox.indexOf(entry);
  if (place >= 0 && !entry.isSent) {
    outbox.splice(place, 1);
    keep();
  } else post({ item: entry.item, act: "undo", choice: null, name: words.undo, of: entry });
  counts.left += entry.item.is_open ? 1 : 0;
  counts.decided -= 1;
  decidedHere -= 1;
  items.splice(at, 0, entry.item);
  show();
  say(words.undone.replace("{what}", `${entry.item.title}, ${entry.name}`));
};

const go = (steps) => {
  const next = at + steps;
  if (next < 0 || next >= items.length) return;
  if (written !== null) current().draft = written.value;
  at = next;
  say("");
  show();
  if (items.length - at < AHEAD) take();
};

const first = () => {
  const { choices } = current() ?? { choices: [] };
  const present = choices.find((each) => each.is_present);
  return present ?? (enterTakesFirst ? choices.find((each) => each.choice !== null) : undefined);
};

const actByName = (id) => {
  const act = acts.find((each) => each.id === id);
  if (act !== undefined) decide(act.id, null, act.name, act);
};

const help = byId("desk-help");
const letters = byId("desk-keys-on");

const BY_KEY = {
  Enter: () => choose(first()),
  "/": () => byId("desk-query")?.focus(),
  "?": () => help.showModal(),
  w: () => written?.focus(),
  p: openPicture,
  e: () => {
    const row = current() && (undecidedField(current()) ?? current().differences[0]);
    if (row) goToField(row);
  },
  u: undo,
  j: () => go(1),
  k: () => go(-1),
  ArrowRight: () => go(1),
  ArrowLeft: () => go(-1),
  ...Object.fromEntries(acts.map((act) => [act.key, () => actByName(act.id)])),
};

// With a Vietnamese keyboard on, letters reach the page as composition: go by the key's place.
const keyOf = (event) => {
  const isComposed = event.isComposing || event.key === "Process" || event.key === "Unidentified";
  if (isComposed && /^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
};

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (document.querySelector("dialog[open]") !== null) return;
  if (target.closest("input, select, textarea, [contenteditable]")) {
    if (event.key === "Escape") byId("desk-title").focus({ preventScroll: true });
    return;
  }
  const key = keyOf(event);
  if (key === "Enter" && target.closest("button, a, summary")) return;
  if (key.startsWith("Arrow") && target.closest(".map")) return;
  if (key.length === 1 && key !== "?" && !letters.checked) return;
  const act = /^[1-9]$/.test(key)
    ? () => choose(current()?.choices[Number(key) - 1])
    : BY_KEY[key];
  if (act === undefined || (key === "w" && written === null)) return;
  event.preventDefault();
  act();
});

for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => actByName(button.dataset.act));
}
const steps = { undo, back: () => go(-1), skip: () => go(1) };
for (const button of document.querySelectorAll("[data-go]")) {
  button.addEventListener("click", () => steps[button.dataset.go]());
}
byId("desk-help-open").addEventListener("click", () => help.showModal());
help.addEventListener("close", () => byId("desk-title").focus({ preventScroll: true }));
letters.checked = localStorage.getItem("desk:letters") !== "off";
letters.addEventListener("change", () => {
  localStorage.setItem("desk:letters", letters.checked ? "on" : "off");
});

const fetched = async (path, query) => {
  const answer = await fetch(`${path}?${new URLSearchParams(query)}`).catch(() => null);
  return answer !== null && answer.ok ? answer.json() : null;
};

const choiceOf = ({ geometry, properties }) => ({
  choice: properties.geocoding.code,
  label: properties.label,
  detail: properties.geocoding.code,
  place:
    geometry === null ? null : { lon: geometry.coordinates[0], lat: geometry.coordinates[1] },
  is_present: false,
});

byId("desk-search")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const item = current();
  const found = await fetched("/v1/geocode", { q: byId("desk-query").value, limit: "5" });
  if (item !== current() || item === undefined) return;
  const known = new Set(item.choices.map((each) => each.choice));
  const others = (found?.features ?? [])
    .filter(({ properties: { geocoding } }) => geocoding.code && !geocoding.is_retired)
    .map(choiceOf);
  if (others.length === 0) {
    say(words.foundNone);
    return;
  }
  // what was searched comes first: its number is the one to press
  const isSearched = new Set(others.map((each) => each.choice));
  item.choices = [...others, ...item.choices.filter((each) => !isSearched.has(each.choice))];
  say(known.has(others[0].choice) ? "" : others[0].label);
  byId("desk-query").value = "";
  show();
});

let typedAt = 0;
byId("desk-query")?.addEventListener("input", async (event) => {
  const q = event.target.value;
  typedAt += 1;
  const turn = typedAt;
  await pause(150);
  if (turn !== typedAt || q.trim().length < 2) return;
  const found = await fetched("/v1/autocomplete", { q, limit: "6" });
  if (turn !== typedAt || found === null) return;
  const options = found.suggestions.map(({ text }) => new Option(text, text));
  byId("desk-completions").replaceChildren(...options);
});

addEventListener("beforeunload", (event) => {
  if (outbox.length > 0 && !stopped) event.preventDefault();
});

for (const entry of JSON.parse(sessionStorage.getItem(KEPT) ?? "[]")) outbox.push(entry);
send();
show();
take(true);

const map = byId("desk-map");
if (map !== null) {
  try {
    const { makeDeskMap } = await import(map.dataset.script);
    const draw = await makeDeskMap(map, words);
    // markers move once the item is on the page: what is drawn never keeps a key waiting
    let latest = [];
    showPlaces = (places) => {
      latest = places;
      requestAnimationFrame(() => places === latest && draw(places));
    };
    if (current() !== undefined) showChoices(current(), words, choose, showPlaces);
    map.dataset.state = "drawn";
  } catch (error) {
    map.dataset.state = "failed";
    byId("desk-map-said").textContent = words.failed;
    throw error;
  }
}
