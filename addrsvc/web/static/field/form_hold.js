// One tab at a time writes on one sheet: else the last to write would undo what the other wrote.

import { button, card, linkButton, text } from "./dom.js";
import { say } from "./words.js";

const PATIENCE_MS = 1_000; // a page that was just left lets go a moment later

const mine = new Map(); // by id, what this page holds
const lost = new Set(); // just taken by another tab
let wanted = null; // the next to be held, whoever has it

const request = (id, options, onTaken) =>
  new Promise((answer) => {
    const held = { count: 1, onTaken };
    navigator.locks
      .request(`addrsvc-field-sheet:${id}`, options, () => {
        mine.set(id, held);
        answer(held);
        return new Promise((done) => {
          held.done = done;
        });
      })
      .catch((error) => {
        // waited for in vain, or there are no locks on this page; of what was given before nothing changes
        answer(error.name === "AbortError" ? null : { ...held, done: () => {} });
        if (mine.get(id) !== held) return;
        mine.delete(id);
        lost.add(id);
        held.onTaken();
      });
  });

// Gives what lets go of a sheet; null: another tab has it. onTaken: called when another takes it over.
const hold = async (id, onTaken) => {
  if (!navigator.locks) return () => {};
  const isWanted = wanted === id;
  wanted = null;
  if (lost.delete(id) && !isWanted) return null;
  let held = mine.get(id);
  if (held) Object.assign(held, { count: held.count + 1, onTaken });
  else {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
    held = await request(id, isWanted ? { steal: true } : { signal: stop.signal }, onTaken);
    clearTimeout(timer);
  }
  if (held === null) return null;
  return () => {
    held.count -= 1;
    if (held.count > 0) return;
    if (mine.get(id) === held) mine.delete(id);
    held.done();
  };
};

const openElsewhere = (field, id) => {
  const takeOver = () => {
    wanted = id;
    field.replace(location.hash);
  };
  return {
    title: say("elsewhere_title"),
    back: "#/",
    body: [card("warn", text(say("elsewhere_words")), text(say("elsewhere_take"), "quiet"))],
    foot: [button(say("elsewhere_here"), takeOver, "big"), linkButton(say("to_start"), "#/", "plain")],
  };
};

/**
 * Show a sheet while this tab holds it: `showSheet(held)` gives its screen; once `held.isOver`, nothing
 * of it may be written. Where another tab has it, gives a screen that says so.
 */
export const whileHeld = async (field, id, showSheet) => {
  const held = { id, isOver: false };
  const letGo = await hold(id, () => {
    held.isOver = true;
    field.replace(location.hash);
  });
  if (letGo === null) return openElsewhere(field, id);
  // sent under another id, since a former device had this one: it goes on as that, and never as two
  const forget = field.store.onChange(({ kind, id: changed, next }) => {
    if (kind !== "renamed" || changed !== id || held.isOver) return;
    held.isOver = true;
    field.replace(`#/edit/${next}`);
  });
  const end = () => {
    forget();
    letGo();
  };
  try {
    const screen = await showSheet(held);
    const close = () => {
      screen.close?.();
      end();
    };
    return { ...screen, close };
  } catch (error) {
    end();
    throw error;
  }
};
