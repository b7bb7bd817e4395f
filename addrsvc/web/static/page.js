// What scripts add to a page that is whole without them: focus on the answer, copying,
// sharing, the map. Text reaches the page by textContent only.

// Readers of screens and keyboards go on from the answer, not from the top of the page.
document.querySelector("[data-focus]")?.focus({ preventScroll: true });

// The menu of staff closes as menus do.
const work = document.querySelector(".work");
if (work !== null) {
  document.addEventListener("click", ({ target }) => {
    if (!work.contains(target)) work.open = false;
  });
  work.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !work.open) return;
    work.open = false;
    work.querySelector("summary").focus();
  });
}

const textOf = (id) => {
  const source = document.getElementById(id);
  return source instanceof HTMLAnchorElement ? source.href : source.textContent.trim();
};

// Pages reached over plain HTTP have no clipboard: select and copy as a reader would.
const copySelected = (id) => {
  const selection = getSelection();
  selection.selectAllChildren(document.getElementById(id));
  return document.execCommand("copy");
};

const copy = async (id) => {
  try {
    await navigator.clipboard.writeText(textOf(id));
    return true;
  } catch {
    return copySelected(id);
  }
};

const said = document.getElementById("copied");
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    said.textContent = (await copy(button.dataset.copy)) ? said.dataset.done : said.dataset.failed;
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  if (typeof navigator.share !== "function") continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ title: document.title, url: textOf(button.dataset.share) }).catch((error) => {
      if (error.name !== "AbortError") said.textContent = said.dataset.failed;
    });
  });
}

const box = document.querySelector("#q[data-script]");
if (box !== null) {
  const { suggest, locate } = await import(box.dataset.script);
  suggest(box);
  locate(document.getElementById("here"));
}

const map = document.getElementById("map");
const open = document.querySelector("[data-open-map]");
if (map !== null && open !== null) {
  // A map nobody asked for yet is not loaded.
  open.hidden = false;
  open.addEventListener("click", async () => {
    document.getElementById(open.getAttribute("aria-controls")).hidden = false;
    open.hidden = true;
    const { showMap } = await import(map.dataset.script);
    await showMap(map);
  });
} else if (map !== null) {
  const { showMap } = await import(map.dataset.script);
  await showMap(map);
}
