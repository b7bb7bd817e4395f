// Sends what was saved, for as long as it takes. One tab at a time does, under a lock; every request
// may be repeated for ever, so whatever is not known to have arrived is sent again.

import { sendPhoto } from "./outbox_photo.js";
import { sha256Hex } from "./record.js";

const LOCK = "addrsvc-field-outbox";
const PACE = { first_ms: 2_000, most_ms: 300_000, look_ms: 300_000 };
const PORTION = 200;
const MOST_FAILURES = 3; // one after the other, of different records: it is not the records

const errorOf = (error) => ({
  slug: error.slug ?? error.kind,
  status: error.status,
  detail: error.problem?.detail ?? error.problem?.title ?? null,
  errors: error.problem?.errors ?? [],
});

/** Tell whether asking the same again may come to something by itself. */
const isPassing = (error) => ["offline", "later", "unknown"].includes(error.kind);

/** The steps of one record. */
const makeSender = (store, api, onRevoked) => {
  const pathOf = (id) => `/v1/collection/submissions/${id}`;
  const look = async (receipt) => {
    if (receipt.device_state === "revoked") await onRevoked();
    return receipt;
  };

  const putPayload = async (record) => {
    const sha256 = await sha256Hex(record.payload);
    const { json: receipt } = await api.request("PUT", pathOf(record.id), {
      body: record.payload,
      headers: { "Content-Type": "application/json" },
    });
    await store.applyReceipt(receipt, { revision: record.revision, sha256 });
    return look(receipt);
  };

  const putPrivate = async (record) => {
    const { json: receipt } = await api.request("PUT", `${pathOf(record.id)}/private`, {
      json: { revision: record.revision, ...record.private },
    });
    if (receipt.private === "kept" || receipt.revision > record.revision) {
      await store.privateKept(record.id, record.revision);
    }
    await store.applyReceipt(receipt);
    await look(receipt);
  };

  /** Give the next step of a record, as it stands in the store now; null: all is there. */
  const nextStep = (record) => {
    if (!record.is_taken) return () => putPayload(record);
    if (record.private !== null) return () => putPrivate(record);
    const photos = record.photos.filter((each) => !each.is_whole && !each.is_lost);
    if (photos.length === 0) return null;
    return async () => {
      for (const each of photos) await sendPhoto(store, api, record, each);
      await putPayload(record); // whether photos are whole, its receipt says
    };
  };

  const MOST_STEPS = 12;

  /** Send all of a record. Raises ApiError, and Error where steps come to nothing. */
  return async (id) => {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const record = await store.getRecord(id);
      if (record === undefined || record.due === undefined) return;
      const act = nextStep(record);
      if (act === null) return;
      try {
        await act();
      } catch (error) {
        const next = error.problem?.next_revision;
        if (error.slug === "revision-taken" && next > record.revision) {
          await store.renumber(id, record.revision, next);
        } else if (error.slug === "submission-of-other-device") {
          await store.rename(id);
          return;
        } else if (error.slug === "submission-unknown" && record.is_taken) {
          await store.sendAgain(id, record.revision);
        } else throw error;
      }
    }
    throw new Error("no end of steps");
  };
};

/**
 * Begin to send whatever is due, now and later. Gives `{send, stop, state}`: `send()` tries at once.
 * onState: called with `{phase, sent, left, next_try_at}`; phase: idle, sending, waiting, offline,
 * signed-out, revoked, full. pace: how long to wait between tries.
 */
