// What is shown once a record is saved: the code for the gate, and the next house.

import { codePart } from "./code_part.js";
import { card, linkButton, make, sign, text } from "./dom.js";
import { titleOf } from "./labels.js";
import { isCodeOpen } from "./records.js";
import { say } from "./words.js";

/** The screen that says a record is not on this telephone. */
export const unknownRecord = () => ({
  title: say("record_title"),
  back: "#/",
  body: [text(say("record_unknown"))],
  foot: [linkButton(say("to_start"), "#/")],
});

/** Show that a record is safe on the telephone: the code for the gate, and the next house. */
export const savedScreen = async (field, [, id]) => {
  const record = await field.store.getRecord(id);
  if (!record) return unknownRecord();
  const told = make("span", "");
  const use = make("p", "");
  const refresh = async () => {
    const now = (await field.store.getRecord(id)) ?? record;
    told.textContent = say(now.status === "saved" ? "saved_here" : "saved_sent");
    use.textContent = say(isCodeOpen(now) ? "code_open" : "write_on_gate");
  };
  await refresh();
  return {
    title: say("saved_title"),
    back: "#/",
    refresh,
    body: [
      card("good", make("p", { role: "status" }, sign("check"), " ", told)),
      record.code ? await codePart(field.store, record) : make("p", "", make("strong", "", titleOf(record.form))),
      record.code ? use : null,
      linkButton(say("see_record"), `#/record/${id}`, "plain"),
    ],
    foot: [
      linkButton(say("next_house"), `#/add/${record.task}`, "big"),
      make("div", "halves", linkButton(say("to_map"), `#/map/${record.task}`, "plain"), linkButton(say("to_start"), "#/", "plain")),
    ],
  };
};
