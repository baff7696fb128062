/**
 * Everything that waits as one ZIP file (stored, not compressed: photos are compressed already)
 * which the office can import: `reports.json` and the photos by their hash. PKWARE APPNOTE 6.3.
 */

import { photoBytes } from "./outbox.js";

/** @typedef {import("./outbox.js").Item} Item */
/** @typedef {{ name: string, bytes: Uint8Array<ArrayBuffer> }} Part */

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (CRC[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** Little-endian fields: [bytes, value] each. @param {[2 | 4, number][]} fields */
function record(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

const UTF8_NAMES = 0x0800;
const NEW_YEAR_1980 = 0x0021;

/** @param {Part[]} parts */
export function zip(parts) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const body = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of parts) {
    const title = new TextEncoder().encode(name);
    /** @type {[2 | 4, number][]} */
    const common = [
      [2, 20],
      [2, UTF8_NAMES],
      [2, 0],
      [2, 0],
      [2, NEW_YEAR_1980],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, title.length],
      [2, 0],
    ];
    const local = record([[4, 0x04034b50], ...common]);
    directory.push(
      record([[4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]),
      title,
    );
    body.push(local, title, bytes);
    offset += local.length + title.length + bytes.length;
  }
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, parts.length],
    [2, parts.length],
    [4, size],
    [4, offset],
    [2, 0],
  ]);
  return new Blob([...body, ...directory, end], { type: "application/zip" });
}

/** @param {Item[]} items */
export async function rescueFile(items) {
  const reports = items
    .filter((item) => !item.to)
    .map(({ id, user, author, title, place, saved_at, report, photos, state }) => ({
      id,
      user_id: user || null,
      author,
      title,
      place,
      saved_at,
      report,
      photos,
      state: state.phase,
      reason: state.reason,
    }));
  const records = items.flatMap(({ author, title, place, report, to }) => {
    const request_id = /^\/work-requests\/([^/]+)/.exec(to ?? "")?.[1];
    return request_id ? [{ author, title, place, request_id, record: report }] : [];
  });
  const text = JSON.stringify({ format: "gesuibo-rescue-1", reports, records }, null, 1);
  /** @type {Map<string, Part>} */
  const parts = new Map([
    ["reports.json", { name: "reports.json", bytes: new TextEncoder().encode(text) }],
  ]);
  for (const item of items) {
    for (const photo of item.photos) {
      const bytes = await photoBytes(item.id, photo.sha256);
      const name = `photos/${photo.sha256}`;
      if (bytes) parts.set(name, { name, bytes: new Uint8Array(bytes) });
    }
  }
  const day = new Date().toISOString().slice(0, 10);
  return new File([zip([...parts.values()])], `gesuibo-rescue-${day}.zip`, {
    type: "application/zip",
  });
}
