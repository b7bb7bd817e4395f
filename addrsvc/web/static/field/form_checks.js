// What the checks find, shown where it can be mended; what is right all the same needs a reason.

import { NEAR_M } from "./checks.js";
import { button, card, make, metres, text } from "./dom.js";
import { titleOf } from "./labels.js";
import { say } from "./words.js";

const PARTS = {
  position: "position",
  building: "position",
  photos: "photos",
  kind: "kind",
};

const QUICK = {
  "duplicate-near": ["quick_one_gate", "quick_split", "quick_old_wrong"],
  "number-taken": ["quick_number_twice", "quick_split", "quick_old_wrong"],
  "outside-area": ["quick_border", "quick_map_wrong"],
  "part-missing": ["quick_no_number", "quick_no_street"],
  "accuracy-low": ["quick_no_sky", "quick_cannot_near"],
  "photo-missing": ["quick_not_allowed", "quick_no_camera"],
};

/** What is not asked about before somebody wants to save. */
const LATE = new Set(["part-missing", "photo-missing"]);

const LEAST_REASON = 3;

/** The part of the form a finding stands in. */
export const partOf = ({ check, fields }) => {
  if (check === "outside-area" || check === "accuracy-low") return "position";
  return PARTS[fields?.[0]] ?? "address";
};

/** Tells two findings apart; a card is made anew only where something else was found. */
export const signOf = ({ check, level, refs, fields }) =>
  JSON.stringify([check, level, fields ?? [], (refs ?? []).map(({ ref }) => ref).sort()]);

/** Tell whether a reason was given for this very finding: one about other neighbours says nothing of these. */
export const isFor = (override, finding) => override.for === signOf(finding);

/** Tell whether a finding is dealt with: there is a reason, and one may be given. */
export const isSettled = (form, finding) =>
  finding.level !== "stop" &&
  form.overrides.some((each) => isFor(each, finding) && each.reason.trim().length >= LEAST_REASON);

/** What of the findings is shown. */
export const shownFindings = (findings, hasTried) =>
  findings.filter(({ check, level }) => hasTried || (level === "warn" && !LATE.has(check)));

const words = ({ check, level, fields, distance_m }) => {
  if (check === "accuracy-low" && level === "stop") return say("check_no-position");
  if (check === "part-missing") {
    const missing = (fields ?? []).map((name) => say(`field_${name}`)).join(", ");
    return say("check_part-missing", { missing });
  }
  if (check === "duplicate-near") {
    return say("check_duplicate-near", { metres: metres(distance_m ?? NEAR_M) });
  }
  return say(`check_${check}`);
};

/** A finding with its neighbours and the way on. */
export const findingCard = (sheet, finding) => {
  const { form } = sheet;
  const { check, level, refs } = finding;
  const known = form.overrides.find((each) => isFor(each, finding));
  const put = (reason) => {
    form.overrides = form.overrides.filter((each) => each.check !== check);
    if (reason.trim()) form.overrides = [...form.overrides, { check, reason, for: signOf(finding) }];
    sheet.changed("overrides");
    mark();
  };
  const id = `reason-${check}`;
  const field = make("input", { id, type: "text", maxLength: 300, autocomplete: "off", value: known?.reason ?? "" });
  field.addEventListener("input", () => put(field.value));
  const quick = (QUICK[check] ?? []).map((key) =>
    button(
      say(key),
      () => {
        field.value = say(key);
        put(field.value);
      },
      "chip",
    ),
  );
  const done = text(say("reason_there"), "good");
  const element = card(
    level === "stop" ? "bad" : "warn",
    make("p", { className: "finding-words" }, words(finding)),
    refs?.length > 0
      ? make("ul", "", ...refs.slice(0, 3).map((row) => make("li", "", `${titleOf(row)} (${say(`kind_${row.kind}`)})`)))
      : null,
    ...(level === "stop"
      ? []
      : [
          make("p", "quiet", say("reason_ask")),
          make("div", "chips", ...quick),
          make("div", "field", make("label", { htmlFor: id }, say("reason_label")), field),
          done,
        ]),
  );
  element.classList.add("finding");
  element.dataset.check = check;
  const mark = () => {
    const isDone = isSettled(form, finding);
    done.hidden = !isDone;
    element.dataset.settled = String(isDone);
  };
  mark();
  return element;
};
