import assert from "node:assert/strict";
import { test } from "node:test";
import { isSettled, signOf } from "../../../addrsvc/web/static/field/form_checks.js";
import { knownAs } from "../../../addrsvc/web/static/field/labels.js";

const NAMES = ["Đường Tân Lập", "Đường Lê Lợi", "Đường Hòa Bình", "Khu phố 1", "Khu phố 10"];

test("what was typed without marks is the one name that reads so", () => {
  assert.equal(knownAs("duong tan lap", NAMES), "Đường Tân Lập");
  assert.equal(knownAs("khu pho 1", NAMES), "Khu phố 1");
  assert.equal(knownAs("duong tan lap", [...NAMES, "Đường Tấn Lập"]), undefined);
  assert.equal(knownAs("duong khong dau", NAMES), undefined);
});

test("marks that were typed are meant, wherever in a word they are written", () => {
  assert.equal(knownAs("Đường Tấn Lập", NAMES), undefined);
  assert.equal(knownAs("Đường Tấn Lập", [...NAMES, "Đường Tấn Lập"]), "Đường Tấn Lập");
  assert.equal(knownAs("đường  tân lập".normalize("NFD"), NAMES), "Đường Tân Lập");
  assert.equal(knownAs("Đường Hoà Bình", NAMES), "Đường Hòa Bình");
});

test("a reason holds for the neighbours it was given for, in whatever order", () => {
  const about = (...refs) => ({
    check: "duplicate-near", level: "warn", fields: ["house_number"], refs: refs.map((ref) => ({ ref })),
  });
  const overrides = [{ check: "duplicate-near", reason: "Hai nhà chung một cổng", for: signOf(about("12", "13")) }];
  assert.equal(isSettled({ overrides }, about("13", "12")), true);
  assert.equal(isSettled({ overrides }, about("14")), false);
  assert.equal(isSettled({ overrides }, { ...about("12", "13"), level: "stop" }), false);
});
