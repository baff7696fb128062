/**
 * Photos of a page in large: a link with data-photo opens the dialog `lightbox`, arrows go through
 * them all, and the original with its hash is one press further. Without this the link itself
 * leads to the original.
 */

const box = document.getElementById("lightbox");

/** @returns {HTMLAnchorElement[]} */
function photos() {
  return Array.from(document.querySelectorAll("a[data-photo]"));
}

/** @param {HTMLDialogElement} dialog @param {HTMLAnchorElement} link */
function show(dialog, link) {
  dialog.dataset.shown = String(photos().indexOf(link));
  const { photo, kind, name, sha256 } = link.dataset;
  const picture = dialog.querySelector("img");
  const original = dialog.querySelector("a[data-original]");
  const hide = dialog.querySelector("a[data-hide]");
  const title = dialog.querySelector("h2");
  if (title) title.textContent = `${kind} ${name}`;
  if (picture) {
    picture.src = `/attachments/${photo}/screen`;
    picture.alt = `${kind} ${name}`;
  }
  if (original instanceof HTMLAnchorElement) {
    original.href = `/attachments/${photo}`;
    original.download = name ?? "";
    // Of a photo with hidden parts only the office, which may hide them, gets the original.
    original.hidden = link.dataset.masked !== undefined && !hide;
  }
  if (hide instanceof HTMLAnchorElement)
    hide.href = `/attachments/${photo}/mask?back=${encodeURIComponent(location.pathname)}`;
  for (const fact of dialog.querySelectorAll("[data-fact]")) {
    if (fact instanceof HTMLElement) fact.textContent = link.dataset[fact.dataset.fact ?? ""] ?? "";
  }
  dialog.dataset.sha256 = sha256;
}

/** @param {HTMLDialogElement} dialog @param {number} step */
function go(dialog, step) {
  const all = photos();
  const next = all[(Number(dialog.dataset.shown) + step + all.length) % all.length];
  if (next) show(dialog, next);
}

if (box instanceof HTMLDialogElement) {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest("a[data-photo]");
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(box, link);
    box.showModal();
  });
  box.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("button") : null;
    if (target?.dataset.go) go(box, Number(target.dataset.go));
    if (target?.hasAttribute("data-shut")) box.close();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") go(box, 1);
    if (event.key === "ArrowLeft") go(box, -1);
  });
}
