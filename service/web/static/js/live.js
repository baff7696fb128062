/**
 * Live updates: one stream per browser, however many windows are open.
 *
 * HTTP/1.1 allows six connections to a host, so a stream per window would freeze the seventh.
 * The window that holds the lock `gesuibo-live` keeps the stream and tells the others through a
 * BroadcastChannel; when it closes, the next one takes over.
 */

/** @typedef {{ topic: string, id: string, data: Record<string, unknown> }} LiveEvent */
/** @typedef {{ event: LiveEvent } | { state: "open" | "down" | "woken" }} Word */

const STREAM_DOWN_MS = 45_000;
const POLL_EVERY_MS = 30_000;
const TICK_MS = 15_000;
// Ticks so far apart: the computer was asleep, and its stream may be dead without knowing it.
const ASLEEP_MS = 60_000;
const CHANNEL = "gesuibo-live";
const TOPICS = ["report", "case", "response", "emergency"];

export class LiveFeed extends EventTarget {
  /**
   * @param {string} url
   * @param {{ downAfterMs?: number, pollEveryMs?: number, topics?: string[] }} [options]
   */
  constructor(url, options = {}) {
    super();
    this.url = url;
    this.downAfterMs = options.downAfterMs ?? STREAM_DOWN_MS;
    this.pollEveryMs = options.pollEveryMs ?? POLL_EVERY_MS;
    this.topics = options.topics ?? TOPICS;
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = (message) => this.#hear(message.data);
    this.lastId = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.downTimer = undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.pollTimer = undefined;
    /** @type {EventSource | undefined} */
    this.source = undefined;
  }

  /** Waits for its turn to keep the stream; without locks every window keeps its own. */
  start() {
    if (!("locks" in navigator)) {
      this.#keep();
      return;
    }
    navigator.locks.request(CHANNEL, () => {
      this.#keep();
      return new Promise(() => {});
    });
  }

  #keep() {
    this.#open();
    let last = Date.now();
    setInterval(() => {
      const slept = Date.now() - last > ASLEEP_MS;
      last = Date.now();
      if (slept) this.#wake();
    }, TICK_MS);
  }

  /** Goes on behind the last event; without one the lists themselves are looked at. */
  #wake() {
    this.#open();
    if (this.lastId === "") this.#say({ state: "woken" });
  }

  #open() {
    this.source?.close();
    const after = this.lastId ? `?after=${encodeURIComponent(this.lastId)}` : "";
    const source = new EventSource(this.url + after);
    this.source = source;
    source.onopen = () => this.#say({ state: "open" });
    source.onerror = () => {
      this.downTimer ??= setTimeout(() => this.#say({ state: "down" }), this.downAfterMs);
      // A refused stream (signed out, proxy page) is closed for good by the browser.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.#open(), 5_000);
    };
    for (const topic of this.topics) {
      source.addEventListener(topic, (message) => this.#receive(topic, message));
    }
  }

  /**
   * @param {string} topic
   * @param {MessageEvent<string>} message
   */
  #receive(topic, message) {
    this.#say({ event: { topic, id: message.lastEventId, data: JSON.parse(message.data) } });
  }

  /** @param {Word} word */
  #say(word) {
    this.channel.postMessage(word);
    this.#hear(word);
  }

  /** @param {Word} word */
  #hear(word) {
    if ("event" in word) {
      if (word.event.id && word.event.id === this.lastId) return;
      this.lastId = word.event.id;
      this.dispatchEvent(new CustomEvent("event", { detail: word.event }));
      return;
    }
    if (word.state === "woken") {
      this.#poll();
      return;
    }
    clearTimeout(this.downTimer);
    this.downTimer = undefined;
    clearInterval(this.pollTimer);
    if (word.state === "down") {
      this.pollTimer = setInterval(() => this.#poll(), this.pollEveryMs);
    }
    this.dispatchEvent(new Event(word.state));
  }

  #poll() {
    this.dispatchEvent(new Event("poll"));
  }
}

/**
 * The page's side of the feed. New rows are counted, never inserted under the reader's cursor.
 *
 * A list that wants them says so: `<tbody data-live-list="report case" data-live-href="…">` with
 * `data-row="<id>"` on each row. Its address answers the rows alone to a request with HX-Request;
 * it is fetched when the button is pressed and, to count, on every poll while the stream is down.
 */
