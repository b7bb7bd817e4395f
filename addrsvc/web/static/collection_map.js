// Maps of field collection: how far a task is, or an area drawn by tapping its corners. Addresses
// come in the package of the task, as phones take it along.

import { addCredit, basemapOrNothing, between } from "./basemap.js";
import { colour, collection, drawn, edgesOf, localeOf, point } from "./map.js";

const FAR_ZOOM = 12;
const AROUND_DEG = 0.05;
const WAITING = new Set(["received", "needs-you"]);

const paintOf = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--collection-${name}`).trim();

const feature = (geometry, properties = {}) => ({ type: "Feature", properties, geometry });

const styleOf = (base, sources, layers) => ({
  version: 8,
  ...(base.glyphs ? { glyphs: base.glyphs } : {}),
  sources: {
    ...base.sources,
    ...Object.fromEntries(
      Object.entries(sources).map(([name, data]) => [name, { type: "geojson", data }]),
    ),
  },
  layers: [
    { id: "paper", type: "background", paint: { "background-color": colour("ground") } },
    ...between(base, layers.areas, layers.rest),
  ],
});

const areaLayers = (source) => ({
  areas: [
    {
      id: `${source}-fill`,
      type: "fill",
      source,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": colour("here"), "fill-opacity": 0.5 },
    },
  ],
  rest: [
    {
      id: `${source}-edge`,
      type: "line",
      source,
      paint: { "line-color": colour("point"), "line-width": 2.5 },
    },
  ],
});

const dots = (source, kind, radius) => ({
  id: `${source}-${kind}`,
  type: "circle",
  source,
  filter: ["==", ["get", "kind"], kind],
  paint: {
    "circle-color": paintOf(kind),
    "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, radius * 0.45, 17, radius],
    "circle-stroke-color": colour("halo"),
    "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 13, 0, 16, 1.5],
  },
});

const mapOf = (library, container, { style, bounds, words }) => {
  const map = new library.Map({
    container,
    style,
    bounds,
    fitBoundsOptions: { padding: 40, maxZoom: 17 },
    minZoom: 5,
    maxZoom: 20,
    attributionControl: false,
    cooperativeGestures: true,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    locale: localeOf(words),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.addControl(new library.ScaleControl({ unit: "metric" }));
  return map;
};

// --- how far a task is -----------------------------------------------------------------------

const rowsOf = ({ columns, addresses }) => {
  const at = Object.fromEntries(columns.map((name, index) => [name, index]));
  return addresses.map((row) => ({
    ref: row[at.ref], lon: row[at.lon], lat: row[at.lat], visited: row[at.visited],
  }));
};

const kindOf = ({ ref, visited }, marks) => {
  if (marks.gone.has(ref)) return "gone";
  if (WAITING.has(visited)) return "waiting";
  if (marks.added.has(ref)) return "new";
  return visited === null || visited === "refused" ? "todo" : "done";
};

const dotsOf = (given, found) => {
  const marks = {
    gone: new Set(found.filter((each) => each.gone).map((each) => each.gone)),
    added: new Set(found.filter((each) => each.new).map((each) => each.new)),
  };
  const shown = rowsOf(given);
  const there = new Set(shown.map((each) => each.ref));
  const apart = found
    .filter((each) => "new" in each && !there.has(each.new) && typeof each.lon === "number")
    .map((each) => feature(point(each).geometry, { kind: "new" }));
  const known = shown
    .filter((each) => each.lon !== null)
    .map((each) => feature(point(each).geometry, { kind: kindOf(each, marks) }));
  return [...known, ...apart];
};

const showTask = async (library, base, container, place, words) => {
  const answer = await fetch(place.package);
  if (!answer.ok) throw new Error(`package ${answer.status}`);
  const given = await answer.json();
  const ground = given.area ?? (given.task.kind === "commune" ? given.commune_boundary : null);
  const { areas, rest } = areaLayers("area");
  const kinds = [["todo", 5], ["done", 5], ["waiting", 6], ["new", 6], ["gone", 6]];
  const style = styleOf(
    base,
    {
      area: collection(ground === null ? [] : [feature(ground)]),
      dots: collection(dotsOf(given, place.marks)),
    },
    { areas, rest: [...rest, ...kinds.map(([kind, radius]) => dots("dots", kind, radius))] },
  );
  return mapOf(library, container, { style, bounds: given.bbox, words });
};

// --- an area drawn by its corners ------------------------------------------------------------

const communesAround = async ({ commune, lon, lat }) => {
  const box = [lon - AROUND_DEG, lat - AROUND_DEG, lon + AROUND_DEG, lat + AROUND_DEG];
  const asked = new URLSearchParams({
    level: "commune",
    bbox: box.map((degrees) => degrees.toFixed(3)).join(","),
  });
  const answer = await fetch(`/v1/admin-units.geojson?${asked}`);
  const found = answer.ok ? (await answer.json()).features.map(drawn) : [];
  return { all: found, own: found.filter((each) => each.properties.code === commune) };
};

const frameOf = (library, { lon, lat }, own) => {
  const bounds = new library.LngLatBounds([lon, lat], [lon, lat]);
  for (const { geometry } of own) {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    for (const [ring] of polygons) for (const corner of ring) bounds.extend(corner);
  }
  return bounds;
};

const shapeOf = (corners) => {
  if (corners.length < 3) return null;
  return { type: "Polygon", coordinates: [[...corners, corners[0]]] };
};

const sketchOf = (corners) => {
  const shape = shapeOf(corners);
  const line = corners.length > 1 && shape === null;
  return collection([
    ...(shape === null ? [] : [feature(shape)]),
    ...(line ? [feature({ type: "LineString", coordinates: corners })] : []),
    ...corners.map(([lon, lat]) => feature(point({ lon, lat }).geometry, { kind: "corner" })),
  ]);
};

// What was pasted or drawn before, as far as it is one ring.
const cornersOf = (text) => {
  try {
    const given = JSON.parse(text);
    const shape = given.geometry ?? given;
    const ring = shape.type === "Polygon" ? shape.coordinates[0] : shape.coordinates[0][0];
    return ring.slice(0, -1).map(([lon, lat]) => [Number(lon), Number(lat)]);
  } catch {
    return [];
  }
};

const letDraw = (map, field, words) => {
  const status = document.getElementById("map-status");
  let corners = cornersOf(field.value);
  const show = () => {
    map.getSource("sketch").setData(sketchOf(corners));
    const shape = shapeOf(corners);
    field.value = shape === null ? "" : JSON.stringify(shape);
    status.textContent = words.count.replace("{count}", corners.length);
  };
  map.on("click", ({ lngLat }) => {
    corners = [...corners, [Number(lngLat.lng.toFixed(6)), Number(lngLat.lat.toFixed(6))]];
    show();
  });
  for (const button of document.querySelectorAll("[data-draw]")) {
    button.addEventListener("click", () => {
      corners = button.dataset.draw === "clear" ? [] : corners.slice(0, -1);
      show();
    });
  }
  field.addEventListener("change", () => {
    corners = cornersOf(field.value);
    map.getSource("sketch").setData(sketchOf(corners));
  });
};

const showDrawing = async (library, base, container, place, words) => {
  const { all, own } = await communesAround(place);
  const field = document.getElementById(container.dataset.draws);
  const { areas, rest } = areaLayers("sketch");
  const edge = { "line-color": colour("line"), "line-width": 1.5 };
  const style = styleOf(
    base,
    { edges: collection(edgesOf(all)), sketch: sketchOf(cornersOf(field.value)) },
    {
      areas,
      rest: [
        { id: "edges", type: "line", source: "edges", paint: edge },
        ...rest,
        dots("sketch", "corner", 8),
      ],
    },
  );
  const map = mapOf(library, container, { style, bounds: frameOf(library, place, own), words });
  if (own.length === 0) map.jumpTo({ zoom: FAR_ZOOM });
  return map;
};

/** Draw the map a container asks for: of a task, or one to draw an area on. */
export const showMap = async (container) => {
  const place = JSON.parse(container.dataset.place);
  const words = JSON.parse(container.dataset.words);
  try {
    const [library, base] = await Promise.all([
      import(container.dataset.library),
      basemapOrNothing(),
    ]);
    const show = container.dataset.draws ? showDrawing : showTask;
    const map = await show(library, base, container, place, words);
    addCredit(map, base);
    await map.once("idle");
    const field = document.getElementById(container.dataset.draws);
    if (field !== null) letDraw(map, field, words);
    container.dataset.state = "drawn";
  } catch (error) {
    container.dataset.state = "failed";
    document.getElementById("map-status").textContent = words.failed;
    throw error;
  }
};
