/**
 * What has been written on this phone and has not reached the city, in a database of its own whose
 * version is not meant to change. A report and its photos are written once, in one transaction;
 * only their state is written again. They go when the server has named the report's own id and the
 * hash of every photo, or by hand.
 */

import { Database } from "./database.js";

/** @typedef {{ sha256: string, name: string, type: string, size: number }} Photo */
/** @typedef {{ sha256: string, name: string, type: string, bytes: ArrayBuffer }} PhotoBytes */
/**
 * `what` says in words what it is; `to` is where it goes when it is no report; `follows` names
 * another item that has to arrive first.
 * @typedef {{ id: string, user: string, author: string, title: string, place: string, saved_at: string, report: Record<string, unknown>, photos: Photo[], what?: string, to?: string, follows?: string }} Saved
 */
/** @typedef {"waiting" | "sending" | "photos" | "needs_human"} Phase */
/** @typedef {{ id: string, phase: Phase, reason: string, attempt: number, next_at: number, number: string, case_no: string, sent_photos: string[] }} State */
/** @typedef {Saved & { state: State }} Item */
/** @typedef {{ id: string, number: string, case_no: string, title: string, place: string, photos: number, sent_at: string, what?: string, to?: string }} Sent */

const KEPT_SENT = 50;
const KEPT_SENT_MS = 30 * 24 * 3600 * 1000;

const base = new Database({
  name: "gesuibo-outbox",
  version: 1,
  stores: {
    reports: { keyPath: "id" },
    photos: {},
    states: { keyPath: "id" },
    drafts: { keyPath: "key" },
    sent: { keyPath: "id" },
  },
});
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("gesuibo-outbox") : null;
const listeners = new Set(/** @type {(() => void)[]} */ ([]));
const PAUSE_MS = 50;
let isPending = false;
channel?.addEventListener("message", announce);

/** Many changes in a row are told once. */
function announce() {
  if (isPending) return;
  isPending = true;
  setTimeout(() => {
    isPending = false;
    for (const listener of listeners) listener();
  }, PAUSE_MS);
}

/** Called after every change, in this tab and in others. @param {() => void} listener */
export function onChange(listener) {
  listeners.add(listener);
}

function changed() {
  channel?.postMessage("changed");
  announce();
}

/** @param {string} id @returns {State} */
const fresh = (id) => ({
  id,
  phase: "waiting",
  reason: "",
  attempt: 0,
  next_at: 0,
  number: "",
  case_no: "",
  sent_photos: [],
});

/** All photos belonging to a report or a draft. @param {string} owner */
const ofOwner = (owner) => IDBKeyRange.bound([owner], [owner, []]);

/**
 * Resolved once report and photos are safe on this phone; the draft goes in the same transaction.
 * @param {Saved} saved @param {PhotoBytes[]} photos @param {string} draft
 */
export async function keep(saved, photos, draft = "") {
  await base.run(["reports", "photos", "states", "drafts"], (store) => {
    store("reports").add(saved);
    store("states").add(fresh(saved.id));
    for (const photo of photos) store("photos").put(photo.bytes, [saved.id, photo.sha256]);
    if (draft) {
      store("drafts").delete(draft);
      store("photos").delete(ofOwner(draft));
    }
  });
  changed();
}

/** Oldest first. @returns {Promise<Item[]>} */
export async function items() {
  const [reports, states] = await Promise.all([
    base.read(
      ["reports"],
      (store) => /** @type {IDBRequest<Saved[]>} */ (store("reports").getAll()),
    ),
    base.read(["states"], (store) => /** @type {IDBRequest<State[]>} */ (store("states").getAll())),
  ]);
  const byId = new Map(states.map((state) => [state.id, state]));
  return reports.map((saved) => ({ ...saved, state: byId.get(saved.id) ?? fresh(saved.id) }));
}

/** @param {string} id @returns {Promise<Item | null>} null when it has gone meanwhile */
export async function item(id) {
  const saved = await base.read(["reports"], (store) => store("reports").get(id));
  const state = await base.read(["states"], (store) => store("states").get(id));
  return saved ? { ...saved, state: state ?? fresh(id) } : null;
}

