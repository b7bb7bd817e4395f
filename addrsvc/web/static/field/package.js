// What a phone takes along: the package of an area, its tiles and codes.

/** Give the tasks open to this device. */
export const listTasks = async (api) => {
  const { json } = await api.request("GET", "/v1/collection/tasks");
  return Array.isArray(json) ? json : json.items;
};

/** Take a package along: `{addresses, tiles}`. */
export const download = async (task_id, { store, api, onProgress = () => {} }) => {
  onProgress({ phase: "package", done: 0, total: 1 });
  const { json } = await api.request("GET", `/v1/collection/tasks/${task_id}/package`, { timeout_s: 120 });
  await store.putPackage(json);
  onProgress({ phase: "package", done: 1, total: 1 });
  return { addresses: json.addresses.length, tiles: 0 };
};
