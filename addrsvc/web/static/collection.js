// Sending a file a phone exported. Text reaches the page by textContent only.

const form = document.getElementById("import");
const said = document.getElementById("import-said");
const refused = document.getElementById("import-refused");
const words = JSON.parse(form.dataset.words);

const filled = (text, facts) =>
  text.replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));

const problemOf = async (answer) => {
  try {
    const told = await answer.json();
    return told.detail ?? told.title ?? words.failed;
  } catch {
    return words.failed;
  }
};

// What was not taken, of either kind of file: which record or line, and why.
const leftOf = (told) =>
  Array.isArray(told.refused)
    ? told.refused.map(({ record, reason }) => `${record}: ${reason}`)
    : told.rows
        .filter(({ problem }) => problem !== null)
        .map(({ line, problem }) => `${line}: ${problem.detail ?? problem.title}`);

const show = (told) => {
  const left = leftOf(told);
  const there = told.already_there ?? told.unchanged;
  said.textContent = filled(words.done, { taken: told.taken, there, refused: left.length });
  for (const text of left) {
    const line = document.createElement("li");
    line.textContent = text;
    refused.append(line);
  }
};

const SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const goalOf = ({ name }) =>
  name.toLowerCase().endsWith(".xlsx")
    ? { path: "/v1/collection/sheets:import", type: SHEET }
    : { path: "/v1/collection/submissions:import", type: "application/json" };

form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refused.replaceChildren();
  const [file] = document.getElementById("import-file").files;
  if (file === undefined) {
    said.textContent = words.none;
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const { path, type } = goalOf(file);
    const answer = await fetch(path, {
      method: "POST",
      headers: {
        "Content-Type": type,
        "X-CSRF-Token": form.dataset.csrf,
        "Accept-Language": form.dataset.language,
      },
      body: file,
    });
    if (answer.ok) show(await answer.json());
    else said.textContent = await problemOf(answer);
  } catch {
    said.textContent = words.failed;
  } finally {
    button.disabled = false;
  }
});
