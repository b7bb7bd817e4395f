// Photos of a record: small ones in a row, each opens large. A photo on its way is told in words.

const byId = (id) => document.getElementById(id);

const open = (picture) => {
  const dialog = byId("desk-picture");
  const image = dialog.querySelector("img");
  image.src = picture.path;
  image.alt = picture.alt;
  dialog.querySelector("p").textContent = picture.alt;
  dialog.showModal();
};

const figureOf = (picture, words) => {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = picture.alt;
  if (picture.path === null) {
    figure.className = "desk-picture-away";
    figure.append(caption);
    return figure;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "desk-picture-open";
  button.setAttribute("aria-label", words.enlarge.replace("{what}", picture.alt));
  const image = document.createElement("img");
  image.src = picture.path;
  image.alt = "";
  image.addEventListener("error", () => {
    button.remove();
    caption.textContent = `${picture.alt}. ${words.pictureFailed}`;
  });
  button.append(image);
  button.addEventListener("click", () => open(picture));
  figure.append(button, caption);
  return figure;
};

/** Show the photos of an item; other kinds of items have none. */
export const showPictures = (item, words) => {
  const part = byId("desk-pictures");
  if (part === null) return;
  const figures = item.pictures.map((each) => figureOf(each, words));
  if (figures.length === 0) {
    const none = document.createElement("p");
    none.className = "hint";
    none.textContent = words.noPictures;
    figures.push(none);
  }
  part.replaceChildren(...figures);
};

/** Open the first photo large, where there is one. */
export const openPicture = () => byId("desk-pictures")?.querySelector("button")?.click();
