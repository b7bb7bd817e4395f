import assert from "node:assert/strict";
import { test } from "node:test";
import { distanceM } from "../../../addrsvc/web/static/field/geo.js";
import { makeAverager } from "../../../addrsvc/web/static/field/position.js";
import { at } from "./world.mjs";

const R68 = 1.5096; // radius of 68 % of a round normal distribution, in its standard deviations

// The same walks every time.
const randomOf = (seed) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

const normalOf = (random) => () =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const clocked = ({ gate_m = 10, ahead_ms = 0 } = {}) => {
  const clock = { ms: 1_000 };
  const wall = () => 1_780_000_000_000 + ahead_ms + clock.ms;
  const averager = makeAverager({ now: () => clock.ms, wall });
  const fix = (point, accuracy_m, late_ms = 100) => {
    clock.ms += 1_000;
    return averager.add({ ...point, accuracy_m, timestamp: 1_780_000_000_000 + clock.ms - late_ms });
  };
  return { clock, fix, ...averager, isGood: () => averager.isGood(gate_m) };
};

// One stay: `seconds` fixes whose errors follow each other for `follow_s`, said as exact as they are.
const stay = (random, { seconds, follow_s, accuracy_m, jumps = 0, misjudged = 0.2 }) => {
  const normal = normalOf(random);
  const keep = Math.exp(-1 / follow_s);
  const sigma = accuracy_m / R68;
  const run = clocked();
  let [east, north] = [normal() * sigma, normal() * sigma];
  const errors = [];
  for (let second = 0; second < seconds; second += 1) {
    east = keep * east + Math.sqrt(1 - keep * keep) * sigma * normal();
    north = keep * north + Math.sqrt(1 - keep * keep) * sigma * normal();
    const isJump = random() < jumps;
    const off = isJump ? [60 + 100 * random(), 40] : [0, 0];
    run.fix(at(east + off[0], north + off[1]), accuracy_m * (1 + misjudged * (2 * random() - 1)));
    if (!isJump) errors.push(Math.hypot(east, north));
  }
  const result = run.result();
  return { error: distanceM(result, at(0, 0)), claimed: result.accuracy_m, errors, result };
};

const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;

test("the mean is nearer than single fixes, and true points lie within twice what is claimed", () => {
  const random = randomOf(7);
  for (const follow_s of [5, 15, 40, 90, 180]) {
    for (const seconds of [5, 20, 60, 150]) {
      const found = Array.from({ length: 300 }, () =>
        stay(random, { seconds, follow_s, accuracy_m: 3 + 9 * random(), jumps: 0.03 }),
      );
      const within = mean(found.map(({ error, claimed }) => Number(error <= 2 * claimed)));
      const said = `${follow_s} s, ${seconds} fixes`;
      assert.ok(within >= 0.95, `${said}: within ${within}`);
      const single = mean(found.map(({ errors }) => mean(errors)));
      const error = mean(found.map((each) => each.error));
      // what never changes during a stay no mean can take away
      assert.ok(error < single * (seconds >= follow_s ? 1 : 1.03), `${said}: ${error}, ${single}`);
    }
  }
});

test("longer stays claim less, but never less than half of the best fix", () => {
  const random = randomOf(11);
  const claimed = (seconds) =>
    mean(Array.from({ length: 60 }, () => stay(random, { seconds, follow_s: 10, accuracy_m: 5, misjudged: 0 }).claimed));
  assert.ok(claimed(5) > claimed(60) && claimed(60) > claimed(150));
  assert.ok(claimed(170) >= 2.5);
  const run = clocked();
  for (let i = 0; i < 150; i += 1) run.fix(at(0, 0), i === 3 ? 2 : 9);
  assert.ok(run.result().accuracy_m >= 1);
});

test("a hundred fixes within a second are no better than one", () => {
  const run = clocked();
  for (let i = 0; i < 100; i += 1) {
    run.clock.ms -= 995;
    run.fix(at(i / 50, 0), 8);
  }
  assert.ok(run.result().accuracy_m > 7.5);
});

test("fixes that scatter more than they say are claimed no better than they scatter", () => {
  const run = clocked();
  for (let i = 0; i < 12; i += 1) run.fix(at(i % 2 === 0 ? 8 : -8, 0), 3);
  const found = run.result();
  assert.ok(found.spread_m > 7 && found.accuracy_m > 7);
});

