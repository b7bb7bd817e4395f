// What the desk shows of one item. Text reaches the page by textContent only.

const byId = (id) => document.getElementById(id);

const make = (name, className, ...children) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
};

// Spans count code points; a string in a script counts UTF-16 units.
const markedText = ({ text, marks }) => {
  const signs = Array.from(text);
  const parts = [];
  let at = 0;
  const plain = (until) => {
    if (until > at) parts.push(signs.slice(at, until).join(""));
    at = until;
  };
  for (const mark of marks) {
    plain(mark.start);
    const words = make("span", "part-words", signs.slice(mark.start, mark.end).join(""));
    const name = make("small", "part-name", mark.name);
    if (mark.is_doubtful) name.textContent = `${mark.name}: ${mark.status}`;
    const part = make("mark", `part part-${mark.type}`, words, name);
    if (mark.is_doubtful) part.classList.add("part-doubtful");
    part.title = `${mark.name}: ${mark.value} (${mark.status})`;
    parts.push(part);
    at = mark.end;
  }
  plain(signs.length);
  return parts;
};

const choiceRow = (choice, number, words, choose) => {
  const label = make("span", "choice-label", choice.label);
  label.lang = "vi";
  const said = make("span", "choice-said", label, make("span", "hint", choice.detail));
  const row = make("li", choice.is_present ? "choice choice-present" : "choice");
  const mark = make("span", "choice-number", String(number));
  if (choice.choice === null) {
    row.append(mark, said);
    return row;
  }
  const button = make("button", "choice-button", mark, said);
  button.type = "button";
  button.dataset.choice = choice.choice;
  const does = choice.is_present ? words.confirm : words.choose;
  button.append(make("span", "choice-does", does));
  button.addEventListener("click", () => choose(choice));
  row.append(button);
  return row;
};

const placesOf = (item, words) => {
  const places = item.choices
    .map((choice, index) => ({ choice, number: index + 1 }))
    .filter(({ choice }) => choice.place !== null)
    .map(({ choice, number }) => ({
      at: [choice.place.lon, choice.place.lat],
      text: String(number),
      kind: choice.is_present ? "present" : "choice",
      label: choice.label,
      isFallback: choice.choice === null,
    }));
  for (const { point, sign, kind, label } of item.places) {
    places.push({ at: [point.lon, point.lat], text: sign, kind, label, isFallback: false });
  }
  if (item.place !== null) {
    const at = [item.place.lon, item.place.lat];
    places.push({ at, text: "×", kind: "given", label: words.mapPlace, isFallback: false });
  }
  return places;
};

/** Show the ways to choose of an item, and where they are. */
export const showChoices = (item, words, choose, showPlaces) => {
  const rows = item.choices.map((each, index) => choiceRow(each, index + 1, words, choose));
  if (rows.length === 0) rows.push(make("li", "hint", words.noChoices));
  byId("desk-choices").replaceChildren(...rows);
  const places = placesOf(item, words);
  const said = byId("desk-map-said");
  const legend = item.places.map(({ sign, label }) => `${sign}\u00a0${label}`).join(" · ");
  if (said !== null) said.textContent = places.length === 0 ? words.mapNone : legend;
  byId("desk-map")?.classList.toggle("desk-map-empty", places.length === 0);
  showPlaces(places);
};

// Who sent it is asked for one by one: each asking is logged.
const contactButton = (path, words) => {
  const button = make("button", "button-plain", words.contact);
  button.type = "button";
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await fetch(path).catch(() => null);
    const told = (await answer?.json().catch(() => null)) ?? {};
    const who = told.contact ?? told;
    const said = answer?.ok
      ? [who.name, who.phone, who.email, told.words].filter((each) => each).join(" · ") || words.contactNone
      : (told.detail ?? words.away);
    button.replaceWith(make("strong", "desk-contact", said));
  });
  return button;
};

/** Show an item: its title, text with what was read, reasons, facts. */
export const showItem = (item, words) => {
  const state = make("span", "status", item.state);
  byId("desk-title").replaceChildren(item.title, " ", state);
  byId("desk-already").hidden = item.is_open;
  byId("desk-text").replaceChildren(...markedText(item));
  byId("desk-text").classList.toggle("desk-text-plain", item.marks.length === 0);
  const notes = item.notes.map((note) => make("li", `note-${note.weight}`, note.text));
  byId("desk-notes").replaceChildren(...notes);
  document.querySelector(".desk-notes-part").hidden = notes.length === 0;
  const facts = item.facts.map(([name, value]) =>
    make("div", "", make("dt", "", name), make("dd", "", value)),
  );
  byId("desk-facts").replaceChildren(...facts);
  const links = item.links.map(([name, path]) => {
    const link = make("a", "", name);
    link.href = path;
    link.target = "_blank";
    return link;
  });
  if (item.contact !== null) links.push(contactButton(item.contact, words));
  byId("desk-links").replaceChildren(...links);
};

/** Tell of a decision that was not recorded, until somebody has looked. */
export const showFailure = (title, detail, buttons) => {
  const line = make("li", "", make("strong", "", title), ` – ${detail} `);
  for (const [name, act] of buttons) {
    const button = make("button", "button-plain", name);
    button.type = "button";
    button.addEventListener("click", () => {
      line.remove();
      byId("desk-failures").hidden = byId("desk-failures").querySelector("li") === null;
      act();
    });
    line.append(button, " ");
  }
  byId("desk-failures").querySelector("ul").append(line);
  byId("desk-failures").hidden = false;
};
