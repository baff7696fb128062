/** What waits on this phone, item by item, in words; what was sent lately; the rescue file. */

import "./bar.js";
import * as outbox from "./outbox.js";
import { rescueFile } from "./rescue.js";
import { flush, now, onLine } from "./sending.js";
import { element, icon, part, word } from "./words.js";

/** @typedef {import("./outbox.js").Item} Item */

/** @param {Item} item */
function stateOf(item) {
  const { phase, reason, sent_photos, number } = item.state;
  if (phase === "needs_human") return word("asked", { reason });
  if (now.user && item.user !== now.user) return word("others", { name: item.author });
  if (phase === "photos")
    return word("photosLeft", { no: number, n: sent_photos.length, all: item.photos.length });
  return word(phase === "sending" ? "sendingNow" : "kept");
}

/** @param {string} text @param {() => void} act @param {string} [looks] */
function button(text, act, looks = "button button--secondary") {
  const made = element("button", text, looks);
  made.setAttribute("type", "button");
  made.onclick = act;
  return made;
}

/** @param {Item} item */
function row(item) {
  const photos = item.photos.length ? word("photoCount", { n: item.photos.length }) : "";
  const card = element("li", "", "card", [
    element("p", "", "notice__title", [item.title]),
    element("p", `${item.place} ${when(item.saved_at)} ${photos}`, "muted"),
    element("p", "", "", [
      icon(item.state.phase === "needs_human" ? "warning" : "hourglass"),
      stateOf(item),
    ]),
  ]);
  if (item.state.phase === "needs_human") {
    card.append(
      button(word("again"), () => flush({ evenIfEarly: true, onlyId: item.id })),
      button(word("throwAway"), () => confirm(word("throwAwaySure")) && outbox.remove(item.id)),
    );
  }
  return card;
}

/** @param {string} moment */
const when = (moment) =>
  new Date(moment).toLocaleString(document.documentElement.lang, {
    dateStyle: "short",
    timeStyle: "short",
  });

async function show() {
  const waiting = await outbox.items();
  part("[data-items]").replaceChildren(...waiting.map(row));
  part("[data-none]").hidden = waiting.length > 0;
  part("[data-some]").hidden = waiting.length === 0;
  part("[data-line]").textContent = word(
    { signed_out: "signedOut", unreachable: "unreachable", sending: "sendingNow", idle: "" }[
      now.line
    ],
  );
  const gone = await outbox.sent();
  part("[data-sent-list]").hidden = gone.length === 0;
  part("[data-sent]").replaceChildren(
    ...gone.map((one) =>
      element("li", "", "list__row", [
        element("span", "", "", [
          one.title,
          element("small", `${word("done", { no: one.number })} ${when(one.sent_at)}`),
        ]),
      ]),
    ),
  );
}

async function rescue() {
  const file = await rescueFile(await outbox.items());
  if (navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file] }).catch(() => {});
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

part("[data-send]").onclick = () => flush({ evenIfEarly: true });
part("[data-rescue]").onclick = rescue;
outbox.onChange(show);
onLine(show);
show();
