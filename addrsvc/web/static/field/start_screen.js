// The first screen: what is saved and what the server has, what needs the collector, and the way on.

import { askForStorage } from "./device.js";
import { button, card, linkButton, make, moment, sign, text } from "./dom.js";
import { recordLine, withBadPhotos } from "./records.js";
import { applyUpdate, isKept } from "./update.js";
import { say } from "./words.js";

const DAY_MS = 86_400_000;
const EARLY_DAYS = 5;
const TIGHT_BYTES = 150e6;

/** The line of the day, as parts that each say one number. */
export const countLine = (counts) => {
  const parts = [
    ["saved", say("count_saved", { count: counts.saved })],
    ["received", say("count_received", { count: counts.received })],
    ["accepted", say("count_accepted", { count: counts.accepted })],
    ["needs", say("count_needs", { count: counts.needs_you })],
  ];
  const shown = parts.filter(([name]) => name !== "needs" || counts.needs_you > 0);
  return shown.flatMap(([name, words], at) => [
    ...(at > 0 ? [" · "] : []),
    make("span", `count count-${name}`, words),
  ]);
};

/** How sending goes, in words; `[kind, words]`. */
export const stateWords = (state, counts, isOnline = navigator.onLine) => {
  const waiting = counts.saved - counts.received;
  const left = { count: waiting, photos: counts.photos_waiting };
  if (state.phase === "revoked") return ["bad", say("state_revoked")];
  if (state.phase === "signed-out") return ["bad", say("state_signed_out")];
  if (state.phase === "full") return ["bad", say("state_full")];
  if (isOnline && state.phase === "offline") {
    return ["warn", waiting > 0 ? say("state_unreached", left) : say("state_unreached_none")];
  }
  if (!isOnline) {
    return ["warn", waiting > 0 ? say("state_offline_waiting", left) : say("state_offline")];
  }
  if (state.phase === "sending") return ["", say("state_sending", { count: state.left })];
  if (state.phase === "waiting") {
    return ["warn", say("state_waiting", { at: moment(state.next_try_at) })];
  }
  if (waiting > 0) return ["warn", say("state_left", left)];
  if (counts.photos_waiting > 0) return ["warn", say("state_photos_left", left)];
  return counts.saved > 0 ? ["good", say("state_all")] : ["", say("state_none")];
};

const whereTo = (counts) => {
  if (counts.needs_you > 0) return "#/records?show=needs-you";
  if (counts.saved > counts.received) return "#/records?show=waiting";
  return "#/records";
};

/** The way to sign in again, which needs a network. */
export const signInLink = (className, words = say("sign_in_again")) =>
  navigator.onLine
    ? make("a", { className: `button ${className}`, href: "/field/enrol" }, words)
    : text(say("needs_network"), "quiet");

const sendingCard = (field, counts, badPhotos) => {
  const [kind, words] = stateWords(field.state, counts);
  const mayTry = ["waiting", "idle", "offline"].includes(field.state.phase) && counts.saved > 0;
  const isAllThere = counts.saved === counts.received && counts.photos_waiting === 0;
  const mustSign = field.state.phase === "signed-out";
  return card(
    counts.needs_you > 0 && kind !== "bad" ? "warn" : kind,
    make("a", { className: "counts", hidden: counts.saved === 0, href: whereTo(counts), id: "counts" }, ...countLine(counts)),
    make("p", { id: "sending", role: "status" }, words),
    mayTry && navigator.onLine ? button(say(isAllThere ? "ask_news" : "send_now"), () => field.meet({ again: true }), "plain") : null,
    mustSign ? signInLink("") : null,
    counts.failing > 0 ? linkButton(say("see_failing", { count: counts.failing }), "#/records?show=failing", "plain") : null,
    badPhotos > 0 ? linkButton(say("see_bad_photos", { count: badPhotos }), "#/records?show=bad-photos", "plain") : null,
  );
};

const accessWarning = (device, now = Date.now()) => {
  const left = device?.expires_at ? Date.parse(device.expires_at) - now : Infinity;
  if (left > EARLY_DAYS * DAY_MS) return null;
  const words = left > 0 ? say("access_ends", { day: moment(device.expires_at, true) }) : say("access_ended");
  return card(
    left > 0 ? "warn" : "bad",
    text(words),
    signInLink("plain"),
  );
};

