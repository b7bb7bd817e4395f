// Where somebody stands: many fixes of the phone averaged, never claimed better than they can be.
//
// Accuracies are radii of 68 %, as Android gives them. Errors of fixes follow each other for one to
// two minutes (satellites and walls stay where they are), so a mean over seconds is hardly better than
// one fix: what is claimed shrinks with the time the fixes span, not with their number.

import { metresPerDegree } from "./geo.js";
import { localTime } from "./record.js";

const ENOUGH = 5;
const LATE_MS = 5_000; // a fix that took so much longer to arrive than others was kept from before
const KEPT_MS = 180_000;
const MOST_KEPT = 400;
const MOVED_LAST = 5; // so many fixes that agree on another place: somebody walked on
const MOVED_TIMES = 2;
const FAR_TIMES = 3; // a fix so many accuracies from the middle is a jump
const CORRELATED_S = 90;
const LEAST_SHARE = 0.5; // of the accuracy of the best fix: nothing better is ever claimed

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

const middleOf = (fixes) => ({
  x: median(fixes.map(({ x }) => x)),
  y: median(fixes.map(({ y }) => y)),
  accuracy_m: median(fixes.map(({ accuracy_m }) => accuracy_m)),
});

// How long fixes take to arrive, whatever the phone's clock: of those that came last.
const usualLag = (fixes) => {
  const lags = fixes.slice(-3).map(({ lag }) => lag);
  return lags.length < 3 ? Math.min(...lags) : median(lags);
};

const withoutOld = (fixes, now) => {
  const usual = usualLag(fixes);
  return fixes.filter(
    ({ lag, arrived }) => Math.abs(lag - usual) <= LATE_MS && now - arrived <= KEPT_MS,
  );
};

const withoutJumps = (fixes) => {
  if (fixes.length < 3) return fixes;
  const middle = middleOf(fixes);
  const near = fixes.filter(
    ({ x, y, accuracy_m }) =>
      Math.hypot(x - middle.x, y - middle.y) <=
      FAR_TIMES * Math.max(middle.accuracy_m, accuracy_m),
  );
  return near.length === 0 ? fixes : near;
};

const withoutWayHere = (fixes) => {
  if (fixes.length < 2 * MOVED_LAST) return fixes;
  const latest = fixes.slice(-MOVED_LAST);
  const before = middleOf(fixes.slice(0, -MOVED_LAST));
  const last = middleOf(latest);
  const reach = MOVED_TIMES * Math.hypot(before.accuracy_m, last.accuracy_m);
  const isMoved = Math.hypot(before.x - last.x, before.y - last.y) > reach;
  return isMoved && withoutJumps(latest).length === latest.length ? latest : fixes;
};

/** Share of a fix's error that is left in a mean over so many seconds. */
const shareLeft = (seconds) => {
  const times = seconds / CORRELATED_S;
  return times < 1e-3 ? 1 : Math.sqrt((2 / times) * (1 - (1 - Math.exp(-times)) / times));
};

const averaged = (fixes, per) => {
  const weights = fixes.map(({ accuracy_m }) => 1 / accuracy_m ** 2);
  const total = weights.reduce((sum, each) => sum + each, 0);
  const mean = (of) => fixes.reduce((sum, fix, i) => sum + weights[i] * of(fix), 0) / total;
  const [x, y] = [mean((fix) => fix.x), mean((fix) => fix.y)];
  const spread_m = Math.sqrt(mean((fix) => (fix.x - x) ** 2 + (fix.y - y) ** 2));
  const last = fixes[fixes.length - 1];
  const best_m = Math.min(...fixes.map(({ accuracy_m }) => accuracy_m));
  // fixes that scatter more than they say are no better than they scatter
  const one_m = Math.max(Math.sqrt(fixes.length / total), spread_m);
  const share = shareLeft((last.arrived - fixes[0].arrived) / 1000);
  return {
    lon: x / per.lon,
    lat: y / per.lat,
    accuracy_m: Math.max(best_m * LEAST_SHARE, one_m * share),
    method: "gnss",
    samples: fixes.length,
    spread_m,
    taken_at: localTime(last.wall),
  };
};

/**
 * Average fixes `{lon, lat, accuracy_m, timestamp}` (68 %, ms): `{add(fix), result(), isGood(gate_m)}`.
 * `result` is null before the first; it is good where there are enough fixes and it is as exact as
 * `gate_m`. `now` is a clock that never jumps, `wall` the phone's; both in milliseconds.
 */
export const makeAverager = ({ now = () => performance.now(), wall = () => Date.now() } = {}) => {
  let fixes = [];
  let per = null;

  const add = (fix) => {
    if (!isSound(fix)) return false;
    const arrived = now();
    const timestamp = fix.timestamp ?? arrived;
    const last = fixes[fixes.length - 1];
    const isRepeated =
      last !== undefined &&
      last.timestamp === timestamp &&
      last.lon === fix.lon &&
      last.lat === fix.lat;
    if (isRepeated) return false;
    per ??= metresPerDegree(fix.lat);
    fixes.push({
      lon: fix.lon,
      lat: fix.lat,
      accuracy_m: fix.accuracy_m,
      x: fix.lon * per.lon,
      y: fix.lat * per.lat,
      timestamp,
      arrived,
      lag: arrived - timestamp,
      wall: wall(),
    });
    fixes = fixes.slice(-MOST_KEPT);
    return true;
  };

  const result = () => {
    if (fixes.length === 0) return null;
    const some = withoutJumps(withoutWayHere(withoutOld(fixes, now())));
    return some.length === 0 ? null : averaged(some, per);
  };

  const isGood = (gate_m) => {
    const found = result();
    return found !== null && found.samples >= ENOUGH && found.accuracy_m <= gate_m;
  };

  return { add, result, isGood };
};

/** Tell whether nothing is measured any more after such an error, until it is watched anew. */
export const isLast = ({ kind }) => kind === "refused" || kind === "missing";

/**
 * Watch where the phone is: `onFix({lon, lat, accuracy_m, timestamp})`, `onError({kind})`: missing,
 * refused, failed, slow (it goes on trying). Gives how to stop.
 */
export const watchPosition = (onFix, onError) => {
  if (!("geolocation" in navigator)) {
    onError({ kind: "missing" });
    return () => {};
  }
  const id = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) =>
      onFix({
        lon: coords.longitude,
        lat: coords.latitude,
        accuracy_m: coords.accuracy,
        timestamp,
      }),
    ({ code }) => onError({ kind: { 1: "refused", 3: "slow" }[code] ?? "failed" }),
    { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 },
  );
  return () => navigator.geolocation.clearWatch(id);
};
