"""The page of field collection as it is kept on a phone: how large, offline, and what it stores."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from addrsvc.settings import Settings
from addrsvc.web.field import field_pages, list_files
from addrsvc.web.rendering import Pages

OpenPage = Callable[..., Page]

SHELL_MAX_BYTES = 400_000


def test_the_app_is_small_enough_for_a_slow_network() -> None:
    pages = Pages(Settings())
    files = list_files(pages)
    worker = [pages.assets.body(name) for name in pages.assets.names("vendor/workbox/")]
    bodies = [*files.values(), *worker, *field_pages(pages)]
    total = sum(len(gzip.compress(body, 9)) for body in bodies)
    print(f"app shell: {len(bodies)} files, {total} bytes compressed")  # noqa: T201
    assert total <= SHELL_MAX_BYTES
    imported = set()
    for path, body in files.items():
        if path.startswith("/static/field/") and path.endswith(".js"):
            for name in re.findall(r'from "([^"]+)"', body.decode()):
                own = path.rsplit("/", 1)[0] + name.removeprefix(".")
                imported.add(own if name.startswith("./") else name)
    assert imported <= set(files), "a script the app imports is not kept on the phone"


pytestmark = pytest.mark.browser

_TASK = "11111111-2222-4333-8444-555555555555"

_PUT_AND_LOSE = """async () => {
  const { openStore } = await import("/static/field/store.js");
  const { deleteDB } = await import("/static/vendor/idb/index.js");
  const store = await openStore();
  const bytes = new Uint8Array([1, 2, 3]).buffer;
  const photo = { sha256: "a1", bytes, media_type: "image/jpeg" };
  const part = { name: "Bịa" };
  const record = (id, act) => ({ id, act, commune_code: "25747", form: {}, private: part });
  const build = (each, code) => JSON.stringify({ record: each.id, code, revision: each.revision });
  const seen = {};
  seen.noCode = await store.saveRecord(record("a", "add"), [photo], build).catch((e) => e.kind);
  const { saved: none } = await store.counts();
  seen.left = [await store.getRecord("a"), await store.getPhoto("a1"), none];
  await store.putBlock({ block_id: 1, commune_code: "25747", codes: ["7512300001", "7512300002"],
    expires_at: "2999-01-01T00:00:00Z" }, "x");
  const saved = await store.saveRecord(record("a", "add"), [photo], build);
  seen.code = [saved.code, JSON.parse(saved.payload).code, await store.codesLeft("25747")];
  const draft = await store.reviseRecord("a");
  await store.putDraft(draft);
  await store.deleteDraft("a");
  seen.kept = [(await store.getRecord("a")).revision, (await store.getPhoto("a1")).size];
  const taken = await store.putDraft(record("b", "gone"), [{ ...photo, sha256: "b1" }, photo]);
  const removed = { ...taken, photos: taken.photos.filter((each) => each.sha256 === "b2") };
  await store.putDraft(removed, [{ ...photo, sha256: "b2" }]);
  const hasPhoto = async (hash) => (await store.getPhoto(hash)) !== null;
  seen.photos = [await hasPhoto("b1"), await hasPhoto("b2"), await hasPhoto("a1")];
  await store.deleteDraft("b");
  const again = await store.saveRecord(await store.reviseRecord("a"), [], build);
  seen.again = [again.revision, again.code, await store.codesLeft("25747")];
  await store.applyReceipt({ record: "a", revision: 1, sha256: "s", state: "accepted", photos: [],
    change_number: 1 }, { revision: 1, sha256: "s" });
  seen.late = (await store.getRecord("a")).is_taken;
  const whole = { sha256: "a1", is_whole: true };
  await store.applyReceipt({ record: "a", revision: 2, sha256: "other", state: "received",
    photos: [whole], change_number: 2 }, { revision: 2, sha256: "mine" });
  seen.mangled = [(await store.getRecord("a")).is_taken, (await store.getPhoto("a1")) !== null];
  await store.applyReceipt({ record: "a", revision: 2, sha256: "mine", state: "needs-you",
    photos: [whole], change_number: 3, server_time: "2026-11-23T10:00:00Z" },
    { revision: 2, sha256: "mine" });
  const last = await store.getRecord("a");
  seen.taken = [last.is_taken, last.status, await store.getPhoto("a1"), last.private !== null];
  await store.saveRecord(await store.reviseRecord("a"), [], build);
  await store.applyReceipt({ record: "a", revision: 3, sha256: "third", state: "received",
    photos: [], change_number: 1, server_time: "2026-11-23T11:00:00Z" },
    { revision: 3, sha256: "third" });
  const back = await store.getRecord("a");
  seen.restored = [back.is_taken, back.status];
  await store.saveRecord(record("p", "gone"), [], build);
  await store.privateKept("p", 1);
  const gone = { record: "p", revision: 1, sha256: "p", state: "accepted", photos: [],
    change_number: 4, received_at: "2026-01-01T00:00:00Z", decided_at: "2026-01-01T00:00:00Z" };
  await store.applyReceipt(gone, { revision: 1, sha256: "p" });
  seen.pruned = [];
  for (const again of [false, true, false]) {
    if (again) await store.applyReceipts([{ ...gone, change_number: 5 }], 5);
    else await store.prune();
    seen.pruned.push([Boolean(await store.getRecord("p")), (await store.counts()).saved]);
  }
  await store.putMeta("device", { key: "k", key_id: "old" });
  const { hello } = await import("/static/field/device.js");
  const server = (newest_change) => ({ request: async () => ({ key_id: "old",
    json: { server_time: new Date().toISOString(), newest_change } }) });
  seen.backup = [];
  for (const newest of [5, 4]) {
    await hello(store, server(newest));
    const each = await store.getRecord("a");
    seen.backup.push([each.is_taken, each.status, await store.getMeta("cursor")]);
  }
  await Promise.all([store.markRevoked("old"), store.becomeDevice({ key: "n", key_id: "new" })]);
  await store.noteDevice("old", { name: "of another" });
  const { key, key_id, name } = await store.getMeta("device");
  seen.device = { key, key_id, name: name ?? null };
  const area = (task_id, title) => ({ task: { task_id, title }, commune: {}, addresses: [[]],
    tiles: null, made_at: "t" });
  for (const [id, title] of [["t1", "B"], ["t2", "A"], ["t1", "C"]]) {
    await store.putPackage(area(id, title));
  }
  seen.areas = (await store.listAreas()).map(({ task, count }) => [task.title, count]);
  await store.deletePackage("t1");
  seen.areasLeft = (await store.listAreas()).length;
  seen.noLoss = await store.loss();
  const { indexedDB } = globalThis;
  await new Promise((done) => {
    const request = indexedDB.deleteDatabase("addrsvc-field");
    request.onsuccess = done;
  });
  const fresh = await openStore();
  seen.loss = await fresh.loss();
  await fresh.acceptLoss();
  seen.accepted = await fresh.loss();
  const { deviceMarked } = await import("/static/field/store_mark.js");
  seen.marked = deviceMarked()?.key_id;
  return seen;
}"""


def test_it_opens_and_keeps_what_is_saved_without_a_network(
    live_server: str, browser_page: OpenPage
) -> None:
    page = browser_page(expected_problems=("ERR_INTERNET_DISCONNECTED",))
    page.goto(f"{live_server}/field")
    expect(page.locator("#field h1")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#field h1")).to_be_visible()
    page.goto(f"{live_server}/field?lang=vi#/settings")
    expect(page.locator("#field h1")).to_be_visible()
    page.goto(f"{live_server}/field?task={_TASK}")  # what lists on paper lead to
    page.wait_for_url(f"{live_server}/field#/tasks/{_TASK}")
    expect(page.locator("#field h1")).to_be_visible()
    seen = page.evaluate(_PUT_AND_LOSE)
    assert seen["noCode"] == "no-code"
    assert seen["left"] == [None, None, 0], "nothing is half saved"
    assert seen["code"] == ["7512300001", "7512300001", 1]
    assert seen["kept"] == [1, 3], "a draft given up leaves what was saved"
    assert seen["photos"] == [False, True, True], "of a photo removed from a draft nothing stays"
    assert seen["again"] == [2, "7512300001", 1], "a house keeps its code"
    assert seen["late"] is False, "a receipt of what was there before says nothing of this"
    assert seen["mangled"] == [False, True], "other bytes than ours are not ours"
    assert seen["taken"] == [True, "needs-you", None, True]
    assert seen["restored"] == [True, "received"], "a server put back from a backup is heard"
    assert seen["pruned"] == [[False, 2], [True, 2], [False, 2]], "counted once"
    assert seen["backup"] == [[True, "received", 5], [False, "received", 0]]
    assert seen["device"] == {"key": "n", "key_id": "new", "name": None}, "of the one before"
    assert seen["areas"] == [["A", 1], ["C", 1]]
    assert seen["areasLeft"] == 1
    assert seen["noLoss"] is None
    assert seen["loss"] == {
        "saved": 2, "found": 0, "unsent": 1, "key_id": "new", "name": None,
    }, json.dumps(seen["loss"])  # fmt: skip
    assert seen["accepted"] is None
    assert seen["marked"] == "new", "it may be renewed still"


_REFUSE = """async () => {
  const { openStore } = await import("/static/field/store.js");
  const { startOutbox } = await import("/static/field/outbox.js");
  const { ApiError } = await import("/static/field/api.js");
  const { sha256Hex } = await import("/static/field/record.js");
  const store = await openStore();
  await store.putMeta("device", { key: "x", key_id: "x" });
  const build = (each) => JSON.stringify({ record: each.id, revision: each.revision });
  const problem = (status, slug, more = {}) =>
    new ApiError("refused", { status, problem: { type: `/problems/${slug}`, ...more } });
  const asked = [];
  const first = {
    refused: problem(422, "submission-unreadable", { detail: "pointers" }),
    taken: problem(409, "revision-taken", { next_revision: 5 }),
    other: problem(409, "submission-of-other-device"),
    gone: null,
  };
  const offsets = { gone: 0, part: 2 };
  let change = 0;
  const puts = {};
  const answer = async (method, path, { body, headers } = {}) => {
    if (path.startsWith("/v1/collection/receipts")) return { json: { items: [], next: 0 } };
    const id = path.split("/")[4];
    asked.push(`${method} ${id}${path.includes("photos") ? " photo" : ""}`);
    if (method === "HEAD") {
      // an answer to HEAD has no words
      if (id === "gone" && puts.gone === 1) throw new ApiError("refused", { status: 404 });
      if (id === "part" && offsets.part === 2) throw new ApiError("refused", { status: 422 });
      return { headers: new Headers({ "Upload-Offset": "0" }) };
    }
    if (method === "PATCH") {
      const at = Number(headers["Upload-Offset"]);
      if (at !== offsets[id]) {
        const right = new Headers({ "Upload-Offset": String(offsets[id]) });
        throw new ApiError("refused", { status: 409, problem: {}, headers: right });
      }
      offsets[id] += body.byteLength;
      return { headers: new Headers({ "Upload-Offset": String(offsets[id]) }) };
    }
    puts[id] = (puts[id] ?? 0) + 1;
    if (first[id] && puts[id] === 1) throw first[id];
    change += 1;
    const { record, revision } = JSON.parse(body);
    const whole = { sha256: photo.sha256, is_whole: offsets.part === 4 };
    const photos = id === "part" ? [whole] : [];
    return { json: { record, revision, sha256: await sha256Hex(body), state: "accepted", photos,
      change_number: change, device_state: "good" } };
  };
  const save = async (id, photos = []) => {
    const record = { id, act: "gone", commune_code: "25747", form: {}, private: null };
    await store.saveRecord(record, photos, build);
  };
  const bytes = new Uint8Array([1, 2, 3, 4]).buffer;
  for (const id of ["refused", "taken", "other"]) await save(id);
  const photo = { sha256: await sha256Hex(bytes), bytes, media_type: "image/jpeg" };
  await save("part", [photo]);
  await save("gone", [{ sha256: "no hash of it", bytes, media_type: "image/jpeg" }]);
  let state = null;
  let broken = 3; // in a pass, and as it rests
  const listDue = async () => {
    if ((broken -= 1) >= 0) throw Object.assign(new Error("disk"), { kind: "unreadable" });
    return store.listDue();
  };
  const changes = [];
  store.onChange(({ kind, id, next }) => kind !== "record" && changes.push([kind, id, next]));
  const outbox = startOutbox({ ...store, listDue }, { request: answer }, {
    onState: (now) => (state = now),
    pace: { first_ms: 1, most_ms: 5, look_ms: 60_000, pull_ms: 0 },
  });
  const until = async (holds) => {
    while (!(await holds())) await new Promise((done) => setTimeout(done, 5));
  };
  const seen = {};
  await until(async () => (await store.listDue()).length === 1 && state.phase === "idle");
  seen.kept = (await store.getRecord("refused")).error.slug;
  seen.failing = (await store.counts()).failing;
  outbox.send({ again: true });
  await until(async () => (await store.listDue()).length === 0);
  const all = await store.listRecords();
  const other = all.find(({ id }) => !["refused", "taken", "part", "gone"].includes(id));
  seen.mended = (await store.getRecord("refused")).error;
  const taken = await store.getRecord("taken");
  seen.taken = [taken.revision, JSON.parse(taken.payload).revision, taken.status];
  seen.renamed = JSON.parse(other.payload).record === other.id && other.is_taken;
  const named = ["renamed", "other", other.id].join();
  seen.told = changes.some((each) => each.join() === named);
  seen.old = (await store.getRecord("other")) ?? null;
  seen.part = [(await store.getRecord("part")).photos[0].is_whole, offsets.part];
  seen.gone = [(await store.getRecord("gone")).photos[0].is_lost, puts.gone >= 2];
  const firstPhoto = asked.findIndex((each) => each.endsWith("photo"));
  seen.textFirst = ["taken", "part", "gone"].every((id) => asked.indexOf(`PUT ${id}`) < firstPhoto);
  outbox.stop();
  changes.length = 0;
  const { openDB, deleteDB } = await import("/static/vendor/idb/index.js");
  const newer = await openDB("addrsvc-field", 99);
  const refused = await store.counts().catch((error) => error.kind);
  seen.superseded = [changes.map(([kind]) => kind), refused];
  newer.close();
  await deleteDB("addrsvc-field");
  return seen;
}"""


def test_what_a_server_refuses_is_kept_and_mended(live_server: str, browser_page: OpenPage) -> None:
    page = browser_page()
    nothing = {"body": "", "content_type": "text/javascript"}
    page.route("**/static/field/app.js", lambda route: route.fulfill(**nothing))
    page.goto(f"{live_server}/field")
    seen = page.evaluate(_REFUSE)
    assert (seen["kept"], seen["failing"], seen["mended"]) == ("submission-unreadable", 1, None)
    assert seen["taken"] == [5, 5, "accepted"]
    assert seen["renamed"], "under an id of its own"
    assert seen["told"], "whoever shows it goes on with that"
    assert seen["old"] is None
    assert seen["part"] == [True, 4], "from where the server's copy ends"
    assert seen["gone"] == [True, True]
    assert seen["textFirst"]
    assert seen["superseded"] == [["superseded"], "superseded"]


_SEND = """async ({ steal_ms, isAsleep, hasLocks }) => {
  if (!hasLocks) Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
  const { openStore } = await import("/static/field/store.js");
  const { startOutbox } = await import("/static/field/outbox.js");
  const { sha256Hex } = await import("/static/field/record.js");
  const store = await openStore();
  await store.putMeta("device", { key: "x", key_id: "x" });
  const until = async (holds) => {
    while (!(await holds())) await new Promise((done) => setTimeout(done, 5));
  };
  globalThis.asked = [];
  globalThis.wakeUp = null;
  const answer = async (_method, path, { body } = {}) => {
    asked.push(path.split("/")[4] ?? "receipts");
    if (isAsleep && wakeUp === null) await new Promise((done) => (wakeUp = done));
    if (!body) return { json: { items: [], next: 0 } };
    const { record, revision } = JSON.parse(body);
    const sha256 = await sha256Hex(body);
    const receipt = { record, revision, sha256, state: "accepted", photos: [], change_number: 1 };
    return { json: { ...receipt, device_state: "good" } };
  };
  const build = (each) => JSON.stringify({ record: each.id, revision: each.revision });
  const record = { act: "gone", commune_code: "25747", form: {}, private: null };
  globalThis.save = (id) => store.saveRecord({ id, ...record }, [], build);
  globalThis.isAllSent = () => until(async () => (await store.listDue()).length === 0);
  globalThis.sleeps = () => until(() => wakeUp !== null);
  globalThis.outbox = startOutbox(store, { request: answer }, {
    pace: { first_ms: 1, most_ms: 5, look_ms: 60_000, pull_ms: 0, steal_ms },
  });
}"""


_TAKE = """async () => {
  const { alone, TakenOver } = await import("/static/field/lock.js");
  let turn = null;
  const first = alone((its) => {
    turn = its;
    return new Promise(() => {});
  }).catch((error) => error instanceof TakenOver);
  await alone(() => {}, { steal_ms: 1 });
  return [await first, turn.isOver];
}"""


def test_a_tab_the_browser_put_to_sleep_holds_nothing_up(
    live_server: str, browser_page: OpenPage
) -> None:
    asleep = browser_page()
    awake, old = asleep.context.new_page(), asleep.context.new_page()
    for page in (asleep, awake, old):
        page.route(
            "**/static/field/app.js",
            lambda route: route.fulfill(body="", content_type="text/javascript"),
        )
        page.goto(f"{live_server}/field")
    hour = 3_600_000
    asleep.evaluate(_SEND, {"steal_ms": hour, "isAsleep": True, "hasLocks": True})
    asleep.evaluate("async () => { await save('a'); await sleeps(); await save('b'); }")
    awake.evaluate(_SEND, {"steal_ms": 50, "isAsleep": False, "hasLocks": True})
    awake.evaluate("isAllSent()")
    assert {"a", "b"} <= set(awake.evaluate("asked"))
    assert {"a", "b"}.isdisjoint(asleep.evaluate("asked.slice(1)"))
    # it wakes up, stops where it was, and sends again when it is its turn
    awake.evaluate("outbox.stop()")
    asleep.evaluate("async () => { wakeUp(); await save('c'); await isAllSent(); }")
    assert {"a", "b"}.isdisjoint(asleep.evaluate("asked.slice(1)"))
    asleep.evaluate("outbox.stop()")
    assert asleep.evaluate(_TAKE) == [True, True], "whose turn was taken knows it"
    # a browser without locks sends all the same
    old.evaluate(_SEND, {"steal_ms": hour, "isAsleep": False, "hasLocks": False})
    old.evaluate("async () => { await save('d'); await isAllSent(); outbox.stop(); }")
    assert "d" in old.evaluate("asked")
