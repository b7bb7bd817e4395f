// New versions of the app: one is fetched whole beside the old, and waits until nothing is typed or
// sent. A page is never loaded anew under a form.

import { alone } from "./lock.js";

const LOOK_MS = 3_600_000;
const TYPED_IN = "#field :is(textarea, select, input:not([type=search], [type=radio]))";

const listeners = new Set();
let registering = null;
let registration = null;
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

const tell = () => {
  for (const each of listeners) each();
};

const watch = (worker) => {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) tell();
  });
};

const register = async () => {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined) return false;
  let hadOne = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    isOld = hadOne; // the first one brings what the page has already
    hadOne = true;
    reloadWhenQuiet();
  });
  try {
    registration = await serviceWorker.register("/field/sw.js", { scope: "/field" });
  } catch (error) {
    console.info(`no service worker: ${error}`); // no network, or no room: the next start tries again
    return false;
  }
  registration.addEventListener("updatefound", () => watch(registration.installing));
  watch(registration.installing);
  if (registration.waiting) tell();
  const look = () => registration.update().catch(() => {});
  setInterval(look, LOOK_MS);
  addEventListener("online", look);
  addEventListener("hashchange", reloadWhenQuiet);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") applyUpdate();
    else look();
  });
  return true;
};

/** Keep the app on the phone, and look for new versions. Gives false where a browser cannot. */
export const registerWorker = () => (registering ??= register());

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
