// New versions of the app: one is fetched whole beside the old, and waits until nothing is typed or
// sent. A page is never loaded anew under a form.

const LOCK = "addrsvc-field-outbox";
const LOOK_MS = 3_600_000;

const listeners = new Set();
let registration = null;
let isTyping = false;
let isChanged = false; // a new version has taken over, this page is still of the old one

/** The version of the page that runs, for records. */
export const version = document.documentElement.dataset.version ?? "unknown";

const tell = () => {
  for (const each of listeners) each();
};

const reloadWhenQuiet = async () => {
  if (!isChanged || isTyping) return;
  await navigator.locks.request(LOCK, () => {
    if (!isTyping) location.reload();
  });
};

/** Say whether something is being typed: for as long, the page stays as it is. */
export const setTyping = (is) => {
  isTyping = is;
  reloadWhenQuiet();
};

const watch = (worker) => {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) tell();
  });
};

/** Keep the app on the phone, and look for new versions. Gives false where a browser cannot. */
export const registerWorker = async () => {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined) return false;
  const hadOne = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    if (!hadOne && !isChanged && registration?.waiting === null && !wasAsked) return;
    isChanged = true;
    reloadWhenQuiet();
  });
  try {
    registration = await serviceWorker.register("/field/sw.js", { scope: "/field" });
  } catch (error) {
    console.warn("service worker", error); // no network, or no room: the next start tries again
    return false;
  }
  registration.addEventListener("updatefound", () => watch(registration.installing));
  watch(registration.installing);
  if (registration.waiting) tell();
  const look = () => registration.update().catch(() => {});
  setInterval(look, LOOK_MS);
  addEventListener("online", look);
  return true;
};

let wasAsked = false;

/** Call back when a new version is ready; at once if one is. */
export const onUpdate = (callback) => {
  listeners.add(callback);
  if (registration?.waiting) callback();
  return () => listeners.delete(callback);
};

/** Go over to the new version if nothing is typed; waits for what is being sent. Gives whether. */
export const applyUpdate = async () => {
  if (!registration?.waiting || isTyping) return false;
  return navigator.locks.request(LOCK, () => {
    if (isTyping || !registration.waiting) return false;
    wasAsked = true;
    registration.waiting.postMessage("apply-update");
    return true;
  });
};
