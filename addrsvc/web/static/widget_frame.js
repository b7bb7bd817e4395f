// What scripts add inside the widget's frame: suggestions, the map when asked for, and the page
// around it, if that page says hello through our widget.js: how high the frame need be, and the
// address somebody chose by pressing the button. Nothing else is ever told or taken.

/** Talk to the page around us from now on, of which the browser says that it is of this origin. */
const talkTo = (origin) => {
  const tell = (message) => parent.postMessage(message, origin);
  const measure = () => {
    tell({ type: "addrsvc:height", height: Math.ceil(document.body.getBoundingClientRect().height) });
  };
  new ResizeObserver(measure).observe(document.body);
  const button = document.querySelector("[data-choose]");
  if (button === null) return;
  button.hidden = false;
  button.addEventListener("click", (event) => {
    if (!event.isTrusted) return;
    const { code, plate, label, done } = button.dataset;
    tell({ type: "addrsvc:chosen", code, plate, label });
    document.getElementById("chosen").textContent = done;
  });
};

const hear = ({ source, origin, data }) => {
  if (source !== parent || parent === self) return;
  if (data?.type !== "addrsvc:hello") return;
  removeEventListener("message", hear);
  talkTo(origin);
};
addEventListener("message", hear); // before anything is waited for: it is said once

// Pages of the frame take each other's place: the page around keeps its own history.
const go = (url) => location.replace(url);

const box = document.getElementById("q");
const words = new URLSearchParams({ lang: document.documentElement.lang });
const { suggest } = await import(box.dataset.script);
suggest(box, (code) => go(`/widget?${words}&code=${code}`));

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(`/widget?${new URLSearchParams(new FormData(form))}`);
  });
}
for (const link of document.querySelectorAll("a[data-inside]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.href);
  });
}

// Only where somebody works in here already: a frame does not take the focus from its page.
if (document.hasFocus()) document.querySelector("[data-focus]")?.focus({ preventScroll: true });

const map = document.getElementById("map");
const open = document.querySelector("[data-open-map]");
if (map !== null && open !== null) {
  open.hidden = false;
  open.addEventListener("click", async () => {
    document.getElementById(open.getAttribute("aria-controls")).hidden = false;
    open.hidden = true;
    const { showMap } = await import(map.dataset.script);
    await showMap(map);
  });
}
