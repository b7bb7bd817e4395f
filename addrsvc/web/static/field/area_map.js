// The map of an area: drawn on canvas from the package, the operator's tiles beneath where it has.
// Leaflet is a classic script: `L` is there once the page is.

/**
 * Show a map: `{setHere(fix), setMark(point, kind), setRecords(records), fit(), remove()}`.
 * `onAddress(row)`: an address was tapped; `onPick(point, kind)`: a place was set, `{lon, lat,
 * accuracy_m, method: "map"}`, kind `entrance`, `building`, or null after a long press.
 */
export const showMap = (element, area, { onPick = () => {}, onAddress = () => {} } = {}) => {
  const { L } = globalThis;
  const map = L.map(element, { preferCanvas: true, attributionControl: false });
  const [west, south, east, north] = area.bbox;
  const fit = () => map.fitBounds([[south, west], [north, east]], { animate: false });
  fit();
  for (const row of area.rows) {
    if (row.lon === null) continue;
    L.circleMarker([row.lat, row.lon], { radius: 5 }).on("click", () => onAddress(row)).addTo(map);
  }
  map.on("contextmenu", ({ latlng }) =>
    onPick({ lon: latlng.lng, lat: latlng.lat, accuracy_m: 10, method: "map" }, null),
  );
  const marks = new Map();
  let here = null;
  return {
    map,
    setHere: (fix) => {
      here?.remove();
      here = fix && L.circle([fix.lat, fix.lon], { radius: fix.accuracy_m }).addTo(map);
    },
    setMark: (point, kind) => {
      marks.get(kind)?.remove();
      if (point) marks.set(kind, L.circleMarker([point.lat, point.lon], { radius: 9 }).addTo(map));
    },
    setRecords: () => {},
    fit,
    remove: () => map.remove(),
  };
};
