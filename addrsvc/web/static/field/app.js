// Entry of the page: opens what is on the telephone, shows screens by the hash, says how sending
// goes. A screen is `async (field, parts, query) => {title, back, body, foot, close, refresh}`.

import { makeApi } from "./api.js";
import { hello, isEnrolled } from "./device.js";
import { ask, button, card, linkButton, make, sign, text } from "./dom.js";
import { formScreen } from "./form.js";
import { addressScreen, listScreen, mapScreen } from "./map_screen.js";
import { startOutbox } from "./outbox.js";
import { recordScreen, recordsScreen } from "./records.js";
import { savedScreen } from "./saved_screen.js";
import { settingsScreen } from "./settings_screen.js";
import { lossCard, signInLink, startScreen } from "./start_screen.js";
import { openStore } from "./store.js";
import { tasksScreen } from "./tasks_screen.js";
import { keepTrying, onUpdate, setBusy } from "./update.js";
import { say, setLanguage } from "./words.js";

const SCREENS = {
  "": startScreen,
  tasks: tasksScreen,
  map: mapScreen,
  list: listScreen,
  address: addressScreen,
  add: formScreen,
  correct: formScreen,
  gone: formScreen,
  "nobody-home": formScreen,
  edit: formScreen,
  saved: savedScreen,
  records: recordsScreen,
  record: recordScreen,
  settings: settingsScreen,
};

const HELLO_EVERY_MS = 15 * 60_000;
const ASKED_FOR = "addrsvc-field:task";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const root = document.getElementById("field");

/** What all screens are given. */
const field = {
  store: null,
  api: null,
  outbox: null,
  /** How sending goes, as the outbox says it. */
  state: { phase: "idle", sent: 0, left: 0, next_try_at: null },
  /** A version of the app that waits to be taken, or not. */
  hasUpdate: false,
  go: (hash) => {
    location.hash = hash;
  },
  /** Put another hash in place of this one; the screen stays. */
  rename: (hash) => {
    shown.hash = hash;
    history.replaceState(null, "", hash);
  },
  /** Show another screen in place of this one: Back does not lead here again. */
  replace: (hash) => {
    history.replaceState(null, "", hash);
    return show();
  },
  again: () => show(true),
  /** Greet the server and send what waits; `again`: what failed too. */
  meet: (how) => meet(how),
};

let shown = { hash: null, screen: null };
let turn = 0;

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand, or cut off
  }
};

const read = (hash) => {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [name, ...parts] = path.split("/").map(decoded);
  return { name, parts: [name, ...parts], query: new URLSearchParams(query) };
};

const broken = (error) => ({
  title: say("broken_title"),
  back: "#/",
  body: [
    card("bad", text(say("broken_words")), text(String(error?.message ?? error), "small")),
  ],
  foot: [button(say("open_again"), () => location.reload(), "plain"), linkButton(say("to_start"), "#/")],
});

const notEnrolled = async () => ({
  title: say("enrol_title"),
  body: [
    await lossCard(field), // with the database the key is gone too
    card("", text(say("enrol_words")), text(say("enrol_needs"))),
    text(say("enrol_trouble"), "quiet"),
  ],
  refresh: "again",
  foot: [signInLink("big", say("enrol_go")), linkButton(say("to_settings"), "#/settings", "plain")],
});

const barState = async () => {
  const place = root.querySelector(".bar-state");
  if (place === null || field.store === null) return;
  const counts = await field.store.counts();
  const waiting = counts.saved - counts.received;
  if (counts.needs_you > 0) {
    place.dataset.kind = "warn";
    place.replaceChildren(sign("needs"), say("bar_needs", { count: counts.needs_you }));
  } else if (waiting > 0) {
    place.dataset.kind = "wait";
    place.replaceChildren(sign("wait"), say("bar_waiting", { count: waiting }));
  } else {
    place.dataset.kind = "good";
    place.replaceChildren(...(counts.saved > 0 ? [sign("check"), say("bar_all_sent")] : []));
  }
  place.href = counts.needs_you > 0 ? "#/records?show=needs-you" : "#/records";
  place.hidden = counts.saved === 0 || shown.screen?.saysState === true;
};

// Another tab has a newer version of what is kept: this one can neither read nor write any more. What is
// typed on the screen stays there to be read.
let isSuperseded = false;
const supersededCard = () =>
  card("bad", text(say("superseded")), button(say("open_again"), () => location.reload(), "plain"));
const supersede = () => {
  if (isSuperseded) return;
  isSuperseded = true;
  root.prepend(supersededCard());
};

// What would look the same is left alone: somebody may be touching it.
const frame = (screen, isAgain = false) => {
  const title = make("h1", { tabIndex: -1 }, screen.title);
  const back = screen.back
    ? make("a", { className: "bar-back", href: screen.back, aria: { label: say("back") } }, sign("back"))
    : null;
  const state = make("a", { className: "bar-state", hidden: true });
  document.title = `${screen.title} – ${say("app_name")}`;
  const parts = [
    ...(isSuperseded ? [supersededCard()] : []),
    make("div", "bar", back, title, make("span", { role: "status" }, state)),
    make("div", `body ${screen.className ?? ""}`, ...screen.body),
    ...(screen.foot?.length ? [make("div", "foot", ...screen.foot)] : []),
  ];
  const isSame = ([one, ...more], [other, ...others]) =>
    more.length === others.length && more.every((each, at) => each.isEqualNode(others[at]));
  if (!isAgain || !isSame(parts, [...root.children])) root.replaceChildren(...parts);
  return title;
};

