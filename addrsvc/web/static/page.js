// What scripts add to a page that is whole without them: focus on the answer, copying,
// sharing, the map. Text reaches the page by textContent only.

// Readers of screens and keyboards go on from the answer, not from the top of the page.
document.querySelector("[data-focus]")?.focus({ preventScroll: true });

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

const map = document.getElementById("map");
if (map !== null) {
  const { showMap } = await import(map.dataset.script);
  await showMap(map);
}
