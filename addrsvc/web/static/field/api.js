// Requests to the server with the key of the device, and what their failures mean.

/**
 * Why a request came to nothing; `kind`:
 * offline (no answer: whether it arrived is not known), later (the server is busy or broken), signed-out
 * (the key expired), revoked, refused (asking again changes nothing; see `problem`), stale (it was
 * changed meanwhile), unknown (an answer that is not of our server). `key_id`: which device asked.
 */
export class ApiError extends Error {
  constructor(kind, { status = 0, problem = null, headers = null, retry_after_s = null, key_id } = {}) {
    super(`${kind} ${status} ${problem?.type ?? ""}`);
    Object.assign(this, { kind, status, problem, headers, retry_after_s, key_id });
    this.slug = problem?.type?.split("/").pop() ?? null;
  }
}

const MOST_WAIT_S = 3600;

const retryAfter = (headers) => {
  const text = headers.get("Retry-After");
  if (text === null) return null;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), MOST_WAIT_S) : null;
};

const kindOf = (status, slug) => {
  if (status === 401) return slug === "device-revoked" ? "revoked" : "signed-out";
  if (status === 412) return "stale";
  if (status === 408 || status === 425 || status === 429 || status >= 500) return "later";
  return "refused";
};

const read = async (answer) => {
  const isJson = /^application\/(problem\+)?json/.test(answer.headers.get("Content-Type") ?? "");
  return isJson ? answer.json() : (await answer.arrayBuffer(), null);
};

/** Make what asks the server; it reads the key each time, since another tab may have renewed it. */
export const makeApi = (store) => {
  /**
   * Ask. Gives `{status, headers, json, key_id}`; json is null where the answer has none, key_id is
   * the device that asked: it may be another by now.
   * Raises ApiError.
   */
  const request = async (method, path, { json, body, headers = {}, timeout_s: timeoutS = 60 } = {}) => {
    const device = await store.getMeta("device");
    if (!device?.key) throw new ApiError("signed-out");
    const sent = { Authorization: `Bearer ${device.key}`, ...headers };
    const language = document.documentElement.lang;
    if (language) sent["Accept-Language"] = language;
    if (json !== undefined) sent["Content-Type"] = "application/json";
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), timeoutS * 1000);
    let answer;
    let told;
    try {
      answer = await fetch(path, {
        method,
        headers: sent,
        body: json === undefined ? body : JSON.stringify(json),
        signal: stop.signal,
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
      });
      told = method === "HEAD" ? null : await read(answer); // it has the type of a body, and none
    } catch {
      throw new ApiError("offline"); // cut off on the way there, on the way back, or in the middle
    } finally {
      clearTimeout(timer);
    }
    if (answer.ok || answer.status === 304) {
      const isOurs = told !== null || answer.status === 204 || answer.status === 304;
      if (!isOurs && method !== "HEAD") throw new ApiError("unknown", { status: answer.status });
      return { status: answer.status, headers: answer.headers, json: told, key_id: device.key_id };
    }
    const slug = told?.type?.split?.("/").pop();
    // a refusal that is not in the words of our server is of something between it and us
    const isOurs = slug !== undefined || method === "HEAD";
    throw new ApiError(isOurs ? kindOf(answer.status, slug) : "later", {
      status: answer.status,
      problem: told,
      headers: answer.headers,
      retry_after_s: retryAfter(answer.headers),
      key_id: device.key_id,
    });
  };
  return { request };
};