export const startOutbox = (store, api, { onState = () => {}, pace = PACE } = {}) => {
  const waits = new Map(); // by record: tries so far, and from when on to try again
  const refused = new Set(); // until the app is loaded anew, or somebody asks
  let state = { phase: "idle", sent: 0, left: 0, next_try_at: null };
  let tries = 0;
  let timer = null;
  let isRunning = false;
  let isWanted = false;
  let isStopped = false;
  let notBefore = 0; // the server asked for it
  let failures = 0;
  let isPruned = false;

  const show = (changes) => {
    state = { ...state, ...changes };
    onState(state);
  };

  const backoff = (count) =>
    Math.min(pace.first_ms * 2 ** Math.min(count, 20), pace.most_ms) * (0.75 + Math.random() / 2);

  const onRevoked = async () => {
    if ((await store.getMeta("device"))?.is_revoked) return;
    refused.clear(); // each has its one attempt
    waits.clear();
    await store.markRevoked();
  };

  const sendRecord = makeSender(store, api, onRevoked);

  /** Try one record; gives an error that stops the others too, or null. */
  const tryRecord = async (id) => {
    try {
      await sendRecord(id);
      waits.delete(id);
      failures = 0;
    } catch (error) {
      if (error.kind === "full" || error.kind === "signed-out") return error;
      if (error.kind === "offline") return error;
      if (error.kind === "later" && (error.status === 429 || error.retry_after_s)) return error;
      if (isPassing(error) || error.kind === undefined) {
        const count = (waits.get(id)?.count ?? 0) + 1;
        waits.set(id, { count, at: performance.now() + backoff(count) });
        if (error.kind === undefined) console.warn("outbox", error);
        failures += 1;
        if (failures >= MOST_FAILURES && error.kind !== undefined) return error;
      } else if (error.kind === "revoked") await onRevoked();
      else {
        refused.add(id);
        await store.setError(id, errorOf(error));
      }
    } finally {
      // what came of it: a phone that was revoked keeps no contact after one attempt
      if ((await store.getMeta("device"))?.is_revoked) await store.wipeContacts([id]);
    }
    return null;
  };

  const pullReceipts = async () => {
    let isMore = true;
    while (isMore && !isStopped) {
      const since = (await store.getMeta("cursor")) ?? 0;
      const { json } = await api.request(
        "GET",
        `/v1/collection/receipts?since=${since}&limit=${PORTION}`,
      );
      if (json.items.some((each) => each.device_state === "revoked")) await onRevoked();
      if (json.items.length > 0) await store.applyReceipts(json.items, json.next);
      isMore = json.is_more && json.next > since;
    }
  };

  /** Send what is due, ask what became of the rest. Raises ApiError where all has to wait. */
  const pass = async () => {
    const done = new Set();
    for (;;) {
      const now = performance.now();
      const due = (await store.listDue()).filter((id) => !refused.has(id));
      const next = due.find((id) => !done.has(id) && (waits.get(id)?.at ?? 0) <= now);
      show({ left: due.length });
      if (next === undefined || isStopped) break;
      done.add(next);
      show({ phase: "sending" });
      const stopping = await tryRecord(next);
      if (stopping !== null) throw stopping;
      if (!(await store.listDue()).includes(next)) show({ sent: state.sent + 1 });
    }
    if (isStopped) return;
    await pullReceipts();
    if (!isPruned) await store.prune();
    isPruned = true;
  };

  const phaseOf = async (error) => {
    if ((await store.getMeta("device"))?.is_revoked) return "revoked";
    if (error?.kind === "revoked") return "revoked";
    if (error?.kind === "signed-out") return "signed-out";
    if (error?.kind === "full") return "full";
    if (error?.kind === "offline") return "offline";
    return error === null && state.left === 0 ? "idle" : "waiting";
  };

  /** Say how it stands and when it goes on. */
  const rest = async (error) => {
    tries = error === null ? 0 : tries + 1;
    const due = (await store.listDue()).filter((id) => !refused.has(id));
    const soonest = due.map((id) => waits.get(id)?.at ?? 0).sort((one, other) => one - other)[0];
    let pause = pace.look_ms;
    if (error !== null) pause = error.retry_after_s ? error.retry_after_s * 1000 : backoff(tries);
    else if (soonest !== undefined) pause = Math.max(soonest - performance.now(), pace.first_ms / 2);
    if (error?.retry_after_s) notBefore = performance.now() + pause;
    show({ left: due.length });
    show({ phase: await phaseOf(error), next_try_at: Date.now() + pause });
    if (!isStopped) timer = setTimeout(run, pause);
  };

  async function run() {
    if (isRunning || isStopped) {
      isWanted = isRunning;
      return;
    }
    isRunning = true;
    clearTimeout(timer);
    let problem = null;
    try {
      await navigator.locks.request(LOCK, pass);
    } catch (error) {
      problem = error;
      if (error.kind === undefined) console.warn("outbox", error);
      if (error.kind === "revoked") await onRevoked();
    }
    isRunning = false;
    const isAgain = isWanted && problem === null;
    isWanted = false;
    if (isStopped) return;
    if (isAgain) await run();
    else await rest(problem);
  }

  /** Try now: somebody asked, the network came back, or something was saved. */
  const send = ({ again = false } = {}) => {
    if (again) refused.clear();
    if (again) waits.clear();
    if (performance.now() < notBefore && !again) return;
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
    if (kind === "meta" && id === "device") send();
    if (kind === "record" && !isRunning) {
      store.listDue().then((due) => {
        if (due.some((each) => !waits.has(each) && !refused.has(each))) send();
      }, () => {});
    }
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
