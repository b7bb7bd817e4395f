// A field to type in with a list of what may be meant, filtered without accents.

import { fold } from "./area.js";
import { make } from "./dom.js";
import { knownAs, matcher } from "./labels.js";

const MOST = 8;
let serial = 0;

/**
 * A combobox: `{element, input, set(value)}`. `list()` gives all that may be meant; what is typed
 * stands whether it is among them or not. `onValue(text)` at every change; `onChoose(text)` where one
 * of the list was meant.
 */
export const combobox = ({ id, label, value, list, onValue, onChoose = onValue, hint = null, inputMode }) => {
  const name = `choices-${(serial += 1)}`;
  const options = make("ul", { className: "options", id: name, role: "listbox", hidden: true, aria: { label } });
  let at = -1;
  const input = make("input", {
    id,
    type: "text",
    value: value ?? "",
    autocomplete: "off",
    autocapitalize: "words",
    enterKeyHint: "next",
    inputMode,
    maxLength: 200,
    role: "combobox",
    aria: { expanded: "false", controls: name, autocomplete: "list" },
  });
  const close = () => {
    options.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const choose = (text) => {
    input.value = text;
    close();
    onChoose(text);
  };
  const mark = (index) => {
    const rows = [...options.children];
    at = (index + rows.length) % rows.length;
    for (const [place, row] of rows.entries()) row.setAttribute("aria-selected", String(place === at));
    input.setAttribute("aria-activedescendant", rows[at].id);
    rows[at].scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    if (input.readOnly) return;
    const asked = fold(input.value);
    const isAsked = matcher(asked);
    const found = list()
      .map((text) => ({ text, key: fold(text) }))
      .filter(({ key }) => isAsked(key))
      .sort((one, other) => other.key.startsWith(asked) - one.key.startsWith(asked))
      .slice(0, MOST);
    const isDone = found.length === 0 || (found.length === 1 && found[0].text === input.value);
    options.replaceChildren(
      ...found.map(({ text }, index) =>
        make(
          "li",
          {
            id: `${name}-${index}`,
            role: "option",
            aria: { selected: "false" },
            // before the field loses the focus
            on: { pointerdown: (event) => event.preventDefault(), click: () => choose(text) },
          },
          text,
        ),
      ),
    );
    at = -1;
    // what may be meant is seen above the keyboard
    if (!isDone && options.hidden) element.scrollIntoView({ block: "start" });
    options.hidden = isDone;
    input.setAttribute("aria-expanded", String(!isDone));
  };
  input.addEventListener("input", () => {
    onValue(input.value);
    show();
  });
  input.addEventListener("focus", show);
  input.addEventListener("blur", close);
  // what was typed without accents is written as it is known
  input.addEventListener("change", () => {
    const known = knownAs(input.value, list());
    if (known !== undefined && known !== input.value) choose(known);
  });
  input.addEventListener("keydown", (event) => {
    if (options.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(at < 0 && step < 0 ? options.children.length - 1 : at + step);
    else if (event.key === "Enter" && at >= 0) choose(options.children[at].textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  const element = make(
    "div",
    "field combo",
    make("label", { htmlFor: id }, label),
    hint ? make("p", "quiet", hint) : null,
    make("div", "combo-box", input, options),
  );
  const set = (text) => {
    input.value = text ?? "";
    close();
  };
  return { element, input, set };
};

/** A field of one line: `{element, input, set}`. */
export const lineField = ({ id, label, value, onValue, inputMode, maxLength = 200, hint = null, type = "text", autocomplete = "off" }) => {
  const input = make("input", { id, type, value: value ?? "", autocomplete, inputMode, maxLength, enterKeyHint: "next" });
  input.addEventListener("input", () => onValue(input.value));
  const element = make("div", "field", make("label", { htmlFor: id }, label), hint ? make("p", "quiet", hint) : null, input);
  const set = (text) => {
    input.value = text ?? "";
  };
  return { element, input, set };
};
