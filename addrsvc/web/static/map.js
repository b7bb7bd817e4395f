// The map of one place: the basemap and commune boundaries of this server, the point, its circle of
// accuracy, and perhaps other places beside it; or a map to tap on. Nothing is asked of anybody
// else. Names of communes are HTML markers, set by textContent.

import { addCredit, basemapOrNothing, between, hasBackground } from "./basemap.js";

const AROUND_DEG = 0.15;
const CIRCLE_CORNERS = 72;
const MOST_NAMES = 60;

// Metres in one degree of latitude and of longitude on the WGS 84 ellipsoid.
const degreeMetres = (latDeg) => {
  const lat = (latDeg * Math.PI) / 180;
  return {
    lat: 111132.92 - 559.82 * Math.cos(2 * lat) + 1.175 * Math.cos(4 * lat),
    lon: 111412.84 * Math.cos(lat) - 93.5 * Math.cos(3 * lat) + 0.118 * Math.cos(5 * lat),
  };
};

export const circle = ({ lon, lat, accuracy_m: radius }) => {
  const metres = degreeMetres(lat);
  const ring = [];
  for (let corner = 0; corner <= CIRCLE_CORNERS; corner += 1) {
    const angle = ((corner % CIRCLE_CORNERS) / CIRCLE_CORNERS) * 2 * Math.PI;
    ring.push([
      lon + (radius * Math.cos(angle)) / metres.lon,
      lat + (radius * Math.sin(angle)) / metres.lat,
    ]);
  }
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
};

export const point = ({ lon, lat }) => ({
  type: "Feature",
  properties: {},
  geometry: { type: "Point", coordinates: [lon, lat] },
});

