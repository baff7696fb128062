/** Times as the city's clock shows them, whatever zone the phone is in. */

const JST_MS = 9 * 3_600_000;

/** For an input of type datetime-local. @param {number} moment */
export const local = (moment) => new Date(moment + JST_MS).toISOString().slice(0, 16);

/** What such an input says, as an instant. @param {FormDataEntryValue | null} typed */
export function instant(typed) {
  const text = String(typed ?? "");
  return text ? `${text}${text.length === 16 ? ":00" : ""}+09:00` : null;
}

/** A moment for people, in the page's language. @param {string} moment */
export const when = (moment) =>
  new Date(moment).toLocaleString(document.documentElement.lang, {
    dateStyle: "short",
    timeStyle: "short",
  });
