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

const show = ({ taken, already_there: there, refused: left }) => {
  said.textContent = filled(words.done, { taken, there, refused: left.length });
  for (const { record, reason } of left) {
    const line = document.createElement("li");
    line.textContent = `${record}: ${reason}`;
    refused.append(line);
  }
};

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
    const answer = await fetch("/v1/collection/submissions:import", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
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