export const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--map-${name}`).trim();

const ringsOf = ({ geometry }) =>
  geometry.type === "Polygon"
    ? [geometry.coordinates[0]]
    : geometry.coordinates.map((polygon) => polygon[0]);

// Edges between communes, each once: drawn from both sides, dashes would fill each other's gaps.
export const edgesOf = (features) => {
  const seen = new Set();
  const isNew = (from, to) => {
    const key = [from, to].map((corner) => corner.map((c) => c.toFixed(6)).join()).sort().join(" ");
    return !seen.has(key) && seen.add(key);
  };
  return features.map((feature) => {
    const lines = [];
    for (const ring of ringsOf(feature)) {
      let line = null;
      for (let at = 1; at < ring.length; at += 1) {
        if (!isNew(ring[at - 1], ring[at])) {
          line = null;
        } else if (line === null) {
          line = [ring[at - 1], ring[at]];
          lines.push(line);
        } else {
          line.push(ring[at]);
        }
      }
    }
    const { boundary_kind } = feature.properties;
    return {
      type: "Feature",
      properties: { boundary_kind },
      geometry: { type: "MultiLineString", coordinates: lines },
    };
  });
};

const isIndicative = ["==", ["get", "boundary_kind"], "indicative"];

export const collection = (features) => ({ type: "FeatureCollection", features });

// A place with an accuracy, even of none; without, it only says where the map begins.
const isPlace = (place) => place.accuracy_m !== undefined;

// Communes, their boundaries and names are drawn by maps of places: the basemap's own lag behind a
// change by minutes.
const DRAWN_HERE = new Set(["boundaries", "commune_names"]);

/** Put communes upon the basemap's areas, its streets upon those, the rest upon all. */
export const layersOf = (base, { ground, communes, rest }) => {
  const paint = { ...communes.paint, "fill-opacity": hasBackground(base) ? 0.25 : 1 };
  return [ground, ...between(base, [{ ...communes, paint }], rest, DRAWN_HERE)];
};

const styleOf = (place, features, base) => {
  const isHere = ["==", ["get", "code"], place.commune];
  const line = { "line-color": colour("line"), "line-width": 1.5 };
  return {
    version: 8,
    ...(base.glyphs ? { glyphs: base.glyphs } : {}),
    sources: {
      ...base.sources,
      communes: { type: "geojson", data: collection(features) },
      edges: { type: "geojson", data: collection(edgesOf(features)) },
      accuracy: { type: "geojson", data: collection(place.accuracy_m ? [circle(place)] : []) },
      place: { type: "geojson", data: collection(isPlace(place) ? [point(place)] : []) },
    },
    layers: layersOf(base, {
      ground: { id: "ground", type: "background", paint: { "background-color": colour("ground") } },
      communes: {
        id: "communes",
        type: "fill",
        source: "communes",
        paint: { "fill-color": ["case", isHere, colour("here"), colour("commune")] },
      },
      rest: [
        { id: "boundary", type: "line", source: "edges", filter: ["!", isIndicative], paint: line },
        {
          id: "indicative",
          type: "line",
          source: "edges",
          filter: isIndicative,
          paint: { ...line, "line-dasharray": [3, 2.5] },
        },
        {
          id: "accuracy",
          type: "fill",
          source: "accuracy",
          paint: { "fill-color": colour("point"), "fill-opacity": 0.16 },
        },
        {
          id: "accuracy-edge",
          type: "line",
          source: "accuracy",
          paint: { "line-color": colour("point"), "line-opacity": 0.7, "line-width": 1 },
        },
        {
          id: "place",
          type: "circle",
          source: "place",
          paint: {
            "circle-color": colour("point"),
            "circle-radius": 7,
            "circle-stroke-color": colour("halo"),
            "circle-stroke-width": 3,
          },
        },
      ],
    }),
  };
};

const windowAround = ({ lon, lat }) =>
  [lon - AROUND_DEG, lat - AROUND_DEG, lon + AROUND_DEG, lat + AROUND_DEG]
    .map((degrees) => degrees.toFixed(3))
    .join(",");

// Area (doubled, signed) and centroid of a ring, in degrees: enough to place a name.
const centroid = (ring) => {
  let area = 0;
  let x = 0;
  let y = 0;
  const [originX, originY] = ring[0];
  for (let at = 0; at < ring.length - 1; at += 1) {
    const [ax, ay] = [ring[at][0] - originX, ring[at][1] - originY];
    const [bx, by] = [ring[at + 1][0] - originX, ring[at + 1][1] - originY];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return { area: Math.abs(area), at: [originX + x / (3 * area), originY + y / (3 * area)] };
};

export const namePlace = (feature) =>
  ringsOf(feature)
    .map(centroid)
    .reduce((largest, next) => (next.area > largest.area ? next : largest)).at;

// How far a name moves, in pixels, so as not to lie upon the place itself.
const stepAside = (map, at, place) => {
  if (!isPlace(place)) return [0, 0];
  const [name, mark] = [map.project(at), map.project(place)];
  const isNear = Math.abs(name.x - mark.x) < 85 && Math.abs(name.y - mark.y) < 34;
  return isNear ? [0, mark.y - name.y - 34] : [0, 0];
};

const meet = (one, other) =>
  one.left < other.right &&
  other.left < one.right &&
  one.top < other.bottom &&
  other.top < one.bottom;

// Of names that lie upon one another the first stays.
const thinOut = (names) => {
  const shown = [];
  for (const name of names) {
    const box = name.getBoundingClientRect();
    const isFree = !shown.some((each) => meet(each, box));
    name.style.visibility = isFree ? "visible" : "hidden";
    if (isFree) shown.push(box);
  }
};

const addNames = (library, map, features, place) => {
  const names = [];
  for (const feature of features.slice(0, MOST_NAMES)) {
    const isHere = feature.properties.code === place.commune;
    const name = document.createElement("div");
    name.className = isHere ? "commune-name commune-here" : "commune-name";
    name.lang = "vi";
    name.textContent = feature.properties.full_name;
    const at = namePlace(feature);
    const offset = stepAside(map, at, place);
    new library.Marker({ element: name, offset }).setLngLat(at).addTo(map);
    if (isHere) names.unshift(name);
    else names.push(name);
  }
  thinOut(names);
  map.on("zoomend", () => thinOut(names));
};

// The whole commune the place lies in, and the circle where it reaches beyond; of a place with
// others beside it these only.
const frameOf = (library, place, features) => {
  const bounds = new library.LngLatBounds([place.lon, place.lat], [place.lon, place.lat]);
  const round = circle({ ...place, accuracy_m: place.accuracy_m ?? 0 });
  for (const corner of round.geometry.coordinates[0]) bounds.extend(corner);
  for (const { lon, lat } of place.others ?? []) bounds.extend([lon, lat]);
  for (const feature of place.others?.length ? [] : features) {
    if (feature.properties.code !== place.commune) continue;
    for (const ring of ringsOf(feature)) for (const corner of ring) bounds.extend(corner);
  }
  return bounds;
};

// A feature as the map draws it: properties flat, since layers cannot look into nested ones.
export const drawn = ({ geometry, properties }) => ({
  type: "Feature",
  geometry,
  properties: {
    code: properties.code,
    full_name: properties.full_name,
    boundary_kind: properties.boundary.kind,
  },
});

const boundariesAround = async (place) => {
  const query = new URLSearchParams({ level: "commune", bbox: windowAround(place) });
  const answer = await fetch(`/v1/admin-units.geojson?${query}`);
  return answer.ok ? (await answer.json()).features.map(drawn) : [];
};

const showLegend = (features) => {
  const kinds = new Set(
    features.map(({ properties }) =>
      properties.boundary_kind === "indicative" ? "indicative" : "boundary",
    ),
  );
  for (const entry of document.querySelectorAll("[data-legend]")) {
    entry.hidden = !kinds.has(entry.dataset.legend);
  }
};

export const localeOf = (words) => ({
  "Map.Title": words.title,
  "NavigationControl.ZoomIn": words.in,
  "NavigationControl.ZoomOut": words.out,
  "CooperativeGesturesHandler.WindowsHelpText": words.ctrl,
  "CooperativeGesturesHandler.MacHelpText": words.cmd,
  "CooperativeGesturesHandler.MobileHelpText": words.fingers,
});

const makeMap = (library, container, { place, features, base, words }) => {
  const map = new library.Map({
    container,
    style: styleOf(place, features, base),
    bounds: frameOf(library, place, features),
    fitBoundsOptions: { padding: 48, maxZoom: 16.6 },
    minZoom: 5,
    maxZoom: 19,
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

// The other places of a result, by the numbers their list has.
const addOthers = (library, map, { others = [], first }) => {
  others.forEach(({ lon, lat }, index) => {
    const number = document.createElement("div");
    number.className = "map-number";
    number.textContent = index + first;
    new library.Marker({ element: number }).setLngLat([lon, lat]).addTo(map);
  });
};

// A tap sets the mark and fills the form that asks about that point.
const letTap = (library, map, form) => {
  const hint = document.querySelector("[data-tap-hint]");
  const ask = document.querySelector("[data-tap-ask]");
  const mark = document.createElement("div");
  mark.className = "map-tapped";
  const marker = new library.Marker({ element: mark });
  hint.hidden = false;
  map.on("click", ({ lngLat }) => {
    marker.setLngLat(lngLat).addTo(map);
    form.elements.lon.value = lngLat.lng.toFixed(6);
    form.elements.lat.value = lngLat.lat.toFixed(6);
    form.elements.accuracy_m.value = "";
    ask.hidden = false;
  });
};

/** Draw the map of the place a container names in its data attributes. */
export const showMap = async (container) => {
  const place = JSON.parse(container.dataset.place);
  const words = JSON.parse(container.dataset.words);
  const status = document.getElementById("map-status");
  try {
    const [library, features, base] = await Promise.all([
      import(container.dataset.library),
      boundariesAround(place),
      basemapOrNothing(),
    ]);
    const map = makeMap(library, container, { place, features, base, words });
    addCredit(map, base);
    addNames(library, map, features, place);
    addOthers(library, map, place);
    if (container.dataset.tap) letTap(library, map, document.getElementById(container.dataset.tap));
    showLegend(features);
    if (features.length === 0) status.textContent = words.bare;
    await map.once("idle");
    container.dataset.state = "drawn";
  } catch (error) {
    container.dataset.state = "failed";
    status.textContent = words.failed;
    throw error;
  }
};
