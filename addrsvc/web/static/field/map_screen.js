// An area: its map, its addresses as a list, and what can be said of one of them.

import { fold, openArea } from "./area.js";
import { showMap } from "./area_map.js";
import { card, facts, linkButton, make, metres, sign, text } from "./dom.js";
import { distanceM } from "./geo.js";
import { lineOf, matcher, titleOf } from "./labels.js";
import { plateOf } from "./plate.js";
import { isLast, watchPosition } from "./position.js";
import { say } from "./words.js";

const MOST_ROWS = 100;
const MY_ZOOM = 18;

// The area last looked at: to open one of ten thousand addresses anew takes a moment on a telephone.
let opened = null;

/**
 * Give the area of a task on this telephone with its package, and in it what was recorded here
 * since; null: it is not on it.
 */
export const findArea = async (field, task_id) => {
  if (!task_id) return null;
  const kept = (await field.store.listAreas()).find(({ task }) => task.task_id === task_id);
  const isOpen = opened?.pkg.task.task_id === task_id && Boolean(kept?.etag) && opened.pkg.etag === kept.etag;
  if (!isOpen) {
    const pkg = await field.store.getPackage(task_id);
    if (!pkg) return null;
    opened = openArea(pkg);
  }
  const area = opened;
  area.setRecords(await field.store.listRecords());
  return { pkg: area.pkg, area };
};

const AROUND_DEG = 0.002;
const COUNTRY = [102.1, 8.4, 109.5, 23.4];

const boxAround = (place) =>
  place?.lon
    ? [place.lon - AROUND_DEG, place.lat - AROUND_DEG, place.lon + AROUND_DEG, place.lat + AROUND_DEG]
    : COUNTRY;

/** Give an area with nothing in it but what was recorded here, for a record whose own is not on the telephone any more. */
export const withoutArea = async (field, { task, commune_code, form }) => {
  const pkg = {
    task: { task_id: task, commune_code },
    bbox: boxAround(form.position ?? form.address),
    columns: [],
    addresses: [],
  };
  const area = openArea(pkg);
  area.setRecords(await field.store.listRecords());
  return { pkg, area, isMissing: true };
};

/** The screen that says an area has to be taken along first. */
export const areaMissing = (task_id = "") => ({
  title: say("areas_title"),
  back: "#/",
  body: [card("warn", text(say("area_missing")))],
  foot: [linkButton(say("get_areas"), `#/tasks/${task_id}`, "big")],
});

/** Words for why there is no position, and what to do; `again`: the button that measures anew. */
export const positionTrouble = ({ kind }, again) =>
  ({
    refused: say("position_refused", { again }),
    missing: say("position_missing"),
    slow: say("position_slow"),
  })[kind] ?? say("position_failed");

const pathOf = (task_id, ref) => `#/address/${task_id}/${encodeURIComponent(ref)}`;

/** Show the map of an area; its buttons are under the thumb. */
export const mapScreen = async (field, [, task_id]) => {
  const found = await findArea(field, task_id);
  if (found === null) return areaMissing(task_id);
  const { pkg, area } = found;
  const element = make("div", { className: "map", id: "map" });
  // told aloud where something changes, not at every fix
  const said = make("span", { role: "status" }, say("map_hint"));
  const within = make("span", "");
  const add = make("a", { className: "button", href: `#/add/${task_id}`, id: "add-here" }, sign("add"), say("add_here"));
  let map = null;
  let here = null;
  let isWanted = false;
  let isMarked = false;
  let isOver = false;
  let stop = () => {};
  const tell = (words) => {
    if (said.textContent !== words) said.textContent = words;
  };
  const centre = make("button", { type: "button", className: "button plain", id: "my-place" }, sign("here"), say("my_place"));
  const showHere = () => {
    map?.setHere(here);
    if (!isWanted) return;
    isWanted = false;
    map?.goTo(here, MY_ZOOM);
  };
  centre.addEventListener("click", () => {
    isWanted = true;
    if (here !== null) showHere();
    else tell(say("position_waiting"));
    if (isOver) measure();
  });
  const measure = () => {
    isOver = false;
    stop = watchPosition(
      (fix) => {
        here = fix;
        tell(isMarked ? say("map_marked") : "");
        within.textContent = say("here_within", { metres: metres(fix.accuracy_m) });
        showHere();
      },
      (error) => {
        isOver = isLast(error);
        tell(positionTrouble(error, say("my_place")));
      },
    );
  };
  const ready = () => {
    const pick = (point) => {
      map.setMark(point);
      const at = [point.lon.toFixed(7), point.lat.toFixed(7), point.accuracy_m.toFixed(1)];
      add.href = `#/add/${task_id}?at=${at}`;
      add.lastChild.textContent = say("add_at_mark");
      isMarked = true;
      tell(say("map_marked"));
    };
    map = showMap(element, area, {
      onPick: pick,
      onAddress: ({ ref }) => field.go(pathOf(task_id, ref)),
      onRecord: ({ id }) => field.go(`#/record/${id}`),
    });
    field.store.listRecords().then((records) => map?.setRecords(records));
    measure();
  };
  return {
    title: pkg.task.title,
    back: "#/",
    className: "body-map",
    body: [element, make("p", "map-said", said, " ", within)],
    foot: [
      make(
        "div",
        "thirds",
        centre,
        add,
        make("a", { className: "button plain", href: `#/list/${task_id}` }, sign("list"), say("list_button")),
      ),
    ],
    ready,
    close: () => {
      stop();
      map?.remove();
    },
  };
};

