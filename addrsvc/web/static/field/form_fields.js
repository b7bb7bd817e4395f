// What the address is: kind, number, street, locality, the parts inside a building, counts.

import { combobox, lineField } from "./choices.js";
import { button, make } from "./dom.js";
import { KINDS, PRIVATE_KINDS, knownAs, localityKind, localityName } from "./labels.js";
import { suggest } from "./numbering.js";
import { say } from "./words.js";

const INNER_KINDS = new Set(["apartment", "boarding_room"]);
const COUNTED_KINDS = new Set(["dwelling", "apartment", "boarding_room"]);
const MOST_CHIPS = 4;
const MOST_LOCALITIES = 3;

const kindPart = (sheet, onKind) => {
  const radios = KINDS.map((kind) => {
    const input = make("input", { type: "radio", name: "kind", value: kind, checked: sheet.form.kind === kind });
    input.addEventListener("change", () => {
      sheet.form.kind = kind;
      onKind();
      sheet.changed("kind");
    });
    return make("label", "choice", input, make("span", "", say(`kind_${kind}`)));
  });
  const others = make(
    "details",
    { className: "others", open: !PRIVATE_KINDS.has(sheet.form.kind) },
    make("summary", "", say("kind_others")),
    make("div", "choices", ...radios.slice(PRIVATE_KINDS.size)),
  );
  const usual = make("div", "choices choices-usual", ...radios.slice(0, PRIVATE_KINDS.size));
  return make("fieldset", "part", make("legend", "", say("field_kind")), usual, others);
};

const localitiesPart = (sheet) => {
  const { form, area } = sheet;
  const names = () => area.localities.map(localityName);
  const chosen = make("div", "chips");
  const typed = combobox({
    id: "locality",
    label: say("field_localities"),
    hint: say("localities_hint"),
    value: "",
    list: names,
    onValue: () => {}, // "Khu phố 1" may become "Khu phố 10" yet
    onChoose: (value) => add(value),
  });
  const full = make("p", { className: "quiet", role: "status" });
  const add = (value) => {
    const name = value.trim();
    typed.set("");
    if (name === "" || form.localities.length >= MOST_LOCALITIES) return;
    const meant = knownAs(name, names());
    const known = area.localities.find((each) => localityName(each) === meant);
    const locality = known ?? [localityKind(name), name];
    if (!form.localities.some((each) => localityName(each) === localityName(locality))) {
      form.localities = [...form.localities, locality];
    }
    show();
    sheet.changed("localities");
  };
  const drop = (locality) => {
    form.localities = form.localities.filter((each) => each !== locality);
    show();
    sheet.changed("localities");
    typed.input.focus();
  };
  const show = () => {
    chosen.replaceChildren(
      ...form.localities.map((each) => {
        const name = localityName(each);
        const chip = button(`${name}  ×`, () => drop(each), "chip");
        chip.setAttribute("aria-label", say("remove_named", { name }));
        return chip;
      }),
    );
    chosen.hidden = form.localities.length === 0;
    // nothing can be typed that would not be taken
    typed.input.readOnly = form.localities.length >= MOST_LOCALITIES;
    full.textContent = typed.input.readOnly ? say("localities_full", { count: MOST_LOCALITIES }) : "";
    full.hidden = !typed.input.readOnly;
  };
  // what was typed counts once the field is left, whether the area knows it or not
  typed.input.addEventListener("change", () => add(typed.input.value));
  typed.input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add(typed.input.value);
  });
  show();
  typed.element.insertBefore(chosen, typed.element.lastChild);
  typed.element.append(full);
  return { element: typed.element, show };
};

const fromRows = (rows) => rows.map(({ house_number }) => house_number).filter(Boolean).slice(0, 2).join(", ");

