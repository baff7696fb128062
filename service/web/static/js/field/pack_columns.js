/** Packs come by columns, in which what repeats is said once; here they are rows again. */

import { sha256 } from "./identifiers.js";

/** @typedef {{ words: string[], rows: number[] }} Words */
/** @typedef {{ shared: number[], rest: string[] }} Prefixed */
/** @typedef {Pick<import("./reference.js").Pack, "facility" | "classes" | "cursor" | "open_cases"> & { code: Prefixed, name: Words, unit_no: Words, class_code: Words, location: Words, status: Words, health: (number | null)[], tags: string, asset_code: Prefixed, model_no: Words, serial_no: (string | null)[] }} Columns */

/** @param {Words} column @param {number} row */
const said = ({ words, rows }, row) => words[rows[row] ?? -1] ?? null;

/** @param {Prefixed} column @param {number} row @param {string} other */
function joined({ shared, rest }, row, other) {
  const count = shared[row] ?? -1;
  return count < 0 ? null : other.slice(0, count) + (rest[row] ?? "");
}

/** @typedef {ReturnType<typeof inRows>} Rows */

/**
 * A kept pack with what has changed; null when something must have gone from it.
 * @param {Rows} kept @param {Columns & { digest: string }} changes @returns {Promise<Rows | null>}
 */
export async function merged(kept, changes) {
  const fresh = inRows(changes);
  const byCode = new Map(
    [...kept.positions, ...fresh.positions].map((position) => [position.code, position]),
  );
  const positions = [...byCode.values()].sort((one, other) => (one.code < other.code ? -1 : 1));
  const lines = positions.map(({ code, asset_code, tags }) =>
    [code, asset_code ?? "", tags.join(" ")].join(" "),
  );
  const sum = await sha256(new TextEncoder().encode(lines.join("\n")).buffer);
  return sum === changes.digest ? { ...fresh, positions } : null;
}

/** @param {Columns} columns @returns {Omit<import("./reference.js").Pack, "id" | "fetched_at">} */
export function inRows(columns) {
  const { facility, classes, cursor, open_cases = [], health, serial_no } = columns;
  const tags = columns.tags.split(",");
  let code = "";
  const positions = health.map((grade, row) => {
    code = joined(columns.code, row, code) ?? "";
    return {
      code,
      name: said(columns.name, row) ?? "",
      unit_no: said(columns.unit_no, row),
      class_code: said(columns.class_code, row) ?? "",
      location: said(columns.location, row),
      status: said(columns.status, row) ?? "",
      health: grade,
      tags: tags[row]?.split(" ").filter(Boolean) ?? [],
      asset_code: joined(columns.asset_code, row, code),
      model_no: said(columns.model_no, row),
      serial_no: serial_no[row] ?? null,
    };
  });
  return { facility, classes, cursor, open_cases, positions };
}
