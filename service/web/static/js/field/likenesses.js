/**
 * Pictures by which equipment is recognised, kept with a facility's pack. They are looked at only
 * here, so a phone that has none just shows none.
 */

import { answer, keepAnswer } from "./reference.js";
import * as transport from "./transport.js";

const CACHE = "gesuibo-likenesses";
const AT_ONCE = 3;

/** @param {string} facility */
const key = (facility) => `likenesses:${facility}`;
/** @param {string} id */
const address = (id) => `/attachments/${id}/thumbnail`;

/** Fetches those that are not here yet. @param {string} facility */
export async function keepLikenesses(facility) {
  const { items } = await transport.get(`/facilities/${facility}/likenesses`);
  const ids = Object.fromEntries(
    items.map((/** @type {any} */ one) => [one.code, one.attachment_id]),
  );
  await keepAnswer(key(facility), ids);
  const cache = await caches.open(CACHE);
  const wanted = /** @type {string[]} */ (Object.values(ids)).map(address);
  const next = async () => {
    for (let url = wanted.pop(); url; url = wanted.pop())
      if (!(await cache.match(url))) await cache.add(url).catch(() => {});
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

/** @param {string} facility */
export async function dropLikenesses(facility) {
  const cache = await caches.open(CACHE);
  const ids = (await answer(key(facility)))?.value ?? {};
  for (const id of Object.values(ids)) await cache.delete(address(/** @type {string} */ (id)));
}

/** @param {string} facility @param {string} code @returns {Promise<Blob | null>} */
export async function likeness(facility, code) {
  const id = (await answer(key(facility)))?.value?.[code];
  const kept = id ? await (await caches.open(CACHE)).match(address(id)) : null;
  return kept ? await kept.blob() : null;
}
