// The page that gives a phone its key: once, and again when it has expired. The page is of the server's
// version, this script of the one kept on the phone: neither counts on words or marks of the other's.

import { askForStorage } from "./device.js";
import { openStore } from "./store.js";
import { deviceMarked } from "./store_mark.js";

const byId = (id) => document.getElementById(id);
const form = byId("enrol");
const words = { renewLead: "", refused: "", ...JSON.parse(form.dataset.words) };

// What is said of a device that is never renewed by who is signed in.
const ENDED = new Set(["key-unknown", "key-ended"]);
const send = byId("enrol-send");

const say = (text = "") => {
  byId("enrol-said").textContent = text;
};
const refuse = (text = "") => {
  byId("enrol-problem").textContent = text;
  byId("enrol-problem").hidden = text === "";
  if (text) scrollTo(0, 0);
  if (text) say("");
};

const ask = async (path, body) => {
  const answer = await fetch(path, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRF-Token": form.dataset.csrf,
      "Accept-Language": document.documentElement.lang,
    },
    body: JSON.stringify(body),
  });
  return { ok: answer.ok, status: answer.status, json: await answer.json() };
};

let store = null;
let renewing = null; // the device this phone is

const showRenewal = () => {
  byId("enrol-new").hidden = true;
  byId("phone-name").required = false;
  byId("enrol-lead").hidden = false;
  byId("enrol-lead").textContent = words.renewLead.replace("{name}", renewing.name ?? renewing.key_id);
  send.textContent = words.renew ?? send.textContent;
};

const showAnew = () => {
  renewing = null;
  byId("enrol-lead").hidden = true;
  byId("enrol-new").hidden = false;
  byId("phone-name").required = true;
  send.textContent = words.anew ?? send.textContent;
};

const enrol = async () => {
  refuse("");
  say(words.working);
  send.disabled = true;
  try {
    const boxes = [...form.querySelectorAll("[name=area]")];
    const chosen = boxes.filter((each) => each.checked).map((each) => each.value);
    const name = byId("phone-name").value.trim();
    const answer = renewing
      ? await ask(`/v1/access/devices/${encodeURIComponent(renewing.key_id)}:renew`, {})
      : await ask("/v1/access/devices:enrol", { name, ...(boxes.length > 0 ? { areas: chosen } : {}) });
    if (answer.ok) {
      const { key, key_id, expires_at, areas } = answer.json;
      const called = renewing ? renewing.name : name;
      await store.becomeDevice({ key, key_id, expires_at, areas, name: called });
      if ((await store.getMeta("language")) === undefined) {
        await store.putMeta("language", document.documentElement.lang);
      }
      await askForStorage();
      location.assign("/field");
      return;
    }
    if (answer.status === 401) {
      location.assign("/sign-in?next=/field/enrol"); // the session ended while the page was open
      return;
    }
    if (renewing && ENDED.has(answer.json.type?.split("/").pop())) {
      const due = await store.listDue(); // of some only photos or a contact
      refuse(words.refused.replace("{count}", String(due.length)));
      showAnew();
    } else refuse(answer.json.detail ?? answer.json.title ?? words.failed ?? "");
  } catch (error) {
    refuse(error.name === "StoreError" || error.kind ? words.unkept : words.failed);
  }
  send.disabled = false;
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  enrol();
});

try {
  store = await openStore();
  renewing = (await store.getMeta("device")) ?? deviceMarked();
  if (renewing) showRenewal();
  send.disabled = false;
} catch {
  refuse(words.unkept);
}
