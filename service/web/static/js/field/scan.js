/**
 * The scanner: camera, photo of a code, or the code typed in. A code that is no tag's is named and
 * never followed. The camera is let go when the page is left and taken again on return.
 */

import "./bar.js";
import { decoder } from "./decoder.js";
import * as reference from "./reference.js";
import { readCode } from "./tag_code.js";
import * as transport from "./transport.js";
import { element, part, word } from "./words.js";

const FRAME_MS = 120;
const HINT_MS = 4_000;
const TYPE_MS = 8_000;
const FRAME_PX = 720;

const box = part("[data-scanner]");
const video = /** @type {HTMLVideoElement} */ (part("video"));
const canvas = document.createElement("canvas");
/** @type {MediaStream | null} */
let stream = null;
/** @type {Promise<import("./decoder.js").Decode> | null} */
let reading = null;
let began = 0;
let isDone = false;

function decode() {
  reading ??= decoder(box.dataset.script ?? "", box.dataset.wasm ?? "");
  return reading;
}

/** @param {string} text @param {boolean} [isAlarm] */
function say(text, isAlarm = false) {
  const line = part("[data-say]");
  line.textContent = text;
  line.classList.toggle("notice--danger", isAlarm);
  line.hidden = !text;
}

/** @param {string} scanned @returns {boolean} whether it was a tag's */
function follow(scanned) {
  const code = readCode(scanned);
  if (!code) {
    say(word("notATag"), true);
    return false;
  }
  isDone = true;
  stop();
  location.assign(`/T/${code}`);
  return true;
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
}

async function startCamera() {
  if (stream || isDone || document.hidden) return;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch {
    say(word("noCamera"), true);
    return;
  }
  video.srcObject = stream;
  await video.play().catch(() => {});
  part("[data-start]").hidden = true;
  video.hidden = false;
  began = Date.now();
  offerLight();
  navigator.wakeLock?.request("screen").catch(() => {});
  await look();
}

function offerLight() {
  const track = stream?.getVideoTracks()[0];
  const can = /** @type {any} */ (track?.getCapabilities?.())?.torch;
  const button = part("[data-light]");
  button.hidden = !can;
  button.onclick = () => {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isOn));
    track?.applyConstraints({ advanced: [/** @type {any} */ ({ torch: isOn })] }).catch(() => {});
  };
}

/** The middle square is enough, and quick to read. @param {HTMLVideoElement | ImageBitmap} from @param {number} width @param {number} height @param {number} longest */
function square(from, width, height, longest) {
  const side = Math.min(width, height);
  const size = Math.min(side, longest);
  canvas.width = canvas.height = size;
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  context.drawImage(from, (width - side) / 2, (height - side) / 2, side, side, 0, 0, size, size);
  return context.getImageData(0, 0, size, size);
}

async function look() {
  const read = await decode();
  while (stream && !isDone) {
    if (video.videoWidth) {
      const texts = await read(square(video, video.videoWidth, video.videoHeight, FRAME_PX));
      if (texts.some(follow)) return;
      hint(texts.length > 0);
    }
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
  }
}

/** @param {boolean} isSeen */
function hint(isSeen) {
  const waited = Date.now() - began;
  if (isSeen || waited < HINT_MS) return;
  say(word(waited < TYPE_MS ? "closer" : "typeIt"));
}

/** The same eyes for a photo: where a browser gives no camera to pages. @param {File} file */
async function readPhoto(file) {
  say(word("looking"));
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const read = await decode();
    for (const longest of [1600, 800]) {
      const texts = await read(square(picture, picture.width, picture.height, longest));
      if (texts.length) {
        texts.some(follow);
        return;
      }
    }
    say(word("nothingFound"), true);
  } catch {
    say(word("nothingFound"), true);
  }
}

/** The whole register while there is signal, else what the phone keeps. @param {string} typed */
async function found(typed) {
  try {
    const { items } = await transport.get(`/positions?q=${encodeURIComponent(typed)}`);
    return /** @type {any[]} */ (items).map(({ tag, facility_name, ...position }) => ({
      position,
      facility_name,
      href: tag ? `/T/${tag}` : `/f/equipment?position=${position.id}`,
    }));
  } catch {
    const kept = await reference.search(typed).catch(() => []);
    return kept.map(({ position, facility }) => ({
      position,
      facility_name: facility.name,
      href: `/f/equipment?position=${encodeURIComponent(position.code)}`,
    }));
  }
}

/** @param {string} typed */
async function lookUp(typed) {
  if (readCode(typed)) {
    follow(typed);
    return;
  }
  const hits = await found(typed);
  const list = part("[data-hits]");
  list.replaceChildren(
    ...hits.map(({ facility_name, position, href }) => {
      const link = element("a", "", "list__row", [
        element("span", "", "", [
          position.name,
          element("small", `${facility_name} ${position.location ?? ""} ${position.code}`),
        ]),
      ]);
      link.setAttribute("href", href);
      return element("li", "", "", [link]);
    }),
  );
  list.hidden = hits.length === 0;
  say(hits.length ? "" : word("noSuchCode"), true);
}

const asked = new URLSearchParams(location.search).get("q") ?? "";
part("[data-start] button").onclick = startCamera;
part("form[data-type]").addEventListener("submit", (event) => {
  event.preventDefault();
  lookUp(/** @type {HTMLInputElement} */ (part("#code")).value);
});
part("#picture").addEventListener("change", (event) => {
  const [file] = /** @type {HTMLInputElement} */ (event.target).files ?? [];
  if (file) readPhoto(file);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) stop();
  else if (!video.hidden) startCamera();
});
window.addEventListener("pagehide", stop);
if (!navigator.mediaDevices) part("[data-start]").hidden = true;
if (asked) {
  /** @type {HTMLInputElement} */ (part("#code")).value = asked;
  lookUp(asked);
} else if (navigator.mediaDevices) startCamera();
