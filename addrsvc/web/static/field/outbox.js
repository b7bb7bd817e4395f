// Sends what was saved, for as long as it takes. One tab at a time does, under a lock; every request
// may be repeated for ever, so whatever is not known to have arrived is sent again. What records say
// goes before photos: on a slow network it is there within minutes.

import { alone, TakenOver } from "./lock.js";
import { makeSender } from "./outbox_record.js";

const WAKING = "addrsvc-field-outbox";
const PACE = {
  first_ms: 2_000,
  most_ms: 300_000,
  look_ms: 300_000,
  pull_ms: 30_000,
  steal_ms: 300_000,
};
const PORTION = 200;
const MOST_FAILURES = 3; // one after the other, of different records: it is not the records
const PASSING = new Set(["offline", "later", "unknown"]);

const errorOf = (error) => ({
  slug: error.slug ?? error.kind,
  status: error.status,
  detail: error.problem?.detail ?? error.problem?.title ?? null,
  errors: error.problem?.errors ?? [],
});

/**
 * Begin to send whatever is due, now and later. Gives `{send, stop, state}`; `send()` tries at once,
 * `send({again: true})` also what the server refused.
 * onState: called with `{phase, sent, left, next_try_at}`; phase: idle, sending, waiting, offline,
 * signed-out, revoked, full. pace: how long to wait between tries.
 */
