// Where somebody stands: many fixes of the phone averaged, never claimed better than they can be.

import { localTime } from "./record.js";
import { metresPerDegree } from "./geo.js";

const LAG_MS = 5_000;
const KEEP_MS = 180_000;
const ENOUGH = 5;
const FAR = 3;
const MOVED_OF = 5;
const CORRELATED_S = 60;

const isSound = ({ lon, lat, accuracy_m }) =>
  Number.isFinite(lon) &&
  Number.isFinite(lat) &&
  Math.abs(lon) <= 180 &&
  Math.abs(lat) <= 90 &&
  Number.isFinite(accuracy_m) &&
  accuracy_m > 0;

const median = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Average fixes `{lon, lat, accuracy_m, timestamp}` (68 %, ms): `{add(fix), result(), isGood()}`.
 * `now`: milliseconds of a clock that never jumps.
 */
export const makeAverager = ({ gate_m, now = () => performance.now(), wall = () => Date.now() }) => {
  let fixes = [];
  let per = null;

  const xy = (fix) => ({ x: fix.lon * per.lon, y: fix.lat * per.lat });
  const middleOf = (some) => ({ x: median(some.map((f) => f.x)), y: median(some.map((f) => f.y)) });

  const kept = () => {
    const fresh = Math.min(...fixes.map((fix) => fix.lag));
    let some = fixes.filter((fix) => fix.lag - fresh <= LAG_MS && now() - fix.arrived <= KEEP_MS);
    if (some.length >= 2 * MOVED_OF) {
      const before = some.slice(0, -MOVED_OF);
      const after = some.slice(-MOVED_OF);
      const [one, other] = [middleOf(before), middleOf(after)];
      const reach = median(before.map((f) => f.accuracy_m)) + median(after.map((f) => f.accuracy_m));
      if (Math.hypot(one.x - other.x, one.y - other.y) > FAR * reach) some = after;
    }
    if (some.length < 3) return some;
    const middle = middleOf(some);
    const usual = median(some.map((fix) => fix.accuracy_m));
    const near = some.filter(
      (fix) => Math.hypot(fix.x - middle.x, fix.y - middle.y) <= FAR * Math.max(usual, fix.accuracy_m),
    );
    return near.length > 0 ? near : some;
  };

  const add = (fix) => {
    if (!isSound(fix)) return false;
    per ??= metresPerDegree(fix.lat);
    const arrived = now();
    const timestamp = fix.timestamp ?? arrived;
    const last = fixes[fixes.length - 1];
    if (last !== undefined && last.timestamp === timestamp && last.lon === fix.lon && last.lat === fix.lat)
      return false;
    fixes.push({ ...fix, ...xy(fix), arrived, timestamp, lag: arrived - timestamp, at: wall() });
    if (fixes.length > 600) fixes = fixes.slice(-600);
    return true;
  };

  const result = () => {
    const some = fixes.length === 0 ? [] : kept();
    if (some.length === 0) return null;
    const weights = some.map((fix) => 1 / fix.accuracy_m ** 2);
    const total = weights.reduce((sum, each) => sum + each, 0);
    const mean = (of) => some.reduce((sum, fix, i) => sum + weights[i] * of(fix), 0) / total;
    const [x, y] = [mean((f) => f.x), mean((f) => f.y)];
    const spread = Math.sqrt(mean((f) => (f.x - x) ** 2 + (f.y - y) ** 2));
    const typical = Math.max(Math.sqrt(some.length / total), spread);
    const spans = Math.max(0, some[some.length - 1].arrived - some[0].arrived) / 1000 / CORRELATED_S;
    const shrink = spans < 1e-6 ? 1 : Math.sqrt((2 / spans) * (1 - (1 - Math.exp(-spans)) / spans));
    const best = Math.min(...some.map((fix) => fix.accuracy_m));
    return {
      lon: x / per.lon,
      lat: y / per.lat,
      accuracy_m: Math.max(best / 2, typical * Math.min(1, shrink)),
      method: "gnss",
      samples: some.length,
      spread_m: spread,
      taken_at: localTime(some[some.length - 1].at),
    };
  };

  const isGood = () => {
    const found = result();
    return found !== null && found.samples >= ENOUGH && found.accuracy_m <= gate_m;
  };

  return { add, result, isGood };
};

/** Watch where the phone is; `onFix({lon, lat, accuracy_m, timestamp})`; gives how to stop. */
export const watchPosition = (onFix, onError) => {
  if (!("geolocation" in navigator)) {
    onError({ kind: "missing" });
    return () => {};
  }
  const id = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) =>
      onFix({ lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy, timestamp }),
    ({ code }) => onError({ kind: { 1: "refused", 2: "failed", 3: "slow" }[code] ?? "failed" }),
    { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 },
  );
  return () => navigator.geolocation.clearWatch(id);
};
