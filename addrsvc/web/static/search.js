// What scripts add to the one box, which works without them: suggestions while typing, as the
// combobox pattern of the ARIA Authoring Practices has it, and asking where the device is.

const WAIT_MS = 150;
const LEAST_LETTERS = 2;
const PAUSE_S = 5;

// Digits alone are a code, a point, or somebody's number: those are not sent while being typed.
const isAsked = (text) => /\p{L}/u.test(text) && text.trim().length >= LEAST_LETTERS;

const codePoints = (text) => [...text].length;

const unitsOf = (text, points) => [...text].slice(0, points).join("").length;

const optionOf = (suggestion, index) => {
  const option = document.createElement("li");
  option.id = `q-option-${index}`;
  option.role = "option";
  option.ariaSelected = "false";
  option.lang = "vi";
  const name = document.createElement("span");
  name.textContent = suggestion.text;
  option.append(name);
  if (!suggestion.text.includes(suggestion.commune_name)) {
    const commune = document.createElement("span");
    commune.className = "hint";
    commune.textContent = suggestion.commune_name;
    option.append(" ", commune);
  }
  return option;
};

const listAfter = (box, label) => {
  const list = document.createElement("ul");
  list.id = "q-options";
  list.className = "suggestions";
  list.role = "listbox";
  list.ariaLabel = label;
  list.hidden = true;
  const count = document.createElement("p");
  count.className = "unseen";
  count.setAttribute("role", "status");
  box.after(list, count);
  return { list, count };
};

/** Let a box of text suggest how to go on; `open` goes to the address of a code. */
export const suggest = (box, open = (code) => location.assign(`/a/${code}`)) => {
  const words = JSON.parse(box.dataset.words);
  const { list, count } = listAfter(box, words.list);
  let shown = [];
  let active = -1;
  let timer = null;
  let asking = null;
  let silentUntil = 0;

  box.role = "combobox";
  box.ariaAutoComplete = "list";
  box.ariaExpanded = "false";
  box.setAttribute("aria-controls", list.id);

  const point = (to) => {
    if (active >= 0) list.children[active].ariaSelected = "false";
    active = to;
    if (active < 0) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    const option = list.children[active];
    option.ariaSelected = "true";
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    point(-1);
    shown = [];
    list.hidden = true;
    list.replaceChildren();
    box.ariaExpanded = "false";
    count.textContent = "";
  };

  const show = (suggestions) => {
    point(-1);
    shown = suggestions;
    list.replaceChildren(...suggestions.map(optionOf));
    list.hidden = suggestions.length === 0;
    box.ariaExpanded = String(!list.hidden);
    count.textContent = list.hidden
      ? words.none
      : words.count.replace("{count}", suggestions.length);
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const caret = codePoints(box.value.slice(0, box.selectionStart ?? box.value.length));
    const query = new URLSearchParams({ q: box.value.slice(0, 200), caret: Math.min(caret, 200) });
    try {
      const answer = await fetch(`/v1/autocomplete?${query}`, { signal: asking.signal });
      if (!answer.ok) {
        const after = Number(answer.headers.get("Retry-After")) || PAUSE_S;
        silentUntil = Date.now() + after * 1000;
        close();
        return;
      }
      const { suggestions } = await answer.json();
      const news = suggestions.filter(({ text }) => text !== box.value);
      if (document.activeElement === box) show(news);
    } catch (error) {
      if (error.name !== "AbortError") close(); // no network: the box works as it is
    }
  };

  const take = (index) => {
    const { text, caret, code } = shown[index];
    if (/^[0-9]{10}$/.test(code ?? "")) {
      close();
      box.value = text;
      open(code);
      return;
    }
    close();
    box.value = text;
    const at = unitsOf(text, caret);
    box.setSelectionRange(at, at);
    box.focus();
    timer = setTimeout(ask, WAIT_MS);
  };

  box.addEventListener("input", () => {
    clearTimeout(timer);
    if (Date.now() < silentUntil || !isAsked(box.value)) {
      close();
      return;
    }
    timer = setTimeout(ask, WAIT_MS);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" && !isOpen && isAsked(box.value)) {
      event.preventDefault();
      ask();
    } else if (event.key === "ArrowDown" && isOpen) {
      event.preventDefault();
      point(active + 1 < shown.length ? active + 1 : -1);
    } else if (event.key === "ArrowUp" && isOpen) {
      event.preventDefault();
      point(active < 0 ? shown.length - 1 : active - 1);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && isOpen && active >= 0) {
      event.preventDefault();
      take(active);
    } else if (event.key === "Enter" || event.key === "Tab") {
      close();
    }
  });
  box.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option !== null) take([...list.children].indexOf(option));
  });
};

/** Let a form ask the device where it is, and send that. */
export const locate = (form) => {
  if (!("geolocation" in navigator) || !isSecureContext) return;
  const words = JSON.parse(form.dataset.words);
  const [button, status] = ["here-ask", "here-status"].map((id) => document.getElementById(id));
  form.hidden = false;
  button.addEventListener("click", () => {
    status.textContent = words.waiting;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lon.value = coords.longitude.toFixed(6);
        form.elements.lat.value = coords.latitude.toFixed(6);
        form.elements.accuracy_m.value = Math.max(1, Math.round(coords.accuracy));
        form.requestSubmit();
      },
      (error) => {
        const isRefused = error.code === error.PERMISSION_DENIED;
        status.textContent = isRefused ? words.refused : words.failed;
      },
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 },
    );
  });
};
