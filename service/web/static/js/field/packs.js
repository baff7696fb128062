/** Packs of facilities: fetched whole, and what has changed in them, open cases too. */

import { keepLikenesses } from "./likenesses.js";
import { inRows, merged } from "./pack_columns.js";
import { keepPack, packs } from "./reference.js";
import * as transport from "./transport.js";

/** Packs that the server says have changed are fetched again. */
export async function renew() {
  const kept = await packs();
  const [oldest] = kept.map((pack) => pack.cursor).sort();
  if (!oldest) return;
  const changes = await transport
    .get(`/changes?since=${encodeURIComponent(oldest)}`)
    .catch(() => null);
  const stale = kept.filter((pack) => changes?.facility_ids.includes(pack.id));
  for (const pack of stale) if (!(await fetchChanges(pack))) await fetchPack(pack.id);
}

/** @param {import("./reference.js").Pack} pack @returns {Promise<boolean>} whether it is up to date now */
async function fetchChanges(pack) {
  const path = `/facilities/${pack.id}/pack-changes?since=${encodeURIComponent(pack.cursor)}`;
  const changes = await transport.get(path).catch(() => null);
  const now = changes && (await merged(pack, changes));
  if (now) await keepPack(now);
  return Boolean(now);
}

/** @param {string} id */
export async function fetchPack(id) {
  await keepPack(inRows(await transport.get(`/facilities/${id}/pack-columns`)));
  keepLikenesses(id).catch(() => {});
}
