/** Requests to the phones' API, and what their answers mean for what is kept here. */

const API = "/mobile/v1";
const PATIENCE_MS = 60_000;
const PART_BYTES = 131_072;

/** Sending it again unchanged will not help: somebody has to look at it. */
export class Refused extends Error {}
/** Nobody is signed in on this phone; everything waits. */
export class SignedOut extends Error {}
/** No answer, or one that may be another in a minute. */
export class Unreachable extends Error {
  /** @param {string} message @param {boolean} [isAnswered] whether the server said anything at all */
  constructor(message, isAnswered = false) {
    super(message);
    this.isAnswered = isAnswered;
  }
}

/** @param {string} path @param {RequestInit} request @returns {Promise<Response>} */
async function answered(path, request) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(API + path, { ...request, signal }).catch((error) => {
    throw new Unreachable(String(error));
  });
  if (answer.ok) return answer;
  if (answer.status === 401) throw new SignedOut();
  const isTemporary = answer.status >= 500 || answer.status === 408 || answer.status === 429;
  if (isTemporary || answer.redirected) throw new Unreachable(String(answer.status), true);
  const told = await answer.json().catch(() => ({}));
  throw new Refused(String(told.detail ?? answer.status));
}

/** A network that signs people in answers with a page of its own: that is no answer. @param {Response} answer */
async function json(answer) {
  return await answer.json().catch((error) => {
    throw new Unreachable(String(error));
  });
}

/** Who the server takes this phone for. A refusal here says nothing about any report. */
export async function me() {
  try {
    return await json(await answered("/me", {}));
  } catch (error) {
    throw error instanceof Refused ? new Unreachable(error.message, true) : error;
  }
}

/** @param {string} path */
export async function get(path) {
  return await json(await answered(path, {}));
}

/** A report, or what goes elsewhere; taken only when the answer names its id. @param {import("./outbox.js").Saved} saved */
export async function send({ id, report, to }) {
  const content = to ? report : { ...report, device_clock: new Date().toISOString() };
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(content);
  const filed = await json(
    await answered(to ?? "/fault-reports", { method: "POST", headers, body }),
  );
  if ((filed.report_id ?? filed.record_id) !== id) throw new Unreachable("another answer", true);
  return filed;
}

/**
 * Small photos in one request, larger ones in parts, carrying on where a cut has left off.
 * @param {string} id @param {import("./outbox.js").Photo} photo @param {ArrayBuffer} bytes
 */
export async function sendPhoto(id, photo, bytes) {
  const path = `/fault-reports/${id}/photos/${photo.sha256}?file_name=${encodeURIComponent(photo.name)}`;
  const type = photo.type || "application/octet-stream";
  const kept =
    bytes.byteLength > PART_BYTES
      ? await inParts(path, bytes)
      : await json(
          await answered(path, { method: "PUT", headers: { "content-type": type }, body: bytes }),
        );
  if (kept.sha256 !== photo.sha256) throw new Unreachable("another answer", true);
}

/** @param {string} path @param {ArrayBuffer} bytes */
async function inParts(path, bytes) {
  const known = await answered(path, { method: "HEAD" });
  let offset = Number(known.headers.get("upload-offset"));
  for (;;) {
    const part = bytes.slice(offset, offset + PART_BYTES);
    const isLast = offset + part.byteLength >= bytes.byteLength;
    const headers = {
      "content-type": "application/octet-stream",
      "upload-offset": String(offset),
      "upload-complete": isLast ? "?1" : "?0",
    };
    const answer = await answered(path, { method: "PATCH", headers, body: part });
    if (isLast) return await json(answer);
    offset = Number(answer.headers.get("upload-offset"));
  }
}
