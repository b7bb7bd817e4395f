// A button of one address: its form is sent, and only that address and the tally are drawn anew, so
// that who walks a street keeps the place. What fails is sent as forms are without scripts.

const form = document.getElementById("marks");
const said = document.getElementById("marks-said");

const redraw = (page, id) => {
  const [next, here] = [page.getElementById(id), document.getElementById(id)];
  if (next === null || here === null) return false;
  here.replaceWith(document.importNode(next, true));
  return true;
};

form.addEventListener("submit", async (event) => {
  const row = event.submitter?.closest(".houses > li");
  if (!row) return;
  event.preventDefault();
  const button = event.submitter;
  const fields = new URLSearchParams(new FormData(form));
  fields.set(button.name, button.value);
  row.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!redraw(page, row.id)) throw new Error("elsewhere");
    redraw(page, "tally");
    const drawn = document.getElementById(row.id);
    drawn.focus({ preventScroll: true });
    said.textContent = drawn.querySelector(".done:last-of-type > span")?.textContent ?? "";
  } catch {
    row.removeAttribute("aria-busy");
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: button.name, value: button.value });
    form.append(field);
    form.submit();
  }
});
