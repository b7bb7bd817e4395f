// Areas: what is on the telephone, what may be taken along, codes left.

import { topUpBlocks } from "./device.js";
import { ask, button, card, linkButton, make, moment, size, text } from "./dom.js";
import { deletePackage, download, listTasks } from "./package.js";
import { notKeptCard } from "./start_screen.js";
import { setBusy } from "./update.js";
import { say } from "./words.js";

const FEW_CODES = 10;
const LIST_TIMEOUT_MS = 8_000;

const errorWords = (error) => {
  const kind = error?.kind ?? "unknown";
  if (error?.name === "QuotaExceededError" || kind === "full") return say("download_full");
  if (kind === "offline" || kind === "later") return say("download_offline");
  if (kind === "signed-out") return say("state_signed_out");
  if (kind === "revoked") return say("state_revoked");
  return say("download_failed", { why: error?.problem?.detail ?? error?.message ?? kind });
};

const progressWords = ({ phase, done, total }) => {
  if (phase === "tiles") return say("download_tiles", { done, total });
  return phase === "codes" ? say("download_codes") : say("download_package");
};

// What was said of a download outlives the screen, which is shown anew after it.
const told = new Map();

const doneWords = ({ addresses, codes_error, codes_left, tiles }) => {
  if (codes_error !== null && codes_left === 0) return ["bad", say("download_no_codes")];
  if (tiles.is_full) return ["bad", say("download_full")];
  if (tiles.failed > 0) return ["bad", say("download_no_tiles", { count: tiles.failed })];
  return ["good", say("download_done", { count: addresses })];
};

const facts = (task, kept, left) => [
  make("p", "quiet", [kept?.commune.name, task.named].filter(Boolean).join(" · ")),
  task.due_on ? text(say("task_due", { day: moment(task.due_on, true) }), "quiet") : null,
  task.note ? text(task.note) : null,
  kept
    ? text(
        say("package_facts", { count: kept.count, size: size(kept.bytes), at: moment(kept.made_at) }),
        "quiet",
      )
    : text(say("package_none"), "quiet"),
  kept && kept.tiles_wanted !== null ? text(say("tiles_kept", { kept: kept.tiles_kept, wanted: kept.tiles_wanted }), "quiet") : null,
  kept && left !== null
    ? make("p", left < FEW_CODES ? "bad" : "quiet", say("codes_left", { count: left }))
    : null,
];

const taskCard = (field, { task, kept, left, isOpen }, busy) => {
  const id = task.task_id;
  const [kind, words] = told.get(id) ?? ["quiet", ""];
  const said = make("p", { className: kind, role: "status", data: { progress: id } }, words);
  const bar = make("progress", { max: 1, value: 0, hidden: true, aria: { label: say("download_progress") } });
  const act = async (event) => {
    if (busy.has(id)) return;
    busy.add(id);
    event.currentTarget.disabled = true;
    told.delete(id);
    said.className = "quiet";
    bar.hidden = false;
    setBusy(true);
    try {
      const found = await download(id, {
        store: field.store,
        api: field.api,
        onProgress: (step) => {
          said.textContent = progressWords(step);
          bar.value = step.total ? step.done / step.total : 0;
        },
      });
      told.set(id, doneWords(found));
      if (said.isConnected) field.again();
    } catch (error) {
      console.info(`download: ${error?.kind ?? error}`);
      said.textContent = errorWords(error);
      said.className = "bad";
      bar.hidden = true;
    } finally {
      busy.delete(id);
      setBusy(busy.size > 0);
      for (const each of said.closest(".card")?.querySelectorAll("button") ?? []) each.disabled = false;
    }
  };
  const remove = async () => {
    const records = await field.store.listRecords();
    const count = records.filter((each) => each.task === id && isUnfinished(each)).length;
    const unfinished = count > 0 ? say("package_delete_unfinished", { count }) : "";
    const question = `${unfinished} ${say("package_delete_sure")}`.trim();
    if (!(await ask(question, say("package_delete"), say("keep")))) return;
    await deletePackage(id, { store: field.store });
    field.again();
  };
  return card(
    "",
    make("h2", "", task.title),
    ...facts(task, kept, left),
    isOpen === false ? text(say("task_closed"), "quiet") : null,
    said,
    bar,
    make(
      "div",
      "actions",
      kept ? linkButton(say("open_map"), `#/map/${id}`) : null,
      isOpen === false ? null : button(kept ? say("package_again") : say("package_get"), act, kept ? "plain" : ""),
      kept ? button(say("package_delete"), remove, "plain danger-text") : null,
    ),
  );
};

const isUnfinished = ({ status, has_draft }) =>
  status === "draft" || has_draft || status === "needs-you" || status === "refused";

const within = (promise, most_ms) =>
  Promise.race([promise, new Promise((_, no) => setTimeout(() => no({ kind: "offline" }), most_ms))]);

// An area asked for by the QR of its list on paper, that is not on the telephone.
const wantedWords = (tasks, id) => {
  if (!tasks) return ["", ""];
  return tasks.some(({ task_id }) => task_id === id)
    ? ["card", say("area_on_paper")]
    : ["card card-warn", say("area_not_yours")];
};

/** Show areas, the one asked for first; those of the server too where it answers. */
export const tasksScreen = async (field, [, wanted]) => {
  const areas = await field.store.listAreas();
  const said = make("p", { className: "quiet", role: "status", id: "tasks-said" });
  const rows = make("div", { className: "cards", id: "tasks" });
  const busy = new Set();
  const show = async (tasks) => {
    const kept = new Map(areas.map((each) => [each.task.task_id, each]));
    const open = new Map((tasks ?? []).map((each) => [each.task_id, each]));
    const known = [...kept.keys(), ...open.keys()];
    const ids = new Set([...known.filter((id) => id === wanted), ...known]);
    const cards = [];
    for (const id of ids) {
      const task = open.get(id) ?? kept.get(id).task;
      const left = await field.store.codesLeft(task.commune_code);
      cards.push(taskCard(field, { task, kept: kept.get(id), left, isOpen: tasks ? open.has(id) : null }, busy));
    }
    rows.replaceChildren(...cards);
    if (cards.length === 0 && tasks) said.textContent = say("no_tasks");
    if (wanted && !kept.has(wanted)) [said.className, said.textContent] = wantedWords(tasks, wanted);
  };
  const ask_server = async () => {
    said.textContent = say("tasks_asking");
    said.className = "quiet";
    try {
      const tasks = await within(listTasks(field.api), LIST_TIMEOUT_MS);
      said.textContent = "";
      await show(tasks);
      await topUpBlocks(field.store, field.api);
    } catch (error) {
      said.textContent = errorWords(error);
      said.className = "card card-warn";
    }
    rows.dataset.state = "asked";
  };
  await show(null);
  return {
    title: say("areas_title"),
    back: "#/",
    body: [text(say("areas_words"), "quiet"), said, rows, notKeptCard()],
    foot: [button(say("tasks_again"), ask_server, "plain")],
    ready: ask_server,
  };
};
