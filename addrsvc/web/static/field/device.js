// The device to the server: how it stands, its clock, its codes; and room on the phone.

const FEW_CODES = 40;
const BLOCK_SIZE = 200;

/** Tell whether this phone has a key. */
export const isEnrolled = async (store) => Boolean((await store.getMeta("device"))?.key);

/**
 * Greet the server: keeps how far its clock is ahead, consent and gates, and tops codes up; where it
 * was put back from a backup, begins to send anew.
 * Raises ApiError.
 */
export const hello = async (store, api) => {
  const heard = (await store.getMeta("cursor")) ?? 0;
  const before = Date.now();
  const { json, key_id } = await api.request("GET", "/v1/collection/device").catch(async (error) => {
    if (error.kind === "revoked") await store.markRevoked(error.key_id);
    throw error;
  });
  const after = Date.now();
  // an answer that was long under way, or a clock set in between, says nothing exact
  if (after >= before && after - before < 30_000) {
    const ahead = (Date.parse(json.server_time) - (before + after) / 2) / 1000;
    await store.putMeta("server_ahead_s", Math.round(ahead * 10) / 10);
  }
  const { consent, gates_m, near_m, cards_at, ...rest } = json;
  await store.putMeta("rules", { consent, gates_m, near_m, cards_at });
  const { name, held_by, areas, expires_at } = rest;
  await store.noteDevice(key_id, { name, held_by, areas, expires_at });
  // less than it told us before; of who we are now, since another tab may have made us another
  const isOurs = (await store.getMeta("device"))?.key_id === key_id;
  if (isOurs && json.newest_change < heard) await store.beginAgain();
  await topUpBlocks(store, api);
  return json;
};

const topUp = async (store, api, code) => {
  if ((await store.codesLeft(code)) >= FEW_CODES) return;
  // the same key until the codes are kept: an answer that is lost burns none
  const kept = `block:${code}`;
  const key = (await store.getMeta(kept)) ?? crypto.randomUUID();
  await store.putMeta(kept, key);
  try {
    const { json } = await api.request("POST", "/v1/collection/blocks", {
      json: { commune_code: code, count: BLOCK_SIZE },
      headers: { "Idempotency-Key": key },
    });
    await store.putBlock(json, kept);
  } catch (error) {
    if (error.kind === "refused") await store.putMeta(kept, null); // nothing was given for it
    throw error;
  }
};

// What a server says of one commune; anything else would be said of the next as well.
const isOfOne = ({ kind, retry_after_s: retryAfterS }) =>
  kind === "refused" || (kind === "later" && !retryAfterS);

/**
 * Fetch codes, where few are left, for the communes of areas on this phone: nothing can be added in
 * others. Raises ApiError, of the first commune that has none, once the others have.
 */
export const topUpBlocks = async (store, api, communes = null) => {
  const wanted = communes ?? (await store.listAreas()).map(({ task }) => task.commune_code);
  let failed = null;
  for (const code of new Set(wanted)) {
    await topUp(store, api, code).catch((error) => {
      if (!isOfOne(error)) throw error;
      failed ??= error;
    });
  }
  if (failed !== null) throw failed;
};

/** Ask the browser not to throw away what is kept; tells how much room there is, in bytes. */
export const askForStorage = async () => {
  const { storage } = navigator;
  if (storage === undefined) return { persisted: false, usage: null, quota: null };
  const persisted = (await storage.persisted?.()) || (await storage.persist?.()) || false;
  const { usage = null, quota = null } = (await storage.estimate?.()) ?? {};
  return { persisted, usage, quota };
};