const choose = async () => {
  if (!(await isEnrolled(field.store)) && read(location.hash).name !== "settings") {
    return notEnrolled();
  }
  const { name, parts, query } = read(location.hash);
  return (SCREENS[name] ?? startScreen)(field, parts, query);
};

// A screen that is shown again keeps its place and whatever has the focus.
const show = async (isWantedAgain = false) => {
  const mine = (turn += 1);
  let screen;
  try {
    screen = await choose();
  } catch (error) {
    console.warn(error);
    screen = broken(error);
  }
  if (mine !== turn) {
    screen.close?.();
    return;
  }
  // somebody may have gone on to another screen meanwhile
  const isAgain = isWantedAgain && location.hash === shown.hash;
  const [top, focused] = [scrollY, document.activeElement?.id];
  shown.screen?.close?.();
  shown = { hash: location.hash, screen };
  setBusy(screen.isTyping === true);
  const title = frame(screen, isAgain);
  if (isAgain) {
    scrollTo(0, top);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  } else {
    scrollTo(0, 0);
    title.focus({ preventScroll: true });
  }
  screen.ready?.();
  root.dataset.screen = read(location.hash).name || "start";
  await barState().catch((error) => console.warn(error));
};

// Asks the server what it knows, and sends what waits. What fails is said by the state.
let isMeeting = false;
const meet = async ({ again = false } = {}) => {
  if (!navigator.onLine || !(await isEnrolled(field.store))) return;
  if (isMeeting) {
    if (again) field.outbox.send({ again });
    return;
  }
  isMeeting = true;
  keepTrying(changed);
  try {
    await hello(field.store, field.api);
  } catch (error) {
    console.info(`hello: ${error.kind ?? error}`);
  } finally {
    isMeeting = false;
  }
  field.outbox.send({ again });
};

const refresh = async () => {
  isDue = false;
  try {
    await barState();
    if (shown.screen?.refresh === "again") await show(true);
    else await shown.screen?.refresh?.();
  } catch (error) {
    console.warn(error); // what is shown stays; it is said where it can be read no more
  }
};

// One after the other: what changes while a screen is made is on the next.
let isDue = false;
let refreshed = Promise.resolve();
const changed = () => {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    refreshed = refreshed.then(refresh);
  }, 150);
};

// What could not be kept of a screen is gone with it: whoever leaves it is asked.
let isAsking = false;
const leave = async () => {
  if (location.hash === shown.hash || isAsking) return;
  if (shown.screen?.isUnkept?.()) {
    isAsking = true;
    const isLeft = await ask(say("leave_unkept"), say("leave"), say("stay"));
    isAsking = false;
    if (!isLeft) {
      history.pushState(null, "", shown.hash);
      return;
    }
  }
  await show();
};

/** Lead whoever comes by the QR of a list on paper to its area; who has to enrol first, afterwards. */
const goToAskedFor = async () => {
  const here = new URL(location.href);
  const asked = here.searchParams.get("task");
  const hasKey = await isEnrolled(field.store);
  const task = asked ?? (hasKey ? sessionStorage.getItem(ASKED_FOR) : null);
  if (!UUID.test(task ?? "")) return;
  if (hasKey) sessionStorage.removeItem(ASKED_FOR);
  else sessionStorage.setItem(ASKED_FOR, task);
  const id = task.toLowerCase();
  here.searchParams.delete("task");
  here.hash = (await field.store.getPackage(id)) ? `#/map/${id}` : `#/tasks/${id}`;
  history.replaceState(null, "", here);
};

const cannotStart = (words) => {
  frame({ title: say("broken_title"), body: [card("bad", text(words))] });
  root.dataset.screen = "broken";
};

const start = async () => {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = asked ?? "vi";
  setLanguage(wanted);
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) {
    cannotStart(say("no_secure"));
    return;
  }
  if (!globalThis.indexedDB) {
    cannotStart(say("no_storage"));
    return;
  }
  try {
    field.store = await openStore();
  } catch (error) {
    console.warn(error);
    cannotStart(say("no_storage"));
    return;
  }
  setLanguage(asked ?? (await field.store.getMeta("language")) ?? wanted);
  field.api = makeApi(field.store);
  field.outbox = startOutbox(field.store, field.api, {
    onState: (state) => {
      field.state = state;
      changed();
    },
  });
  field.store.onChange(({ kind }) => (kind === "superseded" ? supersede() : changed()));
  onUpdate(() => {
    field.hasUpdate = true;
    changed();
  });
  addEventListener("hashchange", leave);
  for (const name of ["online", "offline"]) {
    addEventListener(name, () => {
      changed();
      meet();
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") meet();
  });
  setInterval(meet, HELLO_EVERY_MS);
  keepTrying(changed);
  await goToAskedFor();
  await show();
  await meet();
};

start();
