// Language, this telephone and whose it is, storage, the version, the last resort, and help.

import { exportFiles, saveFile } from "./carry.js";
import { askForStorage } from "./device.js";
import { button, card, facts, make, moment, size, text } from "./dom.js";
import { signInLink, updatePart } from "./start_screen.js";
import { version } from "./update.js";
import { LANGUAGES, language, say, setLanguage } from "./words.js";

const languagePart = (field) =>
  card(
    "",
    make("h2", "", say("language_title")),
    make(
      "div",
      { className: "choices", role: "radiogroup", aria: { label: say("language_title") } },
      ...Object.entries(LANGUAGES).map(([code, name]) => {
        const input = make("input", { type: "radio", name: "language", value: code, checked: code === language() });
        input.addEventListener("change", async () => {
          setLanguage(code);
          await field.store.putMeta("language", code);
          field.again();
        });
        return make("label", { className: "choice", lang: code }, input, make("span", "", name));
      }),
    ),
  );

const devicePart = (device, communes) =>
  card(
    "",
    make("h2", "", say("device_title")),
    device
      ? facts([
          [say("device_name"), device.name],
          [say("device_held_by"), device.held_by?.replace(/^account:/, "")],
          [say("device_areas"), device.areas?.map((code) => communes.get(code) ?? code).join(", ") ?? say("device_all_areas")],
          [say("device_expires"), device.expires_at ? moment(device.expires_at, true) : null],
        ])
      : text(say("device_unknown")),
    signInLink("plain"),
    text(say("sign_in_keeps"), "quiet"),
  );

const storagePart = async (field) => {
  const storage = await askForStorage().catch(() => null);
  const again = async () => {
    await navigator.storage?.persist?.();
    field.again();
  };
  return card(
    storage?.persisted ? "" : "warn",
    make("h2", "", say("storage_title")),
    text(storage?.persisted ? say("storage_kept") : say("storage_not_kept")),
    storage?.quota ? text(say("storage_usage", { used: size(storage.usage), free: size(storage.quota - storage.usage) }), "quiet") : null,
    storage?.persisted ? null : button(say("storage_ask"), again, "plain"),
  );
};

const exportPart = (field, drafts) => {
  const said = make("p", { role: "status", id: "export-said" });
  const files = make("div", "actions");
  const act = async (event) => {
    const { currentTarget } = event;
    currentTarget.disabled = true;
    said.textContent = say("export_making");
    files.replaceChildren();
    try {
      const made = await exportFiles(field.store);
      const count = made.reduce((sum, each) => sum + each.count, 0);
      if (made.length === 0) said.textContent = say("export_empty");
      else if (made.length === 1) {
        saveFile(made[0].file);
        said.textContent = say("export_done", { count, name: made[0].file.name });
      } else {
        // browsers give one file for one tap
        said.textContent = say("export_parts", { count, files: made.length });
        const parts = made.map(({ file }, at) => {
          const words = say("export_part", { part: at + 1, files: made.length });
          return button(words, () => saveFile(file), "plain");
        });
        files.replaceChildren(...parts);
      }
    } catch (error) {
      console.warn(error);
      said.textContent = say("export_failed");
    }
    currentTarget.disabled = false;
  };
  return card(
    "",
    make("h2", "", say("export_title")),
    text(say("export_words")),
    drafts > 0 ? text(say("export_drafts", { count: drafts })) : null,
    button(say("export_go"), act, "plain"),
    said,
    files,
  );
};

const versionPart = (field) =>
  card(
    field.hasUpdate ? "warn" : "",
    make("h2", "", say("version_title")),
    text(say("version_now", { version })),
    ...(field.hasUpdate ? updatePart() : [text(say("version_newest"), "quiet")]),
  );

const helpPart = () =>
  card(
    "",
    make("h2", "", say("help_title")),
    make("ol", "", ...["help_1", "help_2", "help_3", "help_4", "help_5"].map((key) => make("li", "", say(key)))),
    make("h3", "", say("lost_title")),
    text(say("lost_words")),
  );

/** Show the settings. */
export const settingsScreen = async (field) => {
  const { store } = field;
  const [device, areas, { drafts }] = await Promise.all([store.getMeta("device"), store.listAreas(), store.counts()]);
  const communes = new Map(areas.map(({ commune }) => [commune.code, commune.name]));
  return {
    title: say("settings_title"),
    back: "#/",
    body: [
      languagePart(field),
      devicePart(device, communes),
      await storagePart(field),
      exportPart(field, drafts),
      versionPart(field),
      helpPart(),
    ],
    foot: [],
  };
};
