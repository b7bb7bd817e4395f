// The map of a place and of what one plan says around it: zones as vector tiles of this server, the
// point with its accuracy, or the plot. Texts of files are compared and never shown here.

import { addCredit, basemapOrNothing, between } from "./basemap.js";
import { circle, collection, colour, localeOf, point } from "./map.js";

const FIRST_ZOOM = 5;
const LAST_ZOOM = 18;

const feature = (geometry) => ({ type: "Feature", properties: {}, geometry });

const groundOf = ({ geometry, ...place }) => {
  if (geometry) return [feature(geometry)];
  return place.accuracy_m ? [circle(place)] : [];
};

const zonesOf = ({ id, colours, grey }) => ({
  source: {
    type: "vector",
    tiles: [`${location.origin}/v1/plans/${id}/tiles/{z}/{x}/{y}`],
    minzoom: FIRST_ZOOM,
    maxzoom: LAST_ZOOM,
  },
  fill: ["match", ["get", "code"], ...Object.entries(colours).flat(), grey],
});

// Zones lie above the basemap's areas and below its streets, boundaries and names.
const styleOf = (place, plan, base) => {
  const zones = zonesOf(plan);
  const edge = { "line-color": colour("point"), "line-width": 2.5 };
  return {
    version: 8,
    ...(base.glyphs ? { glyphs: base.glyphs } : {}),
    sources: {
      ...base.sources,
      zones: zones.source,
      ground: { type: "geojson", data: collection(groundOf(place)) },
      place: { type: "geojson", data: collection(place.geometry ? [] : [point(place)]) },
    },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": colour("ground") } },
      ...between(
        base,
        [
          {
            id: "zones",
            type: "fill",
            source: "zones",
            "source-layer": "zones",
            paint: { "fill-color": zones.fill, "fill-opacity": 0.8 },
          },
          {
            id: "zone-edges",
            type: "line",
            source: "zones",
            "source-layer": "zones",
            minzoom: 14,
            paint: { "line-color": colour("line"), "line-width": 0.6 },
          },
        ],
        [
          { id: "ground", type: "line", source: "ground", paint: edge },
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
      ),
    ],
  };
};

const frameOf = (library, place) => {
  const bounds = new library.LngLatBounds([place.lon, place.lat], [place.lon, place.lat]);
  for (const { geometry } of groundOf(place)) {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    for (const [ring] of polygons) for (const corner of ring) bounds.extend(corner);
  }
  return bounds;
};

/** Draw the map of the place a container names; which plan is drawn can be chosen. */
export const showMap = async (container) => {
  const { place, plans } = JSON.parse(container.dataset.place);
  const words = JSON.parse(container.dataset.words);
  const status = document.getElementById("map-status");
  try {
    const [library, base] = await Promise.all([
      import(container.dataset.library),
      basemapOrNothing(),
    ]);
    const map = new library.Map({
      container,
      style: styleOf(place, plans[0], base),
      bounds: frameOf(library, place),
      fitBoundsOptions: { padding: 60, maxZoom: 16.5 },
      minZoom: FIRST_ZOOM,
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
    addCredit(map, base);
    const choice = document.getElementById("map-plan");
    choice?.parentElement.removeAttribute("hidden");
    choice?.addEventListener("change", () => {
      map.setStyle(styleOf(place, plans[Number(choice.value)], base), { diff: false });
    });
    await map.once("idle");
    container.dataset.state = "drawn";
  } catch (error) {
    container.dataset.state = "failed";
    status.textContent = words.failed;
    throw error;
  }
};
