// The map of the desk: one map for all items; candidates as numbered markers, boundaries once.

import { addCredit, basemapOrNothing } from "./basemap.js";
import { collection, colour, drawn, edgesOf, layersOf, localeOf, namePlace } from "./map.js";

const AROUND_DEG = 0.15;
const FIT = { padding: 48, maxZoom: 17, animate: false };

const windowAround = ([lon, lat]) =>
  [lon - AROUND_DEG, lat - AROUND_DEG, lon + AROUND_DEG, lat + AROUND_DEG].map((each) =>
    Number(each.toFixed(3)),
  );

const holds = (box, [lon, lat]) =>
  box !== null && lon > box[0] && lat > box[1] && lon < box[2] && lat < box[3];

const styleOf = (base) => ({
  version: 8,
  ...(base.glyphs ? { glyphs: base.glyphs } : {}),
  sources: {
    ...base.sources,
    communes: { type: "geojson", data: collection([]) },
    edges: { type: "geojson", data: collection([]) },
  },
  layers: layersOf(base, {
    ground: { id: "ground", type: "background", paint: { "background-color": colour("ground") } },
    communes: {
      id: "communes",
      type: "fill",
      source: "communes",
      paint: { "fill-color": colour("commune") },
    },
    rest: [
      {
        id: "edges",
        type: "line",
        source: "edges",
        paint: { "line-color": colour("line"), "line-width": 1.5 },
      },
    ],
  }),
});

const markerElement = (text, className, label) => {
  const element = document.createElement("div");
  element.className = `desk-marker ${className}`;
  element.textContent = text;
  element.title = label;
  return element;
};

/** Make the map; gives a function that shows an item's places: `[{at, text, kind, label, isFallback}]`. */
export const makeDeskMap = async (container, words) => {
  const [library, base] = await Promise.all([
    import(container.dataset.library),
    basemapOrNothing(),
  ]);
  const map = new library.Map({
    container,
    style: styleOf(base),
    center: [106.7, 10.9],
    zoom: 8,
    minZoom: 5,
    maxZoom: 19,
    attributionControl: false,
    cooperativeGestures: true,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    locale: localeOf(words),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.addControl(new library.ScaleControl({ unit: "metric" }));
  addCredit(map, base);
  await map.once("load");
  let markers = [];
  let names = [];
  let box = null;

  const drawBoundaries = async (at) => {
    if (holds(box, at)) return;
    box = windowAround(at);
    const query = new URLSearchParams({ level: "commune", bbox: box.join() });
    const answer = await fetch(`/v1/admin-units.geojson?${query}`).catch(() => null);
    if (answer === null || !answer.ok) return;
    const features = (await answer.json()).features.map(drawn);
    map.getSource("communes").setData(collection(features));
    map.getSource("edges").setData(collection(edgesOf(features)));
    for (const name of names) name.remove();
    names = features.slice(0, 60).map((feature) => {
      const element = document.createElement("div");
      element.className = "commune-name";
      element.lang = "vi";
      element.textContent = feature.properties.full_name;
      return new library.Marker({ element }).setLngLat(namePlace(feature)).addTo(map);
    });
  };

  return (places) => {
    for (const marker of markers) marker.remove();
    const bounds = new library.LngLatBounds();
    // a street or commune in the middle of nowhere does not push the houses off
    const near = places.filter((place) => !place.isFallback);
    for (const { at } of near.length > 0 ? near : places) bounds.extend(at);
    markers = places.map(({ at, text, kind, label }) => {
      const element = markerElement(text, `desk-marker-${kind}`, label);
      return new library.Marker({ element }).setLngLat(at).addTo(map);
    });
    if (places.length === 0) return;
    map.fitBounds(bounds, FIT);
    drawBoundaries(places[0].at);
  };
};
