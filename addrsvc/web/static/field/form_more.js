// The rest of a sheet: photo of the gate, contact with its consent, words.

import { lineField } from "./choices.js";
import { button, make, sign, text } from "./dom.js";
import { shrink } from "./photo.js";
import { picture } from "./records.js";
import { localTime } from "./record.js";
import { language, say } from "./words.js";

const MOST_PHOTOS = 3;

const chooser = (id, words, hasCamera, onFile) => {
  const input = make("input", { type: "file", id, accept: "image/*", className: "unseen" });
  if (hasCamera) input.setAttribute("capture", "environment");
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (file) await onFile(file);
    input.value = "";
  });
  return make("label", hasCamera ? "button" : "button plain", input, hasCamera ? sign("photo") : null, make("span", "", words));
};

/** The card of the photos of a sheet. */
export const photosCard = (sheet) => {
  const shown = make("div", "photos");
  const said = make("p", { role: "status", id: "photo-said" });
  let coming = 0;
  const show = async () => {
    const figures = [];
    for (const photo of sheet.photos) {
      const drop = button(say("photo_drop"), async () => {
        sheet.photos = sheet.photos.filter((each) => each !== photo);
        sheet.changed("photos");
        await show();
        camera.querySelector("input").focus(); // what had the focus is gone
      }, "plain");
      // a picture that has arrived is not on the telephone any more
      const isHere = typeof photo.bytes !== "number";
      const shownAs = isHere
        ? await picture(new Blob([photo.bytes], { type: photo.media_type }))
        : text(say("photo_arrived"), "quiet");
      figures.push(make("figure", "photo", shownAs, drop));
    }
    shown.replaceChildren(...figures);
    offer();
  };
  const offer = () => {
    choosers.hidden = sheet.photos.length + coming >= MOST_PHOTOS;
    camera.lastChild.textContent = say(sheet.photos.length > 0 ? "photo_another" : "photo_take");
  };
  const take = async (file) => {
    said.className = "quiet";
    said.textContent = say("photo_working");
    try {
      const small = await shrink(file).finally(() => {
        coming -= 1;
      });
      const taken_at = localTime(Date.now());
      if (!sheet.photos.some(({ sha256 }) => sha256 === small.sha256)) {
        sheet.photos = [...sheet.photos, { ...small, marks: "gate", taken_at }];
      }
      said.textContent = "";
      sheet.changed("photos");
      await show();
    } catch (error) {
      console.info(`photo: ${error?.kind ?? error}`);
      offer();
      said.className = "bad";
      said.textContent = error?.words?.[language()] ?? say("photo_unreadable");
    }
  };
  // one after the other; who saves meanwhile waits for it
  const put = (file) => {
    coming += 1;
    offer();
    sheet.working = sheet.working.then(() => take(file));
    return sheet.working;
  };
  const camera = chooser("photo", say("photo_take"), true, put);
  const choosers = make("div", "actions", camera, chooser("photo-file", say("photo_choose"), false, put));
  show();
  return make(
    "section",
    { className: "card", id: "part-photos" },
    make("h2", "", say("photo_title")),
    text(say("photo_words"), "quiet"),
    shown,
    choosers,
    said,
    sheet.findingsPlace("photos"),
  );
};

// What was sent before is not on the telephone any more; what is left empty now stays there as it is.
const keptNote = ({ record }) =>
  record.receipt?.private === "kept" ? text(say("private_kept"), "quiet") : null;

/** The card of the contact of a sheet: nothing is asked before its consent was read and given. */
export const contactCard = (sheet) => {
  const { consent } = sheet;
  const own = sheet.private;
  const bind = (name) => (value) => {
    own[name] = value;
    sheet.changed(name);
  };
  const name = lineField({ id: "contact-name", label: say("contact_name"), value: own.name, maxLength: 100, onValue: bind("name") });
  const phone = lineField({
    id: "contact-phone",
    label: say("contact_phone"),
    value: own.phone,
    type: "tel",
    inputMode: "tel",
    maxLength: 30,
    onValue: bind("phone"),
  });
  const fields = make("div", { hidden: !own.consent }, name.element, phone.element);
  const tick = make("input", { type: "checkbox", id: "consent", checked: Boolean(own.consent) });
  tick.addEventListener("change", () => {
    own.consent = tick.checked ? consent.version : null;
    if (!tick.checked) {
      own.name = "";
      own.phone = "";
      name.set("");
      phone.set("");
    }
    fields.hidden = !tick.checked;
    sheet.changed("consent");
    if (tick.checked) name.input.focus();
  });
  const parts = consent
    ? [
        make("p", "", say("consent_read")),
        make("blockquote", { className: "consent", id: "consent-text" }, make("p", "", consent[language()])),
        make("label", "choice choice-wide", tick, make("span", "", say("consent_given"))),
        fields,
      ]
    : [text(say("consent_unknown"), "quiet")];
  return make(
    "details",
    { className: "card", id: "part-contact", open: Boolean(own.consent) },
    make("summary", "", make("h2", "", say("contact_title"))),
    keptNote(sheet),
    ...parts,
  );
};

/** The field for words to the office. */
export const wordsCard = (sheet) => {
  const field = make("textarea", { id: "words", rows: 2, maxLength: 2000, value: sheet.private.words });
  field.addEventListener("input", () => {
    sheet.private.words = field.value;
    sheet.changed("words");
  });
  return make(
    "section",
    "card",
    keptNote(sheet),
    make("div", "field", make("label", { htmlFor: "words" }, say("words_title")), make("p", "quiet", say("words_hint")), field),
  );
};
