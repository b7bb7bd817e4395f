// What is looked at before a record is saved; each finding may be overridden with a reason where
// its level is `warn`. The server looks again.

/** Look a form over: `[{check, level: "stop" | "warn", refs: [row], distance_m, fields}]`. */
export const runChecks = (form, photos, area, { gates_m = {}, near_m = 50 } = {}) => {
  const found = [];
  if (form.act === "add" && !form.position) {
    found.push({ check: "accuracy-low", level: "stop", refs: [], distance_m: null, fields: ["position"] });
  }
  if (form.position && form.position.accuracy_m > (gates_m[form.kind] ?? Infinity)) {
    found.push({ check: "accuracy-low", level: "warn", refs: [], distance_m: null, fields: ["position"] });
  }
  if (form.act === "add" && photos.length === 0) {
    found.push({ check: "photo-missing", level: "warn", refs: [], distance_m: null, fields: ["photos"] });
  }
  if (form.position && area !== null && form.house_number) {
    const same = area.byNumber(form.thoroughfare, form.house_number, form.localities);
    const refs = same.filter((row) => row.ref !== form.address?.ref);
    if (refs.length > 0) {
      found.push({ check: "number-taken", level: "warn", refs, distance_m: null, fields: ["house_number"] });
    }
  }
  void near_m;
  return found;
};
