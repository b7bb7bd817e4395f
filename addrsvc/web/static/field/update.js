// New versions of the app: one is fetched whole beside the old, and waits until nothing is typed or
// sent. A page is never loaded anew under a form.

import { alone } from "./lock.js";

const LOOK_MS = 3_600_000;
const RELOADED = "addrsvc-field:reloaded";
const TYPED_IN = "#field :is(textarea, select, input:not([type=search], [type=radio]))";

const listeners = new Set(); // of new versions
const keepers = new Set(); // of whether the app is on the phone
let registering = null;
let registration = null;
let hasAsked = false; // to be kept on the phone
let isBusy = false;
let isOld = false; // a new version has taken over, this page is still of the old one

/** The version of the page that runs, for records. */
export const version = document.documentElement.dataset.version ?? "unknown";

const isTyping = () => isBusy || document.querySelector(TYPED_IN) !== null;

const reloadWhenQuiet = async () => {
  if (!isOld || isTyping()) return;
  await alone(() => {
    if (!isTyping()) location.reload();
  });
};

/** Say that something goes on besides what is typed into a form on the screen, or no more. */
export const setBusy = (is) => {
  isBusy = is;
  reloadWhenQuiet();
};

const tell = (whom) => {
  for (const each of whom) each();
};

const watch = (worker) => {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) tell(listeners);
    if (worker.state === "activated" || worker.state === "redundant") tell(keepers);
  });
};

// A page may come from one version and its modules from the next, which took over as it was loading.
const compareVersions = () => {
  const { controller } = navigator.serviceWorker;
  if (controller === null || version === "unknown") return;
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", ({ data }) => {
    port1.close();
    const pair = `${version} ${data}`;
    if (data === version || sessionStorage.getItem(RELOADED) === pair) return;
    sessionStorage.setItem(RELOADED, pair); // once: what does not help is not done without end
    isOld = true;
    reloadWhenQuiet();
  });
  port1.start();
  controller.postMessage("version", [port2]);
};

// Asked again as often as wanted: what is kept already is not fetched anew.
const keep = async () => {
  let found;
  try {
    found = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field" });
  } catch (error) {
    console.info(`no service worker: ${error}`); // no network, or no room
    return;
  } finally {
    hasAsked = true;
  }
  if (found === registration) return;
  registration = found;
  found.addEventListener("updatefound", () => watch(found.installing));
  watch(found.installing);
  if (found.waiting) tell(listeners);
};

const register = async () => {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined) return false;
  let hadOne = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    isOld ||= hadOne; // the first one brings what the page has already
    hadOne = true;
    compareVersions();
    reloadWhenQuiet();
  });
  await keep();
  compareVersions();
  const look = () => registration?.update().catch(() => {});
  setInterval(look, LOOK_MS);
  addEventListener("online", look);
  addEventListener("hashchange", reloadWhenQuiet);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") applyUpdate();
    else look();
  });
  return registration !== null;
};

/** Keep the app on the phone, and look for new versions. Gives false where a browser cannot. */
export const registerWorker = () => (registering ??= register());

/** Tell whether the app is on the phone and opens without a network; null: not known (yet). */
export const isKept = () => (hasAsked ? Boolean(registration?.active) : null);

/** Try to keep the app on the phone where that did not work yet; calls back when that changes. */
export const keepTrying = async (callback) => {
  keepers.add(callback);
  await registerWorker();
  if (navigator.serviceWorker !== undefined && !isKept()) await keep();
};

/** Call back when a new version is ready, at once if one is; begins to look for them. */
export const onUpdate = (callback) => {
  listeners.add(callback);
  if (registration?.waiting) callback();
  registerWorker();
  return () => listeners.delete(callback);
};

/** Go over to the new version if nothing is typed; waits for what is being sent. Gives whether. */
export const applyUpdate = async () => {
  if (!registration?.waiting || isTyping()) return false;
  return alone(() => {
    if (isTyping() || !registration.waiting) return false;
    registration.waiting.postMessage("apply-update");
    return true;
  });
};
