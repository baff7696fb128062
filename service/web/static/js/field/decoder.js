/** Reads QR codes from pictures: by the browser itself where it can, else by zxing-wasm. */

/** @typedef {(picture: ImageData) => Promise<string[]>} Decode */

/** @returns {Promise<Decode | null>} */
async function native() {
  const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = Detector ? await Detector.getSupportedFormats().catch(() => []) : [];
  if (!formats.includes("qr_code")) return null;
  const detector = new Detector({ formats: ["qr_code"] });
  return async (picture) =>
    (await detector.detect(picture)).map((/** @type {any} */ one) => one.rawValue);
}

/** @param {string} src */
function loaded(src) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src });
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

/** @param {string} script @param {string} wasm @returns {Promise<Decode>} */
async function zxing(script, wasm) {
  await loaded(script);
  const { prepareZXingModule, readBarcodes } = /** @type {any} */ (globalThis).ZXingWASM;
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const options = { formats: ["QRCode"], tryHarder: true, tryInvert: true, maxNumberOfSymbols: 4 };
  return async (picture) =>
    (await readBarcodes(picture, options)).map((/** @type {any} */ one) => one.text);
}

/** @param {string} script @param {string} wasm @returns {Promise<Decode>} */
export async function decoder(script, wasm) {
  return (await native()) ?? (await zxing(script, wasm));
}
