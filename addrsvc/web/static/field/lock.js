// One tab at a time sends, or goes over to a new version. What it does may be done twice: where
// browsers have no locks it is done all the same, and no tab is waited for without end.

const NAME = "addrsvc-field-outbox";

/** Another tab took the lock while `act` went on. */
export class TakenOver extends Error {}

/**
 * Do `act(turn)` while no other tab does. steal_ms: how long another tab may say nothing before its
 * lock is taken: the browser has put it to sleep. heardAt: gives when it last said something.
 * Where another tab takes the lock `turn.isOver` becomes true: then stop. Gives what `act` gives.
 * Raises TakenOver.
 */
export const alone = async (act, { steal_ms: stealMs = null, heardAt = () => 0 } = {}) => {
  const turn = { isOver: false };
  if (!navigator.locks) return act(turn);
  const began = performance.now();
  const asked = new AbortController();
  let timer = null;
  let isOurs = false;
  let hasBegun = false;
  const look = () => {
    const left = Math.max(began, heardAt()) + stealMs - performance.now();
    if (left <= 0) asked.abort();
    else timer = setTimeout(look, left);
  };
  const begin = async () => {
    clearTimeout(timer);
    isOurs = true;
    hasBegun = true;
    try {
      return await act(turn);
    } finally {
      isOurs = false;
    }
  };
  if (stealMs !== null) look();
  try {
    return await navigator.locks.request(NAME, { signal: asked.signal }, begin).catch((error) => {
      if (!asked.signal.aborted || hasBegun) throw error;
      return navigator.locks.request(NAME, { steal: true }, begin);
    });
  } catch (error) {
    throw isOurs ? new TakenOver() : error;
  } finally {
    turn.isOver = true;
  }
};
