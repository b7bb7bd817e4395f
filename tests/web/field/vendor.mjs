// The libraries where the pages have them: `/static/vendor/…` is found among the installed ones.

import { registerHooks } from "node:module";

const LIBRARIES = process.env.ADDRSVC_NPM_DIR
  ? new URL(`file://${process.env.ADDRSVC_NPM_DIR}/`)
  : new URL("../../../addrsvc/web/node_modules/", import.meta.url);

const FILES = {
  "/static/vendor/lean-qr/index.mjs": "lean-qr/index.mjs",
  "/static/vendor/idb/index.js": "idb/build/index.js",
};

registerHooks({
  resolve: (specifier, context, next) =>
    specifier in FILES ? next(new URL(FILES[specifier], LIBRARIES).href, context) : next(specifier, context),
});
