// What scripts add to the pages of jobs over files: sending a file and following one. Text
// reaches the page by textContent only.

import { prepareSending } from "./sending.js";

const byId = (id) => document.getElementById(id);
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
const grouping = (language) => {
  const format = new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en");
  return (number) => format.format(number);
};

// --- following a job: events of the server; where there are none, asking again and again ------

const POLL_MS = 3000;
const PATIENCE_MS = 5000;

const follow = (live) => {
  const words = JSON.parse(live.dataset.words);
  const number = grouping(live.dataset.language);
  const path = `/v1/jobs/${live.dataset.job}`;
  const title = document.title.replace(/^\d+% – /, "");
  const [bar, state, outcomes] = [byId("bar"), byId("state"), byId("outcomes")];
  let known = live.dataset.state;
  let missing; // since when nothing is heard: a stream that only ended comes back within seconds

  const miss = () => {
    missing ??= setTimeout(() => { byId("offline").hidden = false; }, PATIENCE_MS);
  };

  const duration = (seconds) => {
    if (seconds < 90) return fill(words.seconds, { count: Math.max(Math.ceil(seconds), 1) });
    if (seconds < 5400) return fill(words.minutes, { count: Math.ceil(seconds / 60) });
    return fill(words.hours, { count: Math.ceil(seconds / 3600) });
  };
  const countOf = (name) => {
    const there = outcomes.querySelector(`[data-count="${CSS.escape(name)}"]`);
    if (there !== null) return there.lastElementChild;
    const line = document.createElement("div");
    line.dataset.count = name;
    const [term, count] = ["dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = words.counts[name] ?? name;
    count.className = "figure";
    line.append(term, count);
    outcomes.append(line);
    return count;
  };
  const show = (told) => {
    clearTimeout(missing);
    missing = undefined;
    byId("offline").hidden = true;
    if (!(told.state in words.states)) {
      location.reload(); // over, or its owner is asked: another page
      return false;
    }
    if (told.state !== known) {
      known = told.state;
      state.textContent = words.states[known];
    }
    const { total, done, per_s: rate, left_s: left } = told.rows;
    if (total) {
      const percent = Math.floor((done / total) * 100);
      bar.value = (done / total) * 100;
      byId("percent").textContent = `${percent}%`;
      document.title = `${percent}% – ${title}`;
      byId("rows").textContent = fill(words.rows, { done: number(done), total: number(total) });
    }
    byId("rate").textContent = rate === null ? "" : fill(words.rate, { count: number(Math.round(rate)) });
    byId("left").textContent = left === null ? "" : duration(left);
    byId("ahead").textContent = told.queue?.ahead ? fill(words.ahead, { count: told.queue.ahead }) : "";
    byId("stuck").hidden = told.queue?.workers !== 0;
    for (const [name, count] of Object.entries(told.counts)) countOf(name).textContent = number(count);
    return true;
  };
  const poll = async () => {
    let goesOn = true;
    try {
      const answer = await fetch(path);
      if (answer.ok) goesOn = show(await answer.json());
      else if (answer.status === 401 || answer.status === 404) location.reload();
      else miss();
    } catch {
      miss();
    }
    if (goesOn) setTimeout(poll, POLL_MS);
  };

  const source = new EventSource(`${path}/progress`);
  let isPolling = false;
  source.addEventListener("progress", (event) => {
    if (!show(JSON.parse(event.data))) source.close();
  });
  source.addEventListener("error", () => {
    miss();
    if (source.readyState !== EventSource.CLOSED || isPolling) return;
    isPolling = true; // no stream is to be had: too many are open, or a proxy stops them
    poll();
  });
  addEventListener("pagehide", () => source.close());
};

const form = byId("send");
if (form !== null) {
  prepareSending(form, {
    urlOf: (given) => {
      const fields = new FormData(form);
      const asked = { kind: fields.get("kind"), name: given.name, result: fields.get("result"), start: "false" };
      return `/v1/jobs?${new URLSearchParams(asked)}`;
    },
    pageOf: (answer) => `/jobs/${answer.job_id}`,
  });
}
const live = byId("live");
if (live !== null) follow(live);
const print = byId("print");
if (print !== null) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
