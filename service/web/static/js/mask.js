/**
 * Areas of a photo that are to be hidden: drawn with a pointer, or typed as numbers. The numbers
 * are what is sent; the boxes on the picture follow them.
 */

const stage = document.querySelector("[data-mask]");
const body = document.querySelector(".mask__areas tbody");

/** @param {Element} row */
const fields = (row) => /** @type {HTMLInputElement[]} */ ([...row.querySelectorAll("input")]);

const rows = () => [...document.querySelectorAll("[data-area]")];

/** @param {Element} row */
const isEmpty = (row) => fields(row).every((field) => field.value === "");

/** A row that is free, made when all are taken. @returns {Element | undefined} */
function freeRow() {
  const free = rows().find(isEmpty);
  const last = rows().at(-1);
  if (free || !last || rows().length >= 20) return free;
  const row = /** @type {Element} */ (last.cloneNode(true));
  const number = String(rows().length + 1);
  for (const field of fields(row)) {
    field.value = "";
    field.setAttribute(
      "aria-label",
      (field.getAttribute("aria-label") ?? "").replace(/\d+/, number),
    );
  }
  const head = row.querySelector("th");
  if (head) head.textContent = number;
  const said = row.querySelector("button .visually-hidden");
  if (said) said.textContent = (said.textContent ?? "").replace(/\d+/, number);
  body?.append(row);
  return row;
}

/** @param {Element} row @param {number[]} area */
function write(row, area) {
  for (const [n, field] of fields(row).entries())
    field.value = String(Math.round((area[n] ?? 0) * 10) / 10);
}

function draw() {
  for (const box of stage?.querySelectorAll(".mask__box") ?? []) box.remove();
  for (const row of rows()) {
    const [left = 0, top = 0, width = 0, height = 0] = fields(row).map((field) =>
      Number(field.value),
    );
    if (!width || !height) continue;
    const box = document.createElement("span");
    box.className = "mask__box";
    Object.assign(box.style, {
      left: `${left}%`,
      top: `${top}%`,
      width: `${width}%`,
      height: `${height}%`,
    });
    stage?.append(box);
  }
}

/** @param {PointerEvent} event @returns {[number, number]} */
function place(event) {
  const { left, top, width, height } = /** @type {Element} */ (stage).getBoundingClientRect();
  const within = (/** @type {number} */ share) => Math.min(Math.max(share * 100, 0), 100);
  return [within((event.clientX - left) / width), within((event.clientY - top) / height)];
}

/** @type {{ row: Element, x: number, y: number } | null} */
let drawing = null;

/** @param {PointerEvent} event */
function follow(event) {
  if (!drawing) return;
  const [x, y] = place(event);
  const { row, x: from, y: above } = drawing;
  write(row, [Math.min(x, from), Math.min(y, above), Math.abs(x - from), Math.abs(y - above)]);
  draw();
}

if (stage instanceof HTMLElement) {
  stage.addEventListener("pointerdown", (event) => {
    const row = freeRow();
    if (!row || event.button !== 0) return;
    const [x, y] = place(event);
    drawing = { row, x, y };
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", follow);
  stage.addEventListener("pointerup", (event) => {
    follow(event);
    // A tap draws nothing.
    const [, , width, height] = drawing ? fields(drawing.row) : [];
    if (drawing && (Number(width?.value) < 1 || Number(height?.value) < 1))
      for (const field of fields(drawing.row)) field.value = "";
    drawing = null;
    draw();
  });
}
document.addEventListener("input", draw);
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-clear]") : null;
  const row = button?.closest("[data-area]");
  if (!row) return;
  for (const field of fields(row)) field.value = "";
  draw();
});
draw();
