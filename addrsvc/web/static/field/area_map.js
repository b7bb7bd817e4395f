// The map of an area: drawn on canvas from the package, the operator's tiles beneath where it has
// some. Leaflet is a classic script: `L` is there once the page is.

import { metresPerDegree } from "./geo.js";
import { dotsLayer } from "./map_dots.js";
import { plainText, tileLayer } from "./map_tiles.js";

const REACH_PX = 24; // half of what a thumb needs
const PICKED_PX = 10; // as exact as a thumb sets a pin
const LEAST_PICKED_M = 5; // what it is set by is no more exact itself
const ZOOMS = { minZoom: 8, maxZoom: 21 };
const NEAR_ZOOM = 18;

const WORDS = {
  vi: {
    map: "Bản đồ khu vực",
    in: "Phóng to",
    out: "Thu nhỏ",
    entrance: "Ghim lối vào",
  },
  en: {
    map: "Map of the area",
    in: "Zoom in",
    out: "Zoom out",
    entrance: "Pin of the entrance",
  },
};

const words = () => WORDS[document.documentElement.lang] ?? WORDS.vi;

const SVG = "http://www.w3.org/2000/svg";
const PIN = "M24 58C18 46 6 36 6 22a18 18 0 0 1 36 0c0 14-12 24-18 36z";
const DOOR = "M17 13h14v18H17zM27 21v3h2v-3z";

const pinElement = () => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 48 60");
  for (const data of [PIN, DOOR]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", data);
    svg.append(path);
  }
  return svg;
};

const ownStyle = () => {
  const href = new URL("./area_map.css", import.meta.url).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  document.head.append(link);
  return link;
};

const boundsOf = ([west, south, east, north]) => [
  [south, west],
  [north, east],
];

const ringsOf = (shape) =>
  shape.polygons.map((rings) => rings.map((ring) => ring.map(([lon, lat]) => [lat, lon])));

const creditControl = (L, text) => {
  const Credit = L.Control.extend({
    onAdd: () => {
      const element = document.createElement("div");
      element.className = "map-credit";
      element.textContent = text;
      return element;
    },
  });
  return new Credit({ position: "bottomleft" });
};

/**
 * Show a map: `{map, setHere(fix), setMark(point), setRecords(records), goTo(point, zoom),
 * centre(), fit(), remove()}`. `onAddress(row)`: an address was tapped; `onRecord(record)`: one of
 * this phone; `onPick(point)`: a place was set by a long press, or its pin was moved:
 * `{lon, lat, accuracy_m, method: "map"}`.
 */
export const showMap = (element, area, { onPick, onAddress, onRecord } = {}) => {
  const { L } = globalThis;
  const said = words();
  const link = ownStyle();
  element.classList.add("area-map");
  element.setAttribute("aria-label", said.map);
  const map = L.map(element, {
    ...ZOOMS,
    attributionControl: false,
    zoomControl: false,
    bounceAtZoomLimits: false,
    maxBoundsViscosity: 0,
  });
  L.control.zoom({ position: "bottomright", zoomInTitle: said.in, zoomOutTitle: said.out }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  const fit = () => map.fitBounds(boundsOf(area.bbox), { animate: false, padding: [12, 12] });
  fit();

  const { tiles } = area.pkg;
  if (tiles && "caches" in globalThis) {
    tileLayer(tiles).addTo(map);
    const credit = plainText(tiles.attribution);
    if (credit !== "") creditControl(L, credit).addTo(map);
  }

  const colour = (name) => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
  // A few shapes, in SVG: Leaflet's canvas draws once more after a map that was just moved is gone.
  const edges = [
    [area.commune, "edge-commune", { weight: 2, dashArray: "8 6" }],
    [area.shape, "edge-task", { weight: 4 }],
  ].map(([shape, name, style]) => ({
    name,
    line: L.polygon(ringsOf(shape), { ...style, fill: false, interactive: false }).addTo(map),
  }));
  const dots = dotsLayer(area);
  dots.layer.addTo(map);

  const circle = L.circle([0, 0], { radius: 1, weight: 2, fillOpacity: 0.15, interactive: false });
  const point = L.circleMarker([0, 0], { radius: 8, weight: 3, fillOpacity: 1, interactive: false });
  const recolour = () => {
    for (const { name, line } of edges) line.setStyle({ color: colour(name) });
    circle.setStyle({ color: colour("here"), fillColor: colour("here") });
    point.setStyle({ color: colour("dot-edge"), fillColor: colour("here") });
    dots.recolour();
  };
  recolour();
  link?.addEventListener("load", recolour);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", recolour);
  const resized = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  resized.observe(element);

  const picked = ({ lat, lng }) => {
    const metres = (metresPerDegree(lat).lon * 360) / (256 * 2 ** map.getZoom());
    const accuracy_m = Math.max(LEAST_PICKED_M, metres * PICKED_PX);
    return { lon: lng, lat, accuracy_m, method: "map" };
  };
  map.on("contextmenu", ({ latlng }) => onPick?.(picked(latlng)));
  map.on("click", ({ containerPoint }) => {
    const found = dots.at(containerPoint, REACH_PX);
    if (found?.record) onRecord?.(found.record);
    else if (found) onAddress?.(found.row);
  });

  // Leaflet would end a zoom on a map that is gone: it goes when the zoom has ended.
  let isZooming = false;
  map.on("zoomanim", () => {
    isZooming = true;
  });
  map.on("zoomend", () => {
    isZooming = false;
  });

  let mark = null;
  const newMark = (at) => {
    const icon = L.divIcon({
      className: "pin",
      html: pinElement(),
      iconSize: [48, 60],
      iconAnchor: [24, 58],
    });
    const named = { title: said.entrance, alt: said.entrance };
    mark = L.marker(at, { icon, draggable: true, autoPan: true, ...named }).addTo(map);
    mark.on("dragend", () => onPick?.(picked(mark.getLatLng())));
  };

  return {
    map,
    setHere: (fix) => {
      if (!fix) {
        circle.remove();
        point.remove();
        return;
      }
      const at = [fix.lat, fix.lon];
      circle.setLatLng(at).setRadius(fix.accuracy_m).addTo(map);
      point.setLatLng(at).addTo(map);
    },
    setMark: ({ lat, lon }) => {
      if (mark === null) newMark([lat, lon]);
      else mark.setLatLng([lat, lon]);
    },
    setRecords: dots.setRecords,
    goTo: (place, zoom = NEAR_ZOOM) =>
      map.setView([place.lat, place.lon], Math.max(zoom, map.getZoom()), { animate: false }),
    centre: () => picked(map.getCenter()),
    fit,
    remove: () => {
      resized.disconnect();
      dark.removeEventListener("change", recolour);
      link?.removeEventListener("load", recolour);
      if (isZooming) map.once("moveend", () => map.remove());
      else map.remove();
    },
  };
};
