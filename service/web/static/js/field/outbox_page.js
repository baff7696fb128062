/** What waits on this phone, item by item, in words; what was sent lately; the rescue file. */

import "./bar.js";
import { when } from "./clock.js";
import * as outbox from "./outbox.js";
import { rescueFile } from "./rescue.js";
import { flush, now, onLine } from "./sending.js";
import { stateOf } from "./states.js";
import { element, icon, part, word } from "./words.js";

/** @typedef {import("./outbox.js").Item} Item */

const OLD_MS = 3 * 24 * 3_600_000;

/** @param {string} text @param {() => void} act @param {string} [looks] */
function button(text, act, looks = "button button--secondary") {
  const made = element("button", text, looks);
  made.setAttribute("type", "button");
  made.onclick = act;
  return made;
}

/** @param {{ title: string, what?: string }} item */
const named = ({ title, what }) => (what ? `${what} ${title}` : title);

/** 速報, then 続報, while the first is still here. @param {{ id: string, to?: string }} item */
function more({ id, to }) {
  if (to) return [];
  const link = element("a", word("followUp"), "button button--secondary");
  link.setAttribute("href", `/f/more?report=${id}`);
  return [link];
}

/** What followed it goes on its own now. @param {string} id */
async function throwAway(id) {
  if (!confirm(word("throwAwaySure"))) return;
  await outbox.remove(id);
  await flush();
}

/** @param {Item} item */
function row(item) {
  const photos = item.photos.length ? word("photoCount", { n: item.photos.length }) : "";
  const card = element("li", "", "card", [
    element("p", "", "notice__title", [named(item)]),
    element("p", `${item.place} ${when(item.saved_at)} ${photos}`, "muted"),
    element("p", "", "", [
      icon(item.state.phase === "needs_human" ? "warning" : "hourglass"),
      stateOf(item),
    ]),
  ]);
  card.append(...more(item));
  if (item.state.phase === "needs_human") {
    card.append(
      button(word("again"), () => flush({ evenIfEarly: true, onlyId: item.id })),
      button(word("throwAway"), () => throwAway(item.id)),
    );
  }
  return card;
}

/** Browsers may clear what is not protected; Safari does after a week without use. */
async function tellProtection() {
  const isKept = await navigator.storage?.persisted?.().catch(() => false);
  part("[data-persisted]").textContent = word(isKept ? "protected" : "unprotected");
}

async function show() {
  const waiting = await outbox.items();
  const oldest = new Date(Date.now() - OLD_MS).toISOString();
  part("[data-old]").hidden = !waiting.some((item) => item.saved_at < oldest);
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
          named(one),
          element(
            "small",
            `${word(one.to ? "arrived" : "done", { no: one.number })} ${when(one.sent_at)}`,
          ),
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
tellProtection();
