/**
 * Codes of tags: eight characters of Crockford's base 32 and a check character. An address that
 * was scanned is never opened: only the code in it is used, on this very site.
 */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 9;
const IN_ADDRESS = /\/t\/([0-9a-z-]+)\/?(?:[?#].*)?$/i;

/** Modulo 37, of which codes use the first 32 values. @param {string} body */
function check(body) {
  const value = [...body].reduce((sum, one) => (sum * 32 + ALPHABET.indexOf(one)) % 37, 0);
  return ALPHABET[value];
}

/** O is zero, I and L are one; case, width, dashes and spaces do not count. @param {string} typed */
export function plain(typed) {
  return typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s‐-―ー−-]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
}

/** The code, or "" when it is not one of a tag. @param {string} scanned */
export function readCode(scanned) {
  const code = plain(IN_ADDRESS.exec(scanned.trim())?.[1] ?? scanned);
  const isOne = code.length === LENGTH && [...code].every((one) => ALPHABET.includes(one));
  return isOne && check(code.slice(0, -1)) === code.at(-1) ? code : "";
}
