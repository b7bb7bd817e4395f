// Sending a file from a form: raw, as the body of one request, with how much of it has gone. Text
// reaches the page by textContent only.

const byId = (id) => document.getElementById(id);

/**
 * Let a form send the file chosen in it.
 * urlOf: where a file is sent to; pageOf: the page to go to, of the answer.
 */
export const prepareSending = (form, { urlOf, pageOf }) => {
  const words = JSON.parse(form.dataset.words);
  const [file, chosen, problem] = [byId("file"), byId("chosen"), byId("send-problem")];
  const [sending, actions, bar, part] = [
    byId("sending"), byId("send-actions"), byId("sent"), byId("sent-part"),
  ];
  const button = actions.querySelector("button");
  const drop = byId("drop");
  let request = null;

  const say = (text) => {
    problem.hidden = text === "";
    problem.textContent = text;
  };
  const show = () => {
    chosen.textContent = file.files.length > 0 ? file.files[0].name : "";
    say("");
  };
  const rest = (text) => {
    request = null;
    sending.hidden = true;
    actions.hidden = false;
    say(text);
  };
  const refused = (answer) => {
    try {
      const told = JSON.parse(answer);
      return told.detail ?? told.title ?? words.connection;
    } catch {
      return words.connection;
    }
  };
  const send = (given) => {
    request = new XMLHttpRequest();
    request.open("POST", urlOf(given));
    request.setRequestHeader("X-CSRF-Token", form.dataset.csrf);
    request.setRequestHeader("Accept-Language", form.dataset.language);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable) return;
      bar.value = (sent.loaded / sent.total) * 100;
      part.textContent = `${Math.floor(bar.value)}%`;
    });
    request.addEventListener("load", () => {
      if (request.status === 201) {
        location.assign(pageOf(JSON.parse(request.responseText)));
      } else {
        rest(refused(request.responseText));
      }
    });
    request.addEventListener("error", () => rest(words.connection));
    request.addEventListener("abort", () => rest(words.stopped));
    bar.value = 0;
    part.textContent = "";
    sending.hidden = false;
    actions.hidden = true;
    say("");
    request.send(given);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = file.files[0];
    if (given === undefined) {
      say(words.none);
      file.focus();
    } else if (given.size > Number(form.dataset.max)) {
      say(words.large);
    } else {
      send(given);
    }
  });
  file.addEventListener("change", show);
  byId("stop").addEventListener("click", () => request?.abort());
  addEventListener("beforeunload", (event) => {
    if (request !== null && request.readyState < XMLHttpRequest.HEADERS_RECEIVED) {
      event.preventDefault();
    }
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length === 0) return;
    file.files = event.dataTransfer.files;
    show();
  });
  // a file that misses the box would replace the page
  for (const name of ["dragover", "drop"]) {
    addEventListener(name, (event) => event.preventDefault());
  }
  button.disabled = false;
  show();
};