const searchable = (row) => fold([lineOf(row), row.name ?? "", row.ref].join(" "));

/** Show the addresses of an area; near ones first once it is known where one stands. */
export const listScreen = async (field, [, task_id]) => {
  const found = await findArea(field, task_id);
  if (found === null) return areaMissing(task_id);
  const { pkg, area } = found;
  const all = area.rows.map((row) => ({ row, key: null }));
  const rows = make("div", { className: "rows", id: "addresses" });
  const search = make("input", {
    type: "search",
    id: "addresses-search",
    autocomplete: "off",
    enterKeyHint: "search",
    aria: { label: say("search_addresses") },
    placeholder: say("search_addresses"),
  });
  let here = null;
  const away = ({ lon, lat }) => (here && lon !== null ? distanceM(here, { lon, lat }) : null);
  const show = () => {
    const isAsked = matcher(search.value);
    const isFound = (each) => isAsked((each.key ??= searchable(each.row)));
    const matching = search.value.trim() === "" ? all : all.filter(isFound);
    const some = matching.map(({ row }) => ({ row, away: away(row) }));
    if (here) some.sort((one, other) => (one.away ?? Infinity) - (other.away ?? Infinity));
    rows.replaceChildren(
      ...some.slice(0, MOST_ROWS).map(({ row, away: far }) =>
        make(
          "a",
          { className: "row", href: pathOf(task_id, row.ref) },
          make("strong", "", titleOf(row)),
          make(
            "span",
            "quiet",
            [
              say(`kind_${row.kind}`),
              far === null ? null : say("metres_away", { metres: metres(far) }),
              row.visited ? say("visited") : null,
            ]
              .filter(Boolean)
              .join(" · "),
          ),
        ),
      ),
      ...(some.length > MOST_ROWS ? [text(say("more_rows", { count: some.length - MOST_ROWS }), "quiet")] : []),
      ...(some.length === 0 ? [text(say("none_found"), "quiet")] : []),
    );
  };
  search.addEventListener("input", show);
  show();
  let stop = () => {};
  const ready = () => {
    stop = watchPosition(
      (fix) => {
        const isFirst = here === null;
        here = fix;
        if (isFirst) show();
      },
      () => {},
    );
  };
  return {
    title: pkg.task.title,
    back: `#/map/${task_id}`,
    body: [search, rows],
    foot: [linkButton(say("add_address"), `#/add/${task_id}`)],
    ready,
    close: () => stop(),
  };
};

/** Show one address of an area, and what can be said of it. */
export const addressScreen = async (field, [, task_id, ref]) => {
  const found = await findArea(field, task_id);
  if (found === null) return areaMissing(task_id);
  const row = found.area.byRef(ref);
  if (!row) {
    return { title: found.pkg.task.title, back: `#/list/${task_id}`, body: [text(say("address_unknown"))], foot: [] };
  }
  const records = (await field.store.listRecords()).filter(({ form }) => form?.address?.ref === ref);
  const act = (name) => `#/${name}/${task_id}/${encodeURIComponent(ref)}`;
  return {
    title: say("address_title"),
    back: `#/list/${task_id}`,
    body: [
      make("h2", "title", titleOf(row)),
      records.length > 0
        ? card("warn", text(say("address_recorded")), linkButton(say("see_record"), `#/record/${records[0].id}`, "plain"))
        : null,
      facts([
        [say("field_kind"), say(`kind_${row.kind}`)],
        [say("fact_line"), lineOf(row)],
        [say("field_name"), row.name],
        [say("fact_code"), /^\d{10}$/.test(row.ref) ? plateOf(row.ref) : say("no_code_yet")],
        [say("fact_accuracy"), row.accuracy_m ? metres(row.accuracy_m) : null],
        [say("fact_visited"), row.visited ? say("visited") : null],
      ]),
    ],
    foot: [
      make("p", "foot-title", say("what_did_you_find")),
      linkButton(say("act_correct"), act("correct"), "big"),
      make(
        "div",
        "halves",
        linkButton(say("act_nobody-home"), act("nobody-home"), "plain"),
        linkButton(say("act_gone"), act("gone"), "plain danger-text"),
      ),
    ],
  };
};
