/**
 * The report form: saved on the phone first, then sent, and kept until the server has answered
 * with the report's own id. Without this script, or where the browser cannot save or hash, the
 * form is sent as it is.
 */

import { AttachedPhotos } from "./attached.js";
import { flush, isAble } from "./bar.js";
import { uuid7 } from "./identifiers.js";
import * as outbox from "./outbox.js";
import { now, onLine } from "./sending.js";
import { part, word } from "./words.js";

const PLACE_AGE_MS = 120_000;

/** @type {GeolocationPosition | null} */
let whereabouts = null;

/** Never asks: the place goes along when it has been allowed before. */
async function lookWhere() {
  const asked = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (asked?.state !== "granted") return;
  navigator.geolocation.getCurrentPosition(
    (found) => {
      whereabouts = found;
    },
    () => {},
    { enableHighAccuracy: true, timeout: 30_000, maximumAge: PLACE_AGE_MS },
  );
}

function place() {
  if (!whereabouts) return {};
  const { longitude, latitude, accuracy } = whereabouts.coords;
  return { longitude, latitude, accuracy_m: Math.min(accuracy, 1e6) };
}

/** @param {FormData} values */
function times(values) {
  const local = String(values.get("occurred_local") ?? "");
  const captured_at = new Date().toISOString();
  if (!local) return { captured_at, occurred_at: captured_at, occurred_precision: "estimated" };
  const occurred_at = `${local}${local.length === 16 ? ":00" : ""}+09:00`;
  return { captured_at, occurred_at, occurred_precision: "exact" };
}

/** What the report is about: a position, or words for what no ledger knows. @param {FormData} values @param {DOMStringMap} known */
function about(values, { position, code }) {
  if (position) return { position_id: position };
  if (code) return { position_code: code };
  return {
    facility_id: values.get("facility_id"),
    unregistered_desc: String(values.get("unregistered_desc") ?? "").trim(),
  };
}

/** One figure a line, its name first: 「電流(A) 12.3」. Lines without a figure stay words only. @param {string} typed */
function measured(typed) {
  /** @type {Record<string, number>} */
  const found = {};
  for (const line of typed.normalize("NFKC").split("\n")) {
    const parts = /^\s*(\S.*?)[\s:=]+([-+]?\d+(?:\.\d+)?)\s*(\S*)\s*$/.exec(line);
    const [, name = "", figure = "", unit = ""] = parts ?? [];
    if (name) found[unit ? `${name}(${unit})` : name] = Number(figure);
  }
  return found;
}

/**
 * @param {HTMLFormElement} form
 * @param {outbox.PhotoBytes[]} photos
 * @returns {outbox.Saved}
 */
function written(form, photos) {
  const values = new FormData(form);
  const id = uuid7();
  const detection = String(values.get("detection") ?? "");
  const followed = String(values.get("case_id") ?? "");
  const {
    position = "",
    code = "",
    tag,
    scanned,
    user = "",
    author = "",
    title = "",
    place: where = "",
  } = form.dataset;
  const report = {
    id,
    ...about(values, form.dataset),
    entry_mode: tag || scanned ? "tag" : position || code ? "search" : "typed",
    ...(tag ? { scanned_tag_id: tag } : scanned ? { scanned_tag: scanned } : {}),
    ...(followed ? { case_id: followed, kind: "follow_up" } : {}),
    symptoms: [values.get("symptom")],
    operation_effect: values.get("operation_effect"),
    environment_effects: values.getAll("environment_effects"),
    ...(values.get("emergency") ? { severity: 1 } : {}),
    ...times(values),
    body: values.get("body"),
    temporary_action: values.get("temporary_action") || null,
    measured_values: measured(String(values.get("measured") ?? "")),
    announced_photos: photos.map((one) => one.sha256),
    ...(detection ? { detection } : {}),
    ...place(),
  };
  return {
    id,
    user,
    author,
    title,
    place: where,
    saved_at: report.captured_at,
    report,
    photos: photos.map(({ sha256, name, type, bytes }) => ({
      sha256,
      name,
      type,
      size: bytes.byteLength,
    })),
  };
}

/** By code, as with and without signal; by id while a draft of an older version waits. @param {DOMStringMap} known */
function draftKey({ position = "", code = "" }) {
  const older = `draft:${position}`;
  return code && !(position && localStorage.getItem(older)) ? `draft:${code}` : older;
}

/** @param {Record<string, unknown>} report @param {DOMStringMap} known */
function isAbout({ position_id = "", position_code = "" }, { position = "", code = "" }) {
  return position_code ? position_code === code : position_id === position;
}

