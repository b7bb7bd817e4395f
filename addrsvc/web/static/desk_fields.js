// Fields of a record side by side: as seen, as registered now, as collected, and what will be
// registered. What is chosen or typed stays with the item until it is recorded.

const byId = (id) => document.getElementById(id);

const make = (name, className, ...children) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
};

const SIGNS = { same: "=", new: "+", changed: "≠", elsewhere: "≠", conflict: "⚠" };

const said = (text, words) => (text === "" ? make("i", "quiet", words.nothing) : text);

const valuesOf = (row, words) => {
  const values = [
    [words.base, row.base],
    [words.registered, row.registered],
    [words.collected, row.collected],
  ];
  const parts = values.map(([name, value]) => {
    const told = make("dd", "", said(value, words));
    told.lang = "vi";
    return make("div", "", make("dt", "", name), told);
  });
  return make("dl", "difference-values", ...parts);
};

const give = (item, row, chosen, value = "") => {
  item.given ??= {};
  item.given[row.field] = { chosen, value };
};

const input = (row, value, label) => {
  const element = row.options.length > 0 ? make("select", "") : make("input", "");
  for (const [each, name] of row.options) element.append(new Option(name, each));
  if (row.options.length === 0) {
    element.maxLength = 200;
    element.autocomplete = "off";
    element.lang = "vi";
  }
  element.value = value;
  element.setAttribute("aria-label", label);
  return element;
};

const typed = (item, row, words) => {
  const value = item.given?.[row.field]?.value ?? row.value;
  const element = input(row, value, `${row.label}: ${words.outcome}`);
  element.dataset.field = row.field;
  element.addEventListener("input", () => {
    if (element.value === row.value) delete item.given?.[row.field];
    else give(item, row, "other", element.value);
  });
  return make("label", "difference-outcome", make("span", "quiet", words.outcome), element);
};

const chosen = (item, row, words) => {
  const name = `field-${row.field}`;
  const before = item.given?.[row.field];
  const now = before?.chosen ?? (row.change === "conflict" ? null : "collected");
  const ways = [
    ["registered", words.registered, row.registered],
    ["collected", words.collected, row.collected],
  ];
  const group = make("div", "difference-ways");
  const way = (value, ...told) => {
    const radio = make("input", "");
    radio.type = "radio";
    radio.name = name;
    radio.value = value;
    radio.checked = now === value;
    return [radio, make("label", "difference-way", radio, make("span", "", ...told))];
  };
  for (const [value, label, text] of ways) {
    const told = make("b", "", said(text, words));
    told.lang = "vi";
    const [radio, shown] = way(value, `${label}: `, told);
    radio.addEventListener("change", () => give(item, row, value));
    group.append(shown);
  }
  if (row.is_typed) {
    const [radio, shown] = way("other", words.other);
    const value = before?.chosen === "other" ? before.value : "";
    const element = input(row, value, `${row.label}: ${words.other}`);
    element.dataset.field = row.field;
    const take = () => {
      radio.checked = true;
      give(item, row, "other", element.value);
    };
    radio.addEventListener("change", () => {
      take();
      element.focus();
    });
    element.addEventListener("input", take);
    group.append(make("div", "difference-other", shown, element));
  }
  return group;
};

const rowOf = (item, row, words) => {
  const title = make("h4", "", row.label);
  if (row.mark !== "") {
    const sign = make("span", "difference-sign", SIGNS[row.change]);
    sign.setAttribute("aria-hidden", "true");
    title.append(" ", make("span", "difference-mark", sign, " ", row.mark));
  }
  title.id = `difference-${row.field}`;
  const element = make("div", `difference difference-${row.change}`, title);
  element.setAttribute("role", "group");
  element.setAttribute("aria-labelledby", title.id);
  const isPlain = row.change === "same" || row.change === "new";
  if (!isPlain) element.append(valuesOf(row, words));
  const isChosen =
    row.change === "conflict" || (row.change === "changed" && row.value === "");
  if (isChosen) element.append(chosen(item, row, words));
  else if (row.is_typed) element.append(typed(item, row, words));
  else if (isPlain) element.append(make("p", "", said(row.registered, words)));
  return element;
};

/** Show the fields of an item; other kinds of items have none. */
export const showFields = (item, words) => {
  const part = byId("desk-fields");
  if (part === null) return;
  part.replaceChildren(...item.differences.map((row) => rowOf(item, row, words.fields)));
  document.querySelector(".desk-fields-part").hidden = item.differences.length === 0;
};

/** Give the first field that somebody has to choose a value of; undefined: none. */
export const undecidedField = (item) =>
  item.differences.find((row) => row.change === "conflict" && !item.given?.[row.field]);

/** Go to a field: to its choice, or to where it is typed. */
export const goToField = (row) => {
  const group = byId(`difference-${row.field}`)?.parentElement;
  group?.querySelector("input, select")?.focus();
};
