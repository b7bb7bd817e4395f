// A code as it stands on the gate: large, to scan, to copy.

import { button, make } from "./dom.js";
import { lineOf } from "./labels.js";
import { plateOf } from "./plate.js";
import { cardLink, qrSvg } from "./qr.js";
import { say } from "./words.js";

/** Show the code of a record with what is copied on the gate. */
export const codePart = async (store, { code, form }) => {
  const cards_at = (await store.getMeta("rules"))?.cards_at;
  const plate = plateOf(code);
  const said = make("span", { className: "quiet", role: "status" });
  const copy = button(
    say("copy_code"),
    async () => {
      const isDone = await navigator.clipboard?.writeText(plate).then(
        () => true,
        () => false,
      );
      said.textContent = isDone ? say("copied") : say("copy_failed");
    },
    "plain",
  );
  const picture = qrSvg(cardLink(plate, cards_at));
  picture.setAttribute("class", "qr");
  picture.setAttribute("aria-label", say("qr_label"));
  return make(
    "section",
    "code",
    make("p", { className: "plate", id: "code" }, plate),
    picture,
    make("p", "code-line", form ? lineOf(form) : ""),
    make("div", "actions", copy, said),
  );
};
