// Language, this telephone and whose it is, storage, the version, the last resort, and help.

import { exportFile, handOver } from "./carry.js";
import { askForStorage } from "./device.js";
import { button, card, facts, make, moment, size, text } from "./dom.js";
import { signInLink } from "./start_screen.js";
import { applyUpdate, version } from "./update.js";
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

const devicePart = (device) =>
  card(
    "",
    make("h2", "", say("device_title")),
    device
      ? facts([
          [say("device_name"), device.name],
          [say("device_held_by"), device.held_by],
          [say("device_areas"), device.areas ? device.areas.join(", ") : say("device_all_areas")],
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

const exportPart = (field) => {
  const said = make("p", { role: "status", id: "export-said" });
  const act = async (event) => {
    const { currentTarget } = event;
    currentTarget.disabled = true;
    said.textContent = say("export_making");
    try {
      const file = await exportFile(field.store);
      if (file.records.length === 0) said.textContent = say("export_empty");
      else {
        await handOver(field.store, file);
        said.textContent = say("export_done", { count: file.records.length, name: file.name });
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
    button(say("export_go"), act, "plain"),
    said,
  );
};

const versionPart = (field) =>
  card(
    field.hasUpdate ? "warn" : "",
    make("h2", "", say("version_title")),
    text(say("version_now", { version })),
    field.hasUpdate ? button(say("update_take"), () => applyUpdate()) : text(say("version_newest"), "quiet"),
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
  const device = await field.store.getMeta("device");
  return {
    title: say("settings_title"),
    back: "#/",
    body: [
      languagePart(field),
      devicePart(device),
      await storagePart(field),
      exportPart(field),
      versionPart(field),
      helpPart(),
    ],
    foot: [],
  };
};