test("jumps are left out", () => {
  const run = clocked();
  for (let i = 0; i < 20; i += 1) run.fix(i % 6 === 5 ? at(300, 0) : at(1, 1), 4);
  assert.equal(run.result().samples, 17);
  assert.ok(distanceM(run.result(), at(1, 1)) < 0.01);
});

test("whoever walks on is where they stand now", () => {
  const run = clocked();
  for (let i = 0; i < 15; i += 1) run.fix(at(0, 0), 4);
  for (let i = 0; i < 5; i += 1) run.fix(at(30, 0), 4);
  assert.ok(distanceM(run.result(), at(30, 0)) < 0.01);
  assert.equal(run.result().samples, 5);
});

test("a place kept from before is dropped once a fresh one comes, whatever the phone's clock", () => {
  for (const ahead_ms of [0, 9 * 3_600_000, -40 * 86_400_000]) {
    const run = clocked({ ahead_ms });
    run.fix(at(500, 0), 4, 60_000);
    assert.equal(run.result().samples, 1);
    for (let i = 0; i < 6; i += 1) run.fix(at(0, 0), 4);
    assert.deepEqual([run.result().samples, run.isGood()], [6, true]);
    assert.ok(distanceM(run.result(), at(0, 0)) < 0.01);
  }
});

test("a clock set right in the middle does not stop the measuring", () => {
  const run = clocked();
  for (let i = 0; i < 6; i += 1) run.fix(at(0, 0), 4);
  for (let i = 0; i < 8; i += 1) run.fix(at(0, 0), 4, 3_600_000);
  assert.ok(run.result().samples >= 8);
});

test("fixes grow old", () => {
  const run = clocked();
  for (let i = 0; i < 6; i += 1) run.fix(at(0, 0), 4);
  run.clock.ms += 200_000;
  assert.deepEqual([run.result(), run.isGood()], [null, false]);
  run.fix(at(9, 0), 4);
  assert.equal(run.result().samples, 1);
});

test("another gate asks the same fixes", () => {
  let ms = 1_000;
  const averager = makeAverager({ now: () => ms, wall: () => ms });
  for (; ms < 61_000; ms += 1_000) averager.add({ ...at(0, 0), accuracy_m: 12, timestamp: ms });
  assert.deepEqual([6, 15].map(averager.isGood), [false, true]);
  assert.equal(averager.result().samples, 60);
});

test("good is enough fixes within the gate", () => {
  const run = clocked({ gate_m: 6 });
  assert.deepEqual([run.result(), run.isGood()], [null, false]);
  for (let i = 0; i < 4; i += 1) run.fix(at(0, 0), 4);
  assert.equal(run.isGood(), false);
  run.fix(at(0, 0), 4);
  assert.equal(run.isGood(), true);
  const poor = clocked({ gate_m: 6 });
  for (let i = 0; i < 9; i += 1) poor.fix(at(0, 0), 14);
  assert.equal(poor.isGood(), false);
});

test("what is no fix is not counted, nor is one that is told twice", () => {
  const run = clocked();
  const odd = [{ lon: NaN }, { lat: 91 }, { lon: -181 }, { accuracy_m: 0 }, { accuracy_m: Infinity }, { accuracy_m: null }];
  for (const wrong of odd) assert.equal(run.add({ ...at(0, 0), accuracy_m: 4, timestamp: 5, ...wrong }), false);
  const fix = { ...at(0, 0), accuracy_m: 4, timestamp: 5 };
  assert.deepEqual([run.add(fix), run.add(fix), run.result().samples], [true, false, 1]);
});

test("what is given is what a record takes", () => {
  const run = clocked();
  for (let i = 0; i < 7; i += 1) run.fix(at(0, 0), 4);
  const found = run.result();
  assert.deepEqual(Object.keys(found), ["lon", "lat", "accuracy_m", "method", "samples", "spread_m", "taken_at"]);
  assert.deepEqual([found.method, found.samples], ["gnss", 7]);
  assert.equal(Date.parse(found.taken_at), 1_780_000_008_000);
});
