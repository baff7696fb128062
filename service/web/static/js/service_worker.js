/**
 * Keeps the field app and the tag pages that were opened for places without signal. Never touches
 * the phones' API nor anything of the office. A new version waits until a page says so.
 */

/** @typedef {{ assets: string[], later: string[], pages: string[], version: string }} Lists */
const worker = /** @type {any} */ (globalThis);
// @ts-expect-error the server writes this line
const lists = /** @type {Lists} */ (KEPT);

const ASSETS = "gesuibo-assets";
const SHELLS = "gesuibo-pages";
const TAGS = "gesuibo-tags";
const KEPT_TAGS = 300;
const SHELL_PATIENCE_MS = 600;
const TAG_PATIENCE_MS = 4_000;
/** Pictures that came with a pack; others are fetched and not kept. */
const LIKENESS = /^\/attachments\/[^/]+\/thumbnail$/;
const UNKNOWN_TAG_SHELL = "/f/equipment";

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data === "skip") worker.skipWaiting();
  if (event.data === "forget") event.waitUntil(caches.delete(TAGS));
});
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const answer = answerFor(event);
  if (answer) event.respondWith(answer);
});

async function install() {
  const assets = await caches.open(ASSETS);
  await Promise.all(lists.assets.map((url) => keepOnce(assets, url)));
  const shells = await caches.open(SHELLS);
  await shells.addAll(lists.pages.map((url) => new Request(url, { cache: "reload" })));
}

/** Addresses carry their content's hash: what is there is right. @param {Cache} cache @param {string} url */
async function keepOnce(cache, url) {
  if (!(await cache.match(url))) await cache.add(url);
}

async function activate() {
  const wanted = new Set([...lists.assets, ...lists.later]);
  const assets = await caches.open(ASSETS);
  for (const request of await assets.keys())
    if (!wanted.has(new URL(request.url).pathname)) await assets.delete(request);
  await worker.clients.claim();
  await Promise.all(lists.later.map((url) => keepOnce(assets, url))).catch(() => {});
}

/** @param {any} event @returns {Promise<Response> | null} */
function answerFor(event) {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return null;
  if (url.pathname.startsWith("/static/") || LIKENESS.test(url.pathname)) return kept(request);
  if (request.mode !== "navigate") return null;
  if (lists.pages.includes(url.pathname))
    return fresh(event, SHELLS, url.pathname, SHELL_PATIENCE_MS, url.pathname);
  if (/^\/t\/[^/]+$/i.test(url.pathname))
    return fresh(event, TAGS, url.pathname.toUpperCase(), TAG_PATIENCE_MS, UNKNOWN_TAG_SHELL);
  return null;
}

/** @param {Request} request */
async function kept(request) {
  return (await caches.match(request)) ?? (await fetch(request));
}

/**
 * From the network when it answers in time, else what was kept; what comes late is kept for next
 * time.
 * @param {any} event @param {string} cacheName @param {string} key @param {number} patience
 * @param {string} instead a page kept at installation
 */
async function fresh(event, cacheName, key, patience, instead) {
  const cache = await caches.open(cacheName);
  const coming = fetch(event.request).then(async (answer) => {
    // A full phone keeps what it had, and shows what has come.
    if (answer.ok && !answer.redirected) await keep(cache, key, answer.clone()).catch(() => {});
    return answer;
  });
  event.waitUntil(coming.catch(() => {}));
  const before = (await cache.match(key)) ?? (await caches.match(instead));
  if (!before) return await coming;
  const early = new Promise((resolve) => setTimeout(resolve, patience, null));
  const answer = await Promise.race([coming, early]).catch(() => null);
  return answer && answer.status < 500 ? answer : before;
}

/** The oldest goes first when there are too many. @param {Cache} cache @param {string} key @param {Response} answer */
async function keep(cache, key, answer) {
  await cache.put(key, answer);
  const keys = await cache.keys();
  await Promise.all(
    keys.slice(0, Math.max(0, keys.length - KEPT_TAGS)).map((old) => cache.delete(old)),
  );
}
