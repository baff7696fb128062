/**
 * Sends what waits, one report after another, in one tab at a time. A report that is refused does
 * not hold up the others; no network and no sign-in do. Nothing is thrown away here.
 */

import * as outbox from "./outbox.js";
import * as transport from "./transport.js";

/** @typedef {import("./outbox.js").Item} Item */
/** @typedef {"idle" | "sending" | "unreachable" | "signed_out"} Line */

const SHORTEST_WAIT_MS = 2_000;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 600_000;
const PATIENCE_WITH_DAMAGE = 3;
const STUMBLES_IN_A_ROW = 3;

/** @type {{ line: Line, user: string }} */
export const now = { line: "idle", user: "" };
/** @type {Set<() => void>} */
const listeners = new Set();
let timer = 0;
let pauses = 0;

/** @param {() => void} listener */
export function onLine(listener) {
  listeners.add(listener);
}

/** @param {Line} line */
function tell(line) {
  now.line = line;
  for (const listener of listeners) listener();
}

/** Doubling up to ten minutes, with a tenth of chance so that phones do not come all at once. @param {number} attempt */
const wait = (attempt) =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt) * (0.9 + Math.random() * 0.2);

/**
 * @param {{ evenIfEarly?: boolean, onlyId?: string }} [how] evenIfEarly: somebody has pressed the
 *   button, or the network has just come back.
 */
export async function flush(how = {}) {
  clearTimeout(timer);
  await navigator.locks.request("gesuibo-outbox", { ifAvailable: true }, async (lock) => {
    if (lock) await inTurn(how);
  });
  await arrange();
}

/** @param {{ evenIfEarly?: boolean, onlyId?: string }} how */
async function inTurn({ evenIfEarly = false, onlyId }) {
  const early = Date.now();
  const due = outbox
    .ready(await outbox.items())
    .filter(
      (item) =>
        (!onlyId || item.id === onlyId) &&
        (item.state.phase !== "needs_human" || item.id === onlyId) &&
        (evenIfEarly || item.state.next_at <= early),
    );
  if (!due.length) return;
  tell("sending");
  try {
    now.user = (await transport.me()).user_id;
    await sendAll(due.filter((item) => item.user === now.user));
    tell("idle");
    pauses = 0;
  } catch (error) {
    if (error instanceof transport.SignedOut) tell("signed_out");
    else if (error instanceof transport.Unreachable) tell("unreachable");
    else throw error;
    pauses += 1;
  }
}

/** A report on which the server stumbles is put off; several in a row are the server's trouble. @param {Item[]} due */
async function sendAll(due) {
  let stumbles = 0;
  for (const item of due) {
    try {
      await send(item);
      stumbles = 0;
    } catch (error) {
      if (!(error instanceof transport.Unreachable)) throw error;
      await putOff(item);
      stumbles += 1;
      if (!error.isAnswered || stumbles >= STUMBLES_IN_A_ROW) throw error;
    }
  }
}

/** @param {Item} item */
async function putOff(item) {
  const { attempt, number } = item.state;
  const phase = number ? "photos" : "waiting";
  await outbox.note(item.state, {
    phase,
    attempt: attempt + 1,
    next_at: Date.now() + wait(attempt),
  });
}

/** @param {Item} item */
async function send(item) {
  try {
    if (!item.state.number) await sendReport(item);
    await sendPhotos(item);
    await outbox.finish(item);
  } catch (error) {
    if (!(error instanceof transport.Refused)) throw error;
    await outbox.note(item.state, { phase: "needs_human", reason: error.message });
  }
}

/** @param {Item} item */
async function sendReport(item) {
  await outbox.note(item.state, { phase: "sending", reason: "" });
  const filed = await transport.send(item);
  await outbox.note(item.state, {
    phase: "photos",
    number: String(filed.report_no ?? ""),
    case_no: String(filed.case_no ?? ""),
  });
}

/** The other photos are sent even when one is refused. @param {Item} item */
async function sendPhotos(item) {
  /** @type {transport.Refused | null} */
  let refusal = null;
  await outbox.note(item.state, { phase: "photos", reason: "" });
  for (const photo of item.photos) {
    if (item.state.sent_photos.includes(photo.sha256)) continue;
    const bytes = await outbox.photoBytes(item.id, photo.sha256);
    if (!bytes) throw new transport.Refused(photo.name);
    try {
      await sendPhoto(item, photo, bytes);
    } catch (error) {
      if (!(error instanceof transport.Refused)) throw error;
      refusal = new transport.Refused(`${photo.name}: ${error.message}`);
    }
  }
  if (refusal) throw refusal;
}

/** Bytes may be damaged on the way: tried a few times before somebody is asked. @param {Item} item @param {import("./outbox.js").Photo} photo @param {ArrayBuffer} bytes */
async function sendPhoto(item, photo, bytes) {
  for (let left = PATIENCE_WITH_DAMAGE; ; left--) {
    try {
      await transport.sendPhoto(item.id, photo, bytes);
      break;
    } catch (error) {
      if (!(error instanceof transport.Refused) || left <= 1) throw error;
    }
  }
  await outbox.note(item.state, { sent_photos: [...item.state.sent_photos, photo.sha256] });
}

/** Comes back by itself when the next report is due. */
async function arrange() {
  clearTimeout(timer);
  const waiting = outbox
    .ready(await outbox.items())
    .filter((item) => item.state.phase !== "needs_human" && (!now.user || item.user === now.user));
  if (!waiting.length) return;
  const next = Math.min(...waiting.map((item) => item.state.next_at));
  const line = pauses ? wait(pauses - 1) : SHORTEST_WAIT_MS;
  timer = window.setTimeout(flush, Math.max(line, next - Date.now()));
}

/** From now on whatever waits is sent as soon as it can be. */
export async function keepSending() {
  window.addEventListener("online", () => flush({ evenIfEarly: true }));
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  await flush({ evenIfEarly: true });
}
