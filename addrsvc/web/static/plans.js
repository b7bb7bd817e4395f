// What scripts add to planners' pages: sending a file of zones, and following it until there is
// something else to see.

import { prepareSending } from "./sending.js";

const POLL_MS = 1500;
const OPTIONS = ["crs", "layer", "encoding", "code_column", "label_column"];

const form = document.getElementById("send");
if (form !== null) {
  prepareSending(form, {
    urlOf: (given) => {
      const fields = new FormData(form);
      const asked = new URLSearchParams({ name: given.name });
      for (const name of OPTIONS) {
        const value = fields.get(name)?.trim();
        if (value) asked.set(name, value);
      }
      return `${form.dataset.to}?${asked}`;
    },
    pageOf: (answer) => `${form.dataset.then}${encodeURIComponent(answer[form.dataset.id])}`,
  });
}

const moving = document.getElementById("moving");
const follow = async () => {
  try {
    const answer = await fetch(moving.dataset.file);
    const isSame = answer.ok && (await answer.json()).state === moving.dataset.state;
    if (!isSame && answer.status < 500 && answer.status !== 429) {
      location.reload();
      return;
    }
  } catch {
    // the connection is away; it is asked again
  }
  setTimeout(follow, POLL_MS);
};
if (moving !== null) setTimeout(follow, POLL_MS);