export class ReportForm {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.key = draftKey(form.dataset);
    this.lastId = "";
    this.photos = new AttachedPhotos(
      /** @type {HTMLInputElement} */ (form.elements.namedItem("photos")),
      part("[data-photos]", form),
      {
        asTheyAre: form.dataset.originals === "1",
        added: (photo) => outbox.keepDraftPhoto(this.key, photo).then(() => this.keepPhotos()),
        removed: (hash) => outbox.dropDraftPhoto(this.key, hash).then(() => this.keepPhotos()),
      },
    );
  }

  async start() {
    await this.restoreDraft();
    await this.findUnsent();
    lookWhere();
    for (const control of this.form.elements)
      control.addEventListener("input", () => this.keepTyped());
    this.form.addEventListener("submit", (event) => this.submit(event));
    outbox.onChange(() => this.tell());
    onLine(() => this.tell());
  }

  /** Opened again while the last report about this place still waits. */
  async findUnsent() {
    const here = (await outbox.items()).filter((item) => isAbout(item.report, this.form.dataset));
    this.lastId = here.at(-1)?.id ?? "";
    await this.tell();
  }

  /** At once and in one go: the page may be gone with the next tap. */
  keepTyped() {
    const values = [...new FormData(this.form)].filter(([, value]) => typeof value === "string");
    localStorage.setItem(this.key, JSON.stringify(values));
  }

  async keepPhotos() {
    const photos = [...this.photos.photos.values()].map(({ sha256, name, type, bytes }) => ({
      sha256,
      name,
      type,
      size: bytes.byteLength,
    }));
    await outbox.keepDraft({ key: this.key, photos }).catch(() => {});
  }

  async restoreDraft() {
    for (const [name, value] of JSON.parse(localStorage.getItem(this.key) ?? "[]")) {
      for (const control of this.form.elements) {
        const input = /** @type {HTMLInputElement} */ (control);
        if (input.name !== name || input.type === "hidden" || input.type === "file") continue;
        if (input.type === "radio" || input.type === "checkbox")
          input.checked ||= input.value === value;
        else input.value = value;
      }
    }
    const draft = await outbox.draft(this.key);
    for (const photo of draft?.photos ?? []) {
      const bytes = await outbox.photoBytes(this.key, photo.sha256);
      if (bytes) this.photos.add({ ...photo, bytes }, false);
    }
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (button) button.disabled = true;
    try {
      const photos = await this.photos.all();
      const saved = written(this.form, photos);
      await outbox.keep(saved, photos, this.key);
      this.lastId = saved.id;
    } catch (error) {
      this.cannotKeep(error);
      return;
    } finally {
      if (button) button.disabled = false;
    }
    localStorage.removeItem(this.key);
    this.form.reset();
    this.photos.clear();
    this.say(word("saved"));
    part("#unsent").scrollIntoView({ block: "center" });
    navigator.storage?.persist?.().catch(() => {});
    await flush({ evenIfEarly: true });
  }

  /** The form stays filled in; with signal it can be sent the plain way. @param {unknown} error */
  cannotKeep(error) {
    const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
    if (navigator.onLine && !isFull) this.form.submit();
    else this.say(word(isFull ? "full" : "cannotKeep"), { isAlarm: true });
    part("#unsent").scrollIntoView({ block: "center" });
  }

  /** @param {string} text @param {{ again?: boolean, signIn?: boolean, isAlarm?: boolean }} [offer] */
  say(text, offer = {}) {
    const box = part("#unsent");
    box.hidden = false;
    part("#sent").hidden = true;
    box.classList.toggle("notice--danger", Boolean(offer.isAlarm));
    part("[data-state]", box).textContent = text;
    part("[data-again]", box).hidden = !offer.again;
    part("[data-sign-in-link]", box).hidden = !offer.signIn;
  }

  /** What has become of the report that was written last on this page. */
  async tell() {
    if (!this.lastId) return;
    const item = await outbox.item(this.lastId);
    if (!item) return await this.celebrate();
    const { phase, reason, number, sent_photos, attempt } = item.state;
    const isPutOff = phase === "waiting" && attempt > 0;
    if (phase === "needs_human") this.say(word("refused", { reason }), { isAlarm: true });
    else if (now.line === "signed_out") this.say(word("signedOut"), { signIn: true, again: true });
    else if (now.line === "unreachable" || isPutOff) this.say(word("waiting"), { again: true });
    else if (number)
      this.say(word("photo", { n: sent_photos.length, all: item.photos.length, no: number }));
    else this.say(word(phase === "sending" ? "sending" : "saved"));
  }

  async celebrate() {
    const gone = (await outbox.sent()).find((row) => row.id === this.lastId);
    if (!gone) return;
    part("#unsent").hidden = true;
    const box = part("#sent");
    if (!box.hidden) return;
    box.hidden = false;
    part("[data-number]", box).textContent = word("done", { no: gone.number });
    box.scrollIntoView({ block: "center" });
  }
}

/** @param {HTMLFormElement} form */
export async function startForm(form) {
  if (!isAble) return;
  await new ReportForm(form).start();
  part("[data-again] button").addEventListener("click", () => flush({ evenIfEarly: true }));
}
