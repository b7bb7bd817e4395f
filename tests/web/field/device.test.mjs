import assert from "node:assert/strict";
import { test } from "node:test";
import { topUpBlocks } from "../../../addrsvc/web/static/field/device.js";

const refusal = (kind, said = {}) => Object.assign(new Error(kind), { kind, ...said });

// A phone with areas in three communes; the server says of each what a test says.
const phone = (answers) => {
  const meta = new Map([["device", { key: "k", areas: ["00001", "25747"] }]]);
  const asked = [];
  const store = {
    getMeta: async (key) => meta.get(key),
    putMeta: async (key, value) => meta.set(key, value),
    listAreas: async () => ["25747", "25748", "25749"].map((commune_code) => ({ task: { commune_code } })),
    codesLeft: async () => 0,
    putBlock: async (_block, key) => meta.delete(key),
  };
  const api = {
    request: async (_method, _path, { json, headers }) => {
      asked.push([json.commune_code, headers["Idempotency-Key"]]);
      const error = answers[json.commune_code];
      if (error) throw error;
      return { json: {} };
    },
  };
  return { store, api, asked, codes: () => asked.map(([code]) => code), keys: () => asked.map(([, key]) => key) };
};

test("codes are had for the areas on the phone, whatever is said of one of them", async () => {
  const answers = { 25747: refusal("refused") };
  const one = phone(answers);
  await assert.rejects(topUpBlocks(one.store, one.api), { kind: "refused" });
  assert.deepEqual(one.codes(), ["25747", "25748", "25749"]);
  await assert.rejects(topUpBlocks(one.store, one.api, ["25747"]));
  assert.notEqual(one.keys()[3], one.keys()[0], "a key that was refused is not used again");
});

test("without a network, or when asked to wait, no other is asked for; the key stays", async () => {
  for (const error of [refusal("offline"), refusal("later", { retry_after_s: 5 })]) {
    const one = phone({ 25747: error });
    await assert.rejects(topUpBlocks(one.store, one.api), error);
    await assert.rejects(topUpBlocks(one.store, one.api), error);
    assert.deepEqual(one.codes(), ["25747", "25747"]);
    assert.equal(one.keys()[0], one.keys()[1], "an answer that was lost burns no codes");
  }
});
