/** The photos of a form: made small when they are chosen, shown, kept with the draft. */

import { photoOf } from "./photos.js";
import { element, icon, word } from "./words.js";

/** @typedef {import("./outbox.js").PhotoBytes} PhotoBytes */

const MOST = 10;

export class AttachedPhotos {
  /**
   * @param {HTMLInputElement} input @param {HTMLElement} list
   * @param {{ asTheyAre: boolean, added: (photo: PhotoBytes) => void, removed: (hash: string) => void }} how
   */
  constructor(input, list, how) {
    this.input = input;
    this.list = list;
    this.how = how;
    /** @type {Map<string, PhotoBytes>} */
    this.photos = new Map();
    /** @type {Promise<void>} */
    this.working = Promise.resolve();
    input.addEventListener("change", () => this.take([...(input.files ?? [])]));
  }

  /** One after another: a phone has not the memory for ten at once. @param {File[]} files */
  take(files) {
    this.input.value = "";
    this.list.hidden = false;
    for (const file of files) {
      const waiting = element("li", word("preparing"));
      this.list.append(waiting);
      this.working = this.working
        .then(async () => {
          if (this.photos.size < MOST) this.add(await photoOf(file, this.how.asTheyAre));
        })
        .catch(() => {})
        .finally(() => waiting.remove());
    }
  }

  /** @param {PhotoBytes} photo @param {boolean} [isNew] */
  add(photo, isNew = true) {
    if (this.photos.has(photo.sha256)) return;
    this.photos.set(photo.sha256, photo);
    this.list.hidden = false;
    this.list.append(this.shown(photo));
    if (isNew) this.how.added(photo);
  }

  /** @param {PhotoBytes} photo */
  shown(photo) {
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
    picture.alt = photo.name;
    picture.onload = () => URL.revokeObjectURL(picture.src);
    const button = element("button", "", "button button--secondary button--small", [icon("close")]);
    button.setAttribute("type", "button");
    button.setAttribute("aria-label", word("removePhoto", { name: photo.name }));
    const row = element("li", "", "", [picture, button]);
    // A HEIC that this browser cannot draw is told by its name; the office sees it.
    picture.onerror = () => picture.replaceWith(element("span", photo.name, "photos__name"));
    button.onclick = () => {
      this.photos.delete(photo.sha256);
      row.remove();
      this.list.hidden = this.photos.size === 0;
      this.how.removed(photo.sha256);
    };
    return row;
  }

  /** @returns {Promise<PhotoBytes[]>} when all are ready */
  async all() {
    await this.working;
    return [...this.photos.values()];
  }

  clear() {
    this.photos.clear();
    this.list.replaceChildren();
    this.list.hidden = true;
  }
}