export class LiveNotices {
  /**
   * @param {HTMLElement} region
   * @param {LiveFeed} feed
   */
  constructor(region, feed) {
    this.region = region;
    this.feed = feed;
    this.status = /** @type {HTMLElement} */ (region.querySelector(".live__status"));
    this.alert = /** @type {HTMLElement} */ (region.querySelector(".live__emergency"));
    this.title = document.title;
    this.count = 0;
    this.stopped = false;
    this.urgent = false;
    feed.addEventListener("event", (event) =>
      this.#arrived(/** @type {CustomEvent<LiveEvent>} */ (event).detail),
    );
    feed.addEventListener("down", () => this.#setStopped(true));
    feed.addEventListener("open", () => this.#setStopped(false));
    feed.addEventListener("poll", () => this.#look());
  }

  /** @returns {HTMLElement | null} */
  get list() {
    return document.querySelector("[data-live-list]");
  }

  /** @param {LiveEvent} event */
  #arrived(event) {
    if (event.topic === "emergency" || event.data.emergency === true) this.#alarm(event);
    const wanted = this.list?.dataset.liveList?.split(" ") ?? [];
    document.dispatchEvent(new CustomEvent("gesuibo:live", { detail: event }));
    if (!wanted.includes(event.topic)) return;
    this.#setCount(this.count + 1);
  }

  /** @param {LiveEvent} event */
  #alarm(event) {
    const what = typeof event.data.title === "string" ? `: ${event.data.title}` : "";
    const text = `${this.region.dataset.liveEmergency}${what}`;
    const href = event.data.href;
    this.alert.replaceChildren(isOwnPath(href) ? link(href, text) : text, this.#soundButton());
    this.urgent = true;
    this.#setCount(this.count);
    if (isSounding()) beep();
  }

  /** Turns the sound off and on; a browser lets a page sound only after somebody has used it. */
  #soundButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet button--small live__sound";
    const show = () => {
      const { liveSoundOff, liveSoundOn } = this.region.dataset;
      button.textContent = (isSounding() ? liveSoundOff : liveSoundOn) ?? "";
    };
    button.addEventListener("click", () => {
      keepSounding(!isSounding());
      show();
    });
    show();
    return button;
  }

  /** @param {boolean} stopped */
  #setStopped(stopped) {
    this.stopped = stopped;
    this.#show();
  }

  #show() {
    const parts = [];
    if (this.stopped) parts.push(span("live__stopped", this.region.dataset.liveStopped ?? ""));
    if (this.count > 0) parts.push(this.#button());
    this.status.replaceChildren(...parts);
  }

  #button() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = (this.region.dataset.liveNew ?? "{n}").replace("{n}", String(this.count));
    button.addEventListener("click", () => this.#refresh());
    return button;
  }

  async #refresh() {
    const list = this.list;
    const html = list && (await fetched(list));
    if (!html) return;
    const chosen = new Set(chosenOf(list));
    list.innerHTML = html;
    for (const box of boxesOf(list)) box.checked = chosen.has(box.value);
    window.htmx?.process(list);
    this.urgent = false;
    this.#setCount(0);
  }

  /** Without a stream: counts the rows that the list does not show yet. */
  async #look() {
    const list = this.list;
    const html = list && (await fetched(list));
    if (!html) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const shown = new Set(rowsOf(list));
    this.#setCount(rowsOf(fresh.content).filter((row) => !shown.has(row)).length);
  }

  /** @param {number} count */
  #setCount(count) {
    this.count = count;
    const mark = this.urgent ? (this.region.dataset.liveUrgent ?? "!") : "";
    document.title = mark + (count > 0 ? `(${count}) ` : "") + this.title;
    this.#show();
  }
}

/**
 * @param {HTMLElement} list
 * @returns {Promise<string>} the list's present rows, or nothing when the server is away
 */
async function fetched(list) {
  const href = list.dataset.liveHref ?? location.href;
  const response = await fetch(href, { headers: { "HX-Request": "true" } }).catch(() => null);
  return response?.ok ? response.text() : "";
}

/** @param {ParentNode} list */
function rowsOf(list) {
  return Array.from(list.querySelectorAll("[data-row]"), (row) => row.getAttribute("data-row"));
}

/** @param {ParentNode} list */
function boxesOf(list) {
  return /** @type {NodeListOf<HTMLInputElement>} */ (list.querySelectorAll(".choose input"));
}

/** @param {ParentNode} list */
function chosenOf(list) {
  return Array.from(boxesOf(list))
    .filter((box) => box.checked)
    .map((box) => box.value);
}

const SOUND = "gesuibo-sound";

function isSounding() {
  try {
    return localStorage.getItem(SOUND) !== "off";
  } catch {
    return true;
  }
}

/** @param {boolean} on */
function keepSounding(on) {
  try {
    localStorage.setItem(SOUND, on ? "on" : "off");
  } catch {
    // A browser that keeps nothing sounds.
  }
}

/** Three short tones, made here: no file is fetched. */
function beep() {
  const context = new AudioContext();
  for (const at of [0, 0.35, 0.7]) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    tone.frequency.value = 880;
    loudness.gain.value = 0.2;
    tone.connect(loudness).connect(context.destination);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + at + 0.2);
  }
  setTimeout(() => context.close(), 2_000);
  document.documentElement.dataset.sounded = context.state;
}

/**
 * @param {unknown} href
 * @returns {href is string}
 */
function isOwnPath(href) {
  return typeof href === "string" && /^\/[^/\\]/.test(href);
}

/**
 * @param {string} href
 * @param {string} text
 */
function link(href, text) {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.textContent = text;
  return anchor;
}

/**
 * @param {string} className
 * @param {string} text
 */
function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}
