// Metres, boxes and polygons near where somebody stands. Coordinates are EPSG:4326, lon before lat.

const A_M = 6378137;
const E2 = 0.00669437999014; // WGS 84
const RAD = Math.PI / 180;

/** Give metres of one degree of longitude and of latitude at a latitude, on the ellipsoid. */
export const metresPerDegree = (lat) => {
  const sin = Math.sin(lat * RAD);
  const w = Math.sqrt(1 - E2 * sin * sin);
  return {
    lon: (RAD * A_M * Math.cos(lat * RAD)) / w,
    lat: (RAD * A_M * (1 - E2)) / (w * w * w),
  };
};

/** Measure metres between two points `{lon, lat}`: good to 0.1 % up to tens of kilometres. */
export const distanceM = (one, other) => {
  const per = metresPerDegree((one.lat + other.lat) / 2);
  return Math.hypot((one.lon - other.lon) * per.lon, (one.lat - other.lat) * per.lat);
};

const polygonsOf = (shape) => {
  if (shape === null || shape === undefined) return [];
  const geometry = shape.type === "Feature" ? shape.geometry : shape;
  if (geometry === null) return [];
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
};

const boxOf = (ring) => {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of ring) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
};

const isInRing = (ring, lon, lat) => {
  let isIn = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [x1, y1] = ring[i];
    const [x2, y2] = ring[j];
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) isIn = !isIn;
  }
  return isIn;
};

const edgeDistanceM = (ring, lon, lat, per) => {
  let nearest = Infinity;
  for (let i = 1; i < ring.length; i += 1) {
    const x1 = (ring[i - 1][0] - lon) * per.lon;
    const y1 = (ring[i - 1][1] - lat) * per.lat;
    const dx = (ring[i][0] - lon) * per.lon - x1;
    const dy = (ring[i][1] - lat) * per.lat - y1;
    const length2 = dx * dx + dy * dy;
    const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(x1 * dx + y1 * dy) / length2));
    nearest = Math.min(nearest, Math.hypot(x1 + along * dx, y1 + along * dy));
  }
  return nearest;
};

/**
 * Make a GeoJSON Polygon, MultiPolygon, Feature of one, or null ready for questions:
 * `{isEmpty, has(point), outsideM(point), polygons}`; `outsideM`: metres from it, 0 inside.
 */
export const openShape = (shape) => {
  const polygons = polygonsOf(shape).map((rings) => ({ rings, box: boxOf(rings[0]) }));
  const has = ({ lon, lat }) =>
    polygons.some(
      ({ rings, box }) =>
        lon >= box[0] &&
        lon <= box[2] &&
        lat >= box[1] &&
        lat <= box[3] &&
        isInRing(rings[0], lon, lat) &&
        !rings.slice(1).some((hole) => isInRing(hole, lon, lat)),
    );
  const outsideM = (point) => {
    if (polygons.length === 0 || has(point)) return 0;
    const per = metresPerDegree(point.lat);
    const away = polygons.flatMap(({ rings }) =>
      rings.map((ring) => edgeDistanceM(ring, point.lon, point.lat, per)),
    );
    return Math.min(...away);
  };
  return { isEmpty: polygons.length === 0, has, outsideM, polygons: polygons.map((p) => p.rings) };
};
