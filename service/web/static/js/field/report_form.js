/**
 * The report form: saved on the phone first, then sent, and kept until the server has answered
 * with the report's own id. Without this script, or where the browser cannot save or hash, the
 * form is sent as it is.
 */

import { AttachedPhotos } from "./attached.js";
import { flush, isAble } from "./bar.js";
import * as outbox from "./outbox.js";
import { now, onLine } from "./sending.js";
import { lookWhere } from "./whereabouts.js";
import { part, word } from "./words.js";
import { listed, written } from "./written.js";

/**
 * What one form differs in from another: the key of its draft, what it writes, and which items of
 * the outbox are about the same thing.
 * @typedef {{ key: string, write: (form: HTMLFormElement, photos: outbox.PhotoBytes[]) => outbox.Saved, isAbout: (item: outbox.Item) => boolean }} Manner
 */

/** By code, as with and without signal; by id while a draft of an older version waits. @param {DOMStringMap} known */
function draftKey({ position = "", code = "" }) {
  const older = `draft:${position}`;
  return code && !(position && localStorage.getItem(older)) ? `draft:${code}` : older;
}

/** @param {Record<string, unknown>} report @param {DOMStringMap} known */
function isAbout({ position_id = "", position_code = "" }, { position = "", code = "" }) {
  return position_code ? position_code === code : position_id === position;
}

/** @param {HTMLFormElement} form @returns {Manner} */
const first = (form) => ({
  key: draftKey(form.dataset),
  write: written,
  isAbout: (item) => !item.what && isAbout(item.report, form.dataset),
});

export class ReportForm {
  /** @param {HTMLFormElement} form @param {Manner} [manner] */
  constructor(form, manner = first(form)) {
    this.form = form;
    this.manner = manner;
    this.key = manner.key;
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
    const here = (await outbox.items()).filter(this.manner.isAbout);
    this.lastId = here.at(-1)?.id ?? "";
    await this.tell();
  }

  /** At once and in one go: the page may be gone with the next tap. */
  keepTyped() {
    const values = [...new FormData(this.form)].filter(([, value]) => typeof value === "string");
    localStorage.setItem(this.key, JSON.stringify(values));
  }

  async keepPhotos() {
    const photos = listed([...this.photos.photos.values()]);
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
      const saved = this.manner.write(this.form, photos);
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
    this.offerMore(box);
    part("[data-sign-in-link]", box).hidden = !offer.signIn;
  }

  /** 速報 first, 続報 when there is time for it. @param {HTMLElement} box */
  offerMore(box) {
    const more = part("[data-more]", box);
    more.hidden = !this.lastId;
    part("a", more).setAttribute("href", `/f/more?report=${this.lastId}`);
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
    else if (number && item.photos.length)
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
    this.offerMore(box);
    box.scrollIntoView({ block: "center" });
  }
}

/** @param {HTMLFormElement} form @param {Manner} [manner] */
export async function startForm(form, manner) {
  if (!isAble) return;
  await new ReportForm(form, manner).start();
  part("[data-again] button").addEventListener("click", () => flush({ evenIfEarly: true }));
}
