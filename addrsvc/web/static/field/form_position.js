// Where the gate is: averaged on the spot with live accuracy, or picked on the map; the building
// itself apart, where it stands back from its gate.

import { showMap } from "./area_map.js";
import { button, make, metres } from "./dom.js";
import { positionTrouble } from "./map_screen.js";
import { isLast, makeAverager, watchPosition } from "./position.js";
import { localTime } from "./record.js";
import { say } from "./words.js";

const PICK_ZOOM = 19;

/**
 * Let a place be picked on a map over the whole screen: it is moved under a cross, by a thumb or
 * by the keys of the map. Resolves to `{lon, lat, accuracy_m}` or null.
 */
export const pickOnMap = (area, { start = null, title }) =>
  new Promise((done) => {
    const element = make("div", "map");
    const cross = make("div", { className: "cross", aria: { hidden: "true" } });
    let shown = null;
    let stop = () => {};
    const end = (value) => {
      stop();
      shown?.remove();
      dialog.close();
      dialog.remove();
      done(value);
    };
    const dialog = make(
      "dialog",
      { className: "picker", aria: { label: title } },
      make("h2", "", title),
      make("div", "picker-map", element, cross),
      make("p", "map-said", say("pick_hint")),
      make(
        "div",
        "foot halves",
        button(say("cancel"), () => end(null), "plain"),
        button(say("pick_use"), () => end(shown.centre()), "big"),
      ),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(null);
    });
    document.body.append(dialog);
    dialog.showModal();
    shown = showMap(element, area, {});
    if (start) shown.goTo(start, PICK_ZOOM);
    stop = watchPosition(
      (fix) => shown.setHere(fix),
      () => {},
    );
  });

/** What a place picked on a map is as a position. */
export const pickedPosition = ({ lon, lat, accuracy_m }) => ({
  lon,
  lat,
  accuracy_m,
  method: "map",
  taken_at: localTime(Date.now()),
});

/**
 * The card of the position of a sheet. `sheet.form.position` changes only when the collector says
 * so; what is measured meanwhile stands beside it. Gives `{element, close, gateChanged}`.
 */
export const positionCard = (sheet) => {
  const { form, area } = sheet;
  let fixes = 0;
  let trouble = null;
  let isMeasuring = form.position === null && sheet.measures;
  let stop = () => {};
  const gate = () => sheet.gates_m[form.kind] ?? sheet.gates_m.dwelling;
  let averager = makeAverager();

  const figures = make("p", { className: "metres", id: "accuracy", data: { good: "false" } });
  // told aloud where something changes, not at every fix
  const told = make("span", { role: "status" });
  const counted = make("span", "");
  const line = make("p", { className: "quiet", id: "position-told" }, told, " ", counted);
  const bar = make("progress", { max: 1, value: 0, aria: { label: say("measuring") } });
  const use = button(say("position_use"), () => take(), "big");
  use.id = "position-use";
  const anyway = button(say("position_use_anyway"), () => take(), "plain");
  anyway.id = "position-anyway";
  const again = button(say("position_again"), () => measure(), "plain");
  const pick = button(say("position_pick"), () => onMap(), "plain");
  const element = make(
    "section",
    { className: "card", id: "part-position" },
    make("h2", "", say(sheet.onlyStands ? "position_stood" : "position_title")),
    figures,
    bar,
    line,
    make("div", "actions", use, anyway, again, pick),
    sheet.findingsPlace("position"),
  );

  const show = () => {
    const result = averager.result();
    const isGood = averager.isGood(gate());
    const kept = form.position;
    const now = isMeasuring ? result : kept;
    figures.hidden = !now && !isMeasuring;
    figures.textContent = now ? metres(now.accuracy_m) : "…";
    figures.dataset.good = String(isMeasuring ? isGood : Boolean(kept) && kept.accuracy_m <= gate());
    bar.hidden = !isMeasuring;
    bar.value = result ? Math.min(1, gate() / result.accuracy_m) * Math.min(1, result.samples / 5) : 0;
    use.hidden = !isMeasuring || !isGood;
    anyway.hidden = !isMeasuring || isGood || !result;
    again.hidden = isMeasuring;
    again.textContent = kept ? say("position_again") : say("position_measure");
    const words = wordsOf(result, isGood);
    if (told.textContent !== words) told.textContent = words;
    const samples = isMeasuring && !trouble ? result?.samples : null;
    counted.textContent = samples ? say("position_samples", { samples }) : "";
    line.className = trouble ? "bad" : "quiet";
  };
  const wordsOf = (result, isGood) => {
    const gate_m = metres(gate());
    const kept = form.position;
    if (trouble) return positionTrouble(trouble, again.textContent);
    if (isMeasuring && !result) return say("position_waiting");
    if (isMeasuring) return say(isGood ? "position_good" : "position_not_yet", { gate: gate_m });
    if (kept?.method === "map") return say("position_from_map");
    if (kept) return say("position_taken", { samples: kept.samples ?? 0, gate: gate_m });
    return say(form.address ? "position_as_registered" : "position_none");
  };

  const end = () => {
    stop();
    stop = () => {};
    isMeasuring = false;
    trouble = null;
  };
  const take = () => {
    form.position = averager.result();
    end();
    show();
    sheet.changed("position");
  };
  const measure = () => {
    isMeasuring = true;
    trouble = null;
    fixes = 0;
    averager = makeAverager();
    stop();
    stop = watchPosition(
      (fix) => {
        trouble = null;
        fixes += 1;
        averager.add(fix);
        element.dataset.fixes = String(fixes);
        show();
        sheet.stands(averager.result());
      },
      (error) => {
        if (isLast(error)) end(); // the button that measures again is there
        trouble = error;
        show();
      },
    );
    show();
  };
  const onMap = async () => {
    const start = form.position ?? averager.result() ?? sheet.place();
    const point = await pickOnMap(area, { start, title: say("pick_gate") });
    if (point === null) return;
    form.position = pickedPosition(point);
    end();
    show();
    sheet.changed("position");
  };

  if (isMeasuring) measure();
  else show();
  return {
    element,
    close: () => stop(),
    gateChanged: show,
  };
};

/** Where the building stands, if not at its gate. */
export const buildingPart = (sheet) => {
  const { form, area } = sheet;
  const told = make("p", { className: "quiet", role: "status" });
  const pick = button(say("building_pick"), async () => {
    const start = form.building ?? sheet.place();
    const point = await pickOnMap(area, { start, title: say("building_title") });
    if (point === null) return;
    form.building = pickedPosition(point);
    show();
    sheet.changed("building");
  }, "plain");
  const drop = button(say("building_drop"), () => {
    form.building = null;
    show();
    sheet.changed("building");
  }, "plain");
  const show = () => {
    told.textContent = form.building ? say("building_taken") : say("building_words");
    drop.hidden = form.building === null;
  };
  show();
  return make("div", "part", make("h3", "", say("building_title")), told, make("div", "actions", pick, drop));
};
