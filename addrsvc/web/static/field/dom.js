// Makes elements. Text reaches the page by textContent only, so that nothing read is ever markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element. Members of `props` are properties; `on` has listeners by name, `data` and `aria`
 * attributes of those families, `role`, `for` and `lang` are attributes. Children that are null are left out.
 */
export const make = (name, props = {}, ...children) => {
  const element = document.createElement(name);
  const { on = {}, data = {}, aria = {}, role, ...rest } = typeof props === "string" ? { className: props } : props;
  for (const [event, act] of Object.entries(on)) element.addEventListener(event, act);
  for (const [key, value] of Object.entries(data)) element.dataset[key] = value;
  for (const [key, value] of Object.entries(aria)) element.setAttribute(`aria-${key}`, value);
  if (role) element.setAttribute("role", role);
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined) element[key] = value;
  }
  element.append(...children.flat().filter((each) => each !== null && each !== undefined));
  return element;
};

/** A button of one action. */
export const button = (text, act, className = "") =>
  make("button", { type: "button", className, on: { click: act } }, text);

/** A link to another screen that looks like a button. */
export const linkButton = (text, hash, className = "") =>
  make("a", { className: `button ${className}`, href: hash }, text);

/** A few words; nothing at all where there are none. */
export const text = (words, className = "") =>
  words ? make("p", { className }, words) : null;

/** A framed part of a screen; `kind`: good, warn, bad or nothing. */
export const card = (kind, ...children) =>
  make("section", { className: kind ? `card card-${kind}` : "card" }, ...children);

/** Names beside values; pairs without a value are left out. */
export const facts = (pairs) =>
  make(
    "dl",
    "facts",
    pairs
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) => make("div", "", make("dt", "", name), make("dd", "", value))),
  );

/** A sign of few lines, drawn in the colour of the text beside it and silent for readers. */
export const sign = (name) => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "sign");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SIGNS[name]);
  svg.append(path);
  return svg;
};

const SIGNS = {
  back: "M15 5l-7 7 7 7",
  add: "M12 4v16M4 12h16",
  check: "M5 13l4 4 10-11",
  wait: "M12 7v5l3 3M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  needs: "M12 4v10M12 19v.5",
  refused: "M6 6l12 12M18 6L6 18",
  draft: "M4 20l1-5L16 4l4 4L9 19z",
  apart: "M7 5v14M17 5v14",
  here: "M12 3v4M12 17v4M3 12h4M17 12h4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8",
  list: "M4 6h16M4 12h16M4 18h16",
  map: "M9 4L3 6v14l6-2 6 2 6-2V4l-6 2zM9 4v14M15 6v14",
  settings: "M4 7h16M4 17h16M9 4v6M15 14v6",
  photo: "M4 8h4l2-3h4l2 3h4v11H4zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7",
};

/** Ask for a yes or no over the screen; resolves to whether it was yes. */
export const ask = (question, yes, no) =>
  new Promise((answer) => {
    const dialog = make("dialog", { className: "ask", aria: { label: question } });
    const end = (value) => {
      dialog.close();
      dialog.remove();
      answer(value);
    };
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    dialog.append(
      make("p", "", question),
      make(
        "div",
        "actions",
        button(no, () => end(false), "plain"),
        button(yes, () => end(true), "danger"),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });

/** A number with so many decimals, as the language writes it. */
export const figure = (value, decimals = 0) =>
  new Intl.NumberFormat(document.documentElement.lang, {
    maximumFractionDigits: decimals,
  }).format(value);

/** Metres with a unit: one decimal below ten, none above. */
export const metres = (value) => `${figure(value, value < 10 ? 1 : 0)} m`;

/** Bytes as people say them. */
export const size = (bytes) => {
  if (bytes < 1e6) return `${figure(Math.max(1, bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${figure(bytes / 1e6, 1)} MB` : `${figure(bytes / 1e9, 1)} GB`;
};

/** A moment or a day by the clock of the telephone. */
export const moment = (at, isDay = false) => {
  const there = new Date(at);
  const two = (number) => String(number).padStart(2, "0");
  const day = `${two(there.getDate())}/${two(there.getMonth() + 1)}`;
  return isDay ? `${day}/${there.getFullYear()}` : `${two(there.getHours())}:${two(there.getMinutes())}, ${day}`;
};