const storageWarning = async () => {
  const storage = await askForStorage().catch(() => null);
  if (storage?.quota && storage.quota - storage.usage < TIGHT_BYTES) {
    return card("bad", text(say("storage_tight")), linkButton(say("to_settings"), "#/settings", "plain"));
  }
  if (storage?.persisted === false) {
    return card("warn", text(say("storage_not_kept")), linkButton(say("to_settings"), "#/settings", "plain"));
  }
  return null;
};

/** Say that what this phone had is gone, until somebody has read it; null: it has all. */
export const lossCard = async (field) => {
  const loss = await field.store.loss();
  if (loss === null) return null;
  const accept = async () => {
    await field.store.acceptLoss();
    field.again();
  };
  const words = loss.unsent > 0 ? say("loss_unsent", { count: loss.unsent }) : say("loss_none_unsent");
  return card(loss.unsent > 0 ? "bad" : "warn", make("h2", "", say("loss_title")), text(words), button(say("loss_read"), accept, "plain"));
};

let isUpdateWanted = false;

/** The way to take a new version, once what is being sent is sent. */
export const updatePart = () => {
  const said = make("p", { className: "quiet", role: "status" }, isUpdateWanted ? say("update_waits") : "");
  const act = async () => {
    isUpdateWanted = true; // it outlives the screen, which is shown anew as sending goes on
    said.textContent = say("update_waits");
    isUpdateWanted = await applyUpdate();
    if (!isUpdateWanted) said.textContent = say("update_not_now");
  };
  return [button(say("update_take"), act, "plain"), said];
};

/** Say that the app does not open without a network yet; null: it does. */
export const notKeptCard = () => (isKept() === false ? card("warn", text(say("app_not_kept"))) : null);

const areaRow = ({ task, commune }, left) =>
  make(
    "a",
    { className: "row", href: `#/map/${task.task_id}` },
    make("strong", "", task.title),
    make("span", "quiet", commune.name),
    make("span", left > 0 ? "quiet" : "bad", say("codes_left", { count: left })),
  );

const areasPart = async (field) => {
  const areas = await field.store.listAreas();
  if (areas.length === 0) {
    return [card("warn", text(say("no_areas")), linkButton(say("get_areas"), "#/tasks"))];
  }
  const rows = [];
  for (const each of areas) {
    rows.push(areaRow(each, await field.store.codesLeft(each.task.commune_code)));
  }
  return [make("h2", "", say("areas_here")), make("div", "rows", ...rows)];
};

/** Show today's state and the way to the next house. */
export const startScreen = async (field) => {
  const [counts, records, device] = await Promise.all([
    field.store.counts(),
    field.store.listRecords(),
    field.store.getMeta("device"),
  ]);
  const drafts = records.filter(({ status, has_draft }) => status === "draft" || has_draft);
  return {
    title: say("app_name"),
    saysState: true,
    refresh: "again",
    body: [
      await lossCard(field),
      sendingCard(field, counts, withBadPhotos(records).length),
      drafts.length > 0 ? make("h2", "", say("drafts_here")) : null,
      drafts.length > 0 ? make("div", "rows", ...drafts.map((each) => recordLine(each, `#/edit/${each.id}`))) : null,
      ["signed-out", "revoked"].includes(field.state.phase) ? null : accessWarning(device),
      field.hasUpdate ? card("", text(say("update_there")), ...updatePart()) : null,
      globalThis.navigator.locks ? null : card("warn", text(say("no_locks"))),
      ...(await areasPart(field)),
      notKeptCard(),
      await storageWarning(),
    ],
    foot: [
      make("a", { className: "button big", href: "#/add", id: "add" }, sign("add"), say("add_address")),
      make(
        "nav",
        { className: "tabs", aria: { label: say("menu") } },
        make("a", { href: "#/tasks" }, sign("map"), say("tab_areas")),
        make("a", { href: "#/records" }, sign("list"), say("tab_records")),
        make("a", { href: "#/settings" }, sign("settings"), say("tab_settings")),
      ),
    ],
  };
};