const numberChips = (sheet, number, refresh) => {
  const element = make("div", { className: "suggestions", id: "suggestions", hidden: true });
  const show = (point) => {
    if (!point || sheet.form.act !== "add") return;
    const found = suggest(point, sheet.area);
    const all = [...found.house_numbers, ...found.alleys].slice(0, MOST_CHIPS);
    streetChip(found);
    // what is the same is left alone at the next fix: somebody may be touching it
    const sign = JSON.stringify(all.map(({ number: value, rows }) => [value, fromRows(rows)]));
    if (element.dataset.sign === sign) return;
    element.dataset.sign = sign;
    const chips = all.map(({ number: value, rows }) => {
      const from = fromRows(rows);
      return make(
        "button",
        {
          type: "button",
          className: "chip chip-tall",
          on: {
            click: () => {
              sheet.form.house_number = value;
              const street = rows.find(({ thoroughfare }) => thoroughfare)?.thoroughfare;
              sheet.form.thoroughfare = sheet.form.thoroughfare || street || null;
              refresh();
              sheet.changed("house_number");
            },
          },
        },
        make("strong", "", value),
        from ? make("small", "", say("beside", { numbers: from })) : null,
      );
    });
    element.replaceChildren(...(chips.length > 0 ? [make("p", "quiet", say("suggestions_title")), make("div", "chips", ...chips)] : []));
    element.hidden = chips.length === 0;
  };
  const beside = make("div", { className: "chips", hidden: true });
  const isWritten = () => Boolean(sheet.form.thoroughfare) || sheet.form.localities.length > 0;
  // what was written is not written over by a chip that was there before
  const hideWritten = () => {
    beside.hidden ||= isWritten();
  };
  const streetChip = ({ thoroughfare, localities }) => {
    const { form } = sheet;
    const last = sheet.last;
    const like = last?.thoroughfare || last?.localities?.length ? last : { thoroughfare, localities };
    const words = [like.thoroughfare, ...(like.localities ?? []).map(localityName)].filter(Boolean).join(", ");
    beside.hidden = words === "" || isWritten();
    const said = say(like === last ? "as_last" : "as_near", { words });
    if (beside.textContent === said) return;
    beside.replaceChildren(
      button(
        said,
        () => {
          form.thoroughfare = like.thoroughfare ?? null;
          form.localities = [...(like.localities ?? [])];
          refresh();
          sheet.changed("thoroughfare");
        },
        "chip",
      ),
    );
  };
  return { element, beside, show, hideWritten };
};

const innerPart = (sheet) => {
  const { form } = sheet;
  const fields = ["unit", "floor", "building_name"].map((name) =>
    lineField({
      id: name,
      label: say(`field_${name}`),
      value: form[name],
      onValue: (value) => {
        form[name] = value || null;
        sheet.changed(name);
      },
    }),
  );
  return make("div", "inner", ...fields.map(({ element }) => element));
};

const countField = (sheet, name) => {
  const field = lineField({
    id: name,
    label: say(`fact_${name}`),
    value: sheet.form[name] ?? "",
    inputMode: "numeric",
    maxLength: 4,
    onValue: (value) => {
      const digits = value.replace(/\D/g, "");
      if (digits !== value) field.set(digits);
      sheet.form[name] = digits === "" ? null : Number(digits);
      sheet.changed(name);
    },
  });
  return field.element;
};

const counts = (sheet) => make("div", "halves", ...["rooms", "households"].map((name) => countField(sheet, name)));

/** The card of the address of a sheet: `{element, suggestAt(point), hideWritten()}`. */
export const fieldsCard = (sheet, { onKind }) => {
  const { form, area } = sheet;
  const bind = (name) => (value) => {
    form[name] = value.trim() === "" ? null : value;
    sheet.changed(name);
  };
  const number = lineField({
    id: "house-number",
    label: say("field_house_number"),
    hint: say("number_hint"),
    value: form.house_number,
    maxLength: 60,
    onValue: bind("house_number"),
  });
  const street = combobox({
    id: "thoroughfare",
    label: say("field_thoroughfare"),
    value: form.thoroughfare,
    list: () => area.streets,
    onValue: bind("thoroughfare"),
  });
  const name = lineField({ id: "name", label: say("field_name"), value: form.name, onValue: bind("name") });
  const localities = localitiesPart(sheet);
  const refresh = () => {
    number.set(form.house_number);
    street.set(form.thoroughfare);
    localities.show();
  };
  const chips = numberChips(sheet, number, refresh);
  const inner = make("details", "", make("summary", "", say("inner_title")), innerPart(sheet));
  const counted = counts(sheet);
  const forKind = () => {
    name.element.hidden = PRIVATE_KINDS.has(form.kind) && !form.name;
    const isInner = INNER_KINDS.has(form.kind) || form.unit || form.floor || form.building_name;
    if (isInner) inner.open = true;
    // what would be sent is seen
    counted.hidden = !COUNTED_KINDS.has(form.kind) && form.rooms === null && form.households === null;
  };
  forKind();
  const kinds = kindPart(sheet, () => {
    forKind();
    onKind();
  });
  const element = make(
    "section",
    { className: "card", id: "part-address" },
    make("h2", "", say("address_title")),
    kinds,
    sheet.findingsPlace("kind"),
    chips.beside,
    chips.element,
    number.element,
    street.element,
    localities.element,
    sheet.findingsPlace("address"),
    name.element,
    inner,
    counted,
  );
  return { element, suggestAt: chips.show, hideWritten: chips.hideWritten };
};