/** @param {string} owner @param {string} hash @returns {Promise<ArrayBuffer | undefined>} */
export function photoBytes(owner, hash) {
  return base.read(["photos"], (store) => store("photos").get([owner, hash]));
}

/** @param {unknown} error */
const isFull = (error) => error instanceof DOMException && error.name === "QuotaExceededError";

/**
 * On a full phone only this page knows of it: sending goes on, because nothing else makes room.
 * @param {State} state @param {Partial<State>} change
 */
export async function note(state, change) {
  Object.assign(state, change);
  try {
    await base.run(["states"], (store) => store("states").put(state));
  } catch (error) {
    if (!isFull(error)) throw error;
  }
  changed();
}

/** The server has named the report and all of its photos. @param {Item} item */
export async function finish(item) {
  try {
    await moveToSent(item);
  } catch (error) {
    if (!isFull(error)) throw error;
    await base.run(["reports", "photos", "states"], (store) => removeAll(store, item.id));
  }
  changed();
}

/** @param {Item} item */
async function moveToSent(item) {
  await base.run(["reports", "photos", "states", "sent"], (store) => {
    removeAll(store, item.id);
    store("sent").put({
      id: item.id,
      number: item.state.number,
      case_no: item.state.case_no,
      title: item.title,
      place: item.place,
      what: item.what,
      to: item.to,
      photos: item.state.sent_photos.length,
      sent_at: new Date().toISOString(),
    });
  });
}

/**
 * By hand only: somebody has said that it need not be sent. What follows it stands alone then.
 * @param {string} id
 */
export async function remove(id) {
  const followers = (await items()).filter((one) => one.follows === id);
  await base.run(["reports", "photos", "states"], (store) => {
    removeAll(store, id);
    for (const { state: _, ...saved } of followers) store("reports").put(alone(saved));
  });
  changed();
}

/** @param {Saved} saved @returns {Saved} */
function alone({ follows: _, ...saved }) {
  const { follows_report_id, corrects_report_id, kind, ...report } = saved.report;
  const isOnItsOwn = follows_report_id || corrects_report_id;
  return isOnItsOwn ? { ...saved, report } : { ...saved, report: saved.report };
}

/** Those that may go now: nothing that has to arrive before them is here. @param {Item[]} all */
export function ready(all) {
  const here = new Set(all.map((one) => one.id));
  return all.filter((one) => !one.follows || !here.has(one.follows));
}

/** @param {(name: string) => IDBObjectStore} store @param {string} id */
function removeAll(store, id) {
  store("reports").delete(id);
  store("states").delete(id);
  store("photos").delete(ofOwner(id));
}

/** Newest first; what is older than a month, or beyond the fiftieth, is thrown away. */
export async function sent() {
  const rows = /** @type {Sent[]} */ (
    await base.read(["sent"], (store) => store("sent").getAll())
  ).sort((a, b) => b.sent_at.localeCompare(a.sent_at));
  const oldest = new Date(Date.now() - KEPT_SENT_MS).toISOString();
  const kept = rows.slice(0, KEPT_SENT).filter((row) => row.sent_at > oldest);
  const old = rows.filter((row) => !kept.includes(row));
  if (old.length)
    await base.run(["sent"], (store) => old.forEach((row) => void store("sent").delete(row.id)));
  return kept;
}

/** What was typed stays in the page's local storage. @typedef {{ key: string, photos: Photo[] }} Draft */

/** @param {Draft} draft */
export async function keepDraft(draft) {
  await base.run(["drafts"], (store) => store("drafts").put(draft));
}

/** @param {string} key @param {PhotoBytes} photo */
export async function keepDraftPhoto(key, photo) {
  await base.run(["photos"], (store) => store("photos").put(photo.bytes, [key, photo.sha256]));
}

/** @param {string} key @param {string} hash */
export async function dropDraftPhoto(key, hash) {
  await base.run(["photos"], (store) => store("photos").delete([key, hash]));
}

/** @param {string} key @returns {Promise<Draft | undefined>} */
export function draft(key) {
  return base.read(["drafts"], (store) => store("drafts").get(key));
}