export const startOutbox = (store, api, { onState = () => {}, pace = PACE } = {}) => {
  const waits = new Map(); // by record: tries so far, and from when on to try again
  const refused = new Set(); // until the app is loaded anew, or somebody asks
  let state = { phase: "idle", sent: 0, left: 0, next_try_at: null };
  let tries = 0;
  let failures = 0;
  let timer = null;
  let isRunning = false;
  let isWanted = false;
  let isStopped = false;
  let isPruned = false;
  let notBefore = 0; // the server asked for it
  let photosNotBefore = 0;
  let pullNotBefore = 0;
  let heardAt = 0; // of records sent, by whichever tab

  const show = (changes) => {
    state = { ...state, ...changes };
    onState(state);
  };

  const backoff = (count) =>
    Math.min(pace.first_ms * 2 ** Math.min(count, 20), pace.most_ms) * (0.75 + Math.random() / 2);

  const isRevoked = async () => Boolean((await store.getMeta("device"))?.is_revoked);

  const onRevoked = async (keyId) => {
    if (await isRevoked()) return;
    refused.clear(); // each has its one attempt
    waits.clear();
    await store.markRevoked(keyId);
  };

  const sender = makeSender(store, api, async (receipt, keyId) => {
    if (receipt.device_state === "revoked") await onRevoked(keyId);
  });

  const putOff = (id, error) => {
    const count = (waits.get(id)?.count ?? 0) + 1;
    waits.set(id, { count, at: performance.now() + backoff(count) });
    if (error.kind === undefined) console.warn("outbox", error);
    else failures += 1;
    return failures >= MOST_FAILURES ? error : null;
  };

  /** Try one record; gives an error that stops the others too, or null. */
  const tryRecord = async (id, act) => {
    try {
      await act(id);
      waits.delete(id);
      failures = 0;
      tries = 0;
    } catch (error) {
      const { kind } = error;
      if (["offline", "full", "signed-out"].includes(kind) || error.retry_after_s) return error;
      if (kind === "revoked") await onRevoked(error.key_id);
      else if (kind === undefined || PASSING.has(kind)) return putOff(id, error);
      else {
        refused.add(id);
        await store.setError(id, errorOf(error));
      }
    }
    return null;
  };

  /** Try a record's text; a phone that was revoked keeps no contact after it, whatever came of it. */
  const tryText = async (id) => {
    const stopping = await tryRecord(id, sender.sendText);
    if (await isRevoked()) await store.wipeContacts([id]);
    return stopping;
  };

  const listDue = async () => (await store.listDue()).filter((id) => !refused.has(id));

  /** Tell whether a record may be tried now: it is neither refused nor to be waited for. */
  const isReady = (id) => !refused.has(id) && (waits.get(id)?.at ?? 0) <= performance.now();

  /** Try each of a list once, as long as there are any; gives an error that stops all, or null. */
  const tryAll = async (turn, list, act) => {
    const done = new Set();
    while (!isStopped && !turn.isOver) {
      const next = (await list()).find((id) => !done.has(id) && isReady(id));
      if (next === undefined) return null;
      done.add(next);
      show({ phase: "sending", left: (await listDue()).length });
      const stopping = await act(next);
      if (stopping !== null) return stopping;
      if (!(await store.listDue()).includes(next)) show({ sent: state.sent + 1 });
    }
    return null;
  };

  const listTextDue = async () => {
    const photos = new Set(await store.listPhotosDue());
    return (await store.listDue()).filter((id) => !photos.has(id));
  };

  const pullReceipts = async (turn) => {
    // what is sent brings its own receipt: these are of what was decided since
    if (performance.now() < pullNotBefore) return;
    let isMore = true;
    while (isMore && !isStopped && !turn.isOver) {
      const since = (await store.getMeta("cursor")) ?? 0;
      const path = `/v1/collection/receipts?since=${since}&limit=${PORTION}`;
      const { json } = await api.request("GET", path);
      if (json.items.length > 0) await store.applyReceipts(json.items, json.next);
      isMore = json.is_more && json.next > since;
    }
    pullNotBefore = performance.now() + pace.pull_ms;
  };

  /** Photos, for as long as nothing else is to be sent. */
  const tryPhotos = async (turn) => {
    if (performance.now() < photosNotBefore) return null;
    const list = async () =>
      (await listTextDue()).some(isReady) ? [] : store.listPhotosDue();
    const stopping = await tryAll(turn, list, (id) => tryRecord(id, sender.sendPhotos));
    if (!stopping?.retry_after_s) return stopping;
    photosNotBefore = performance.now() + stopping.retry_after_s * 1000; // it is about photos
    return null;
  };

  /** Send what is due, ask what became of the rest. Raises ApiError where all has to wait. */
  const pass = async (turn) => {
    failures = 0;
    const stopping = (await tryAll(turn, listTextDue, tryText)) ?? (await tryPhotos(turn));
    if (stopping !== null) throw stopping;
    if (isStopped || turn.isOver) return;
    await pullReceipts(turn).catch((error) => {
      if (!["later", "unknown", "refused"].includes(error.kind)) throw error;
      // what is to be sent does not wait for what is to be asked
      pullNotBefore = performance.now() + Math.max(pace.pull_ms, (error.retry_after_s ?? 0) * 1000);
    });
    if (!isPruned) await store.prune();
    isPruned = true;
  };

  const phaseOf = async (error) => {
    if (error?.kind === "revoked" || (await isRevoked())) return "revoked";
    if (["signed-out", "full", "offline"].includes(error?.kind)) return error.kind;
    return error === null && state.left === 0 ? "idle" : "waiting";
  };

  /** Let the browser wake the page when there is a network again, where it can. */
  const askToBeWoken = () =>
    navigator.serviceWorker
      ?.getRegistration("/field")
      .then((it) => it?.active && it.sync?.register(WAKING))
      .catch(() => {}); // not every browser lets it

  /** Say how it stands and when it goes on. */
  const rest = async (error) => {
    const due = await listDue();
    show({ left: due.length });
    tries = error === null ? 0 : tries + 1;
    let pause = pace.look_ms;
    if (error !== null) pause = error.retry_after_s ? error.retry_after_s * 1000 : backoff(tries);
    else if (due.length > 0) {
      const now = performance.now();
      const soonest = Math.min(...due.map((id) => waits.get(id)?.at ?? photosNotBefore));
      pause = Math.min(Math.max(soonest - now, pace.first_ms / 2), pace.look_ms);
    }
    if (error?.kind === "offline") askToBeWoken();
    if (error?.retry_after_s) notBefore = performance.now() + pause;
    show({ phase: await phaseOf(error), next_try_at: Date.now() + pause });
    if (!isStopped) timer = setTimeout(run, pause);
  };

  /** Send once it is our turn; gives an error that all has to wait for, or null. */
  const takeTurn = async () => {
    try {
      await alone(pass, { steal_ms: pace.steal_ms, heardAt: () => heardAt });
      tries = 0;
      return null;
    } catch (error) {
      if (error instanceof TakenOver) {
        isWanted = true; // then it is waited for
        return null;
      }
      if (error.kind === "revoked") await onRevoked(error.key_id);
      return error;
    }
  };

  async function run() {
    if (isRunning || isStopped) {
      isWanted = isRunning;
      return;
    }
    isRunning = true;
    clearTimeout(timer);
    const problem = await takeTurn().catch((error) => error); // the phone itself may refuse
    if (problem && problem.kind === undefined) console.warn("outbox", problem);
    isRunning = false;
    const isAgain = isWanted && problem === null;
    isWanted = false;
    if (isStopped) return;
    if (isAgain) await run();
    else {
      await rest(problem).catch(() => {
        timer = setTimeout(run, pace.most_ms); // whatever it was: sending never ends for good
      });
    }
  }

  /** Try now: somebody asked, the network came back, or something was saved. */
  const send = ({ again = false } = {}) => {
    if (again) {
      refused.clear();
      waits.clear();
      pullNotBefore = 0;
    } else if (performance.now() < notBefore) return;
    run();
  };

  const wake = () => {
    waits.clear();
    send();
  };
  const onVisible = () => document.visibilityState === "visible" && wake();
  const onWorker = ({ data }) => data === "send" && wake();
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", onVisible);
  navigator.serviceWorker?.addEventListener("message", onWorker);
  const forget = store.onChange(({ kind, id }) => {
    if (["record", "renamed", "receipts"].includes(kind)) heardAt = performance.now();
    if (kind === "meta" && id === "device") wake();
    if (kind !== "saved") return;
    refused.delete(id); // it says something else now
    waits.delete(id);
    send();
  });
  run();

  return {
    send,
    state: () => state,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", onVisible);
      navigator.serviceWorker?.removeEventListener("message", onWorker);
      forget();
    },
  };
};
