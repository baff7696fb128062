/**
 * A photo made small enough for a weak signal: 1,600 pixels, upright, still carrying what the
 * camera wrote about time and place. What this browser cannot read (HEIC) goes as it is.
 */

import { sha256 } from "./identifiers.js";

/** @typedef {import("./outbox.js").PhotoBytes} PhotoBytes */

const LONGEST_PX = 1600;
/** Tried in turn until the photo is small: leaves and gravel need the second or third. */
const QUALITIES = [0.8, 0.65, 0.5];
const SMALL_BYTES = 400_000;
const JPEG_START = 0xffd8;
const APP1 = 0xffe1;
const EXIF = 0x45786966;
const ORIENTATION = 0x0112;

/** @param {File} file @param {boolean} asItIs @returns {Promise<PhotoBytes>} */
export async function photoOf(file, asItIs) {
  const original = await file.arrayBuffer();
  const smaller =
    asItIs || original.byteLength <= SMALL_BYTES ? null : await shrunk(file, original);
  const bytes = smaller ?? original;
  const type = smaller ? "image/jpeg" : file.type;
  const name = smaller ? `${file.name.replace(/\.\w+$/, "")}.jpg` : file.name;
  return { sha256: await sha256(bytes), name, type, bytes };
}

/** @param {File} file @param {ArrayBuffer} original @returns {Promise<ArrayBuffer | null>} */
async function shrunk(file, original) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(
      Math.round(picture.width * scale),
      Math.round(picture.height * scale),
    );
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const bytes = await compressed(canvas);
    return bytes.byteLength < original.byteLength ? withExif(bytes, exifOf(original)) : null;
  } catch {
    return null;
  }
}

/** @param {OffscreenCanvas} canvas */
async function compressed(canvas) {
  let bytes = new ArrayBuffer(0);
  for (const quality of QUALITIES) {
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    bytes = await blob.arrayBuffer();
    if (bytes.byteLength <= SMALL_BYTES) break;
  }
  return bytes;
}

/** The camera's own notes with the orientation set to upright. @param {ArrayBuffer} jpeg */
function exifOf(jpeg) {
  const view = new DataView(jpeg);
  if (view.byteLength < 4 || view.getUint16(0) !== JPEG_START) return null;
  let at = 2;
  while (at + 10 < view.byteLength && view.getUint8(at) === 0xff) {
    const length = view.getUint16(at + 2);
    if (view.getUint16(at) === APP1 && view.getUint32(at + 4) === EXIF) {
      const segment = jpeg.slice(at, at + 2 + length);
      setUpright(new DataView(segment));
      return segment;
    }
    at += 2 + length;
  }
  return null;
}

/** TIFF 6.0 within Exif 2.3: the first directory's tag 0x0112. @param {DataView} segment */
function setUpright(segment) {
  const start = 10;
  const isLittle = segment.getUint16(start) === 0x4949;
  const directory = start + segment.getUint32(start + 4, isLittle);
  const count = segment.getUint16(directory, isLittle);
  for (let n = 0; n < count; n++) {
    const entry = directory + 2 + n * 12;
    if (segment.getUint16(entry, isLittle) === ORIENTATION)
      segment.setUint16(entry + 8, 1, isLittle);
  }
}

/** @param {ArrayBuffer} jpeg @param {ArrayBuffer | null} exif */
function withExif(jpeg, exif) {
  if (!exif) return jpeg;
  const joined = new Uint8Array(jpeg.byteLength + exif.byteLength);
  joined.set(new Uint8Array(jpeg, 0, 2));
  joined.set(new Uint8Array(exif), 2);
  joined.set(new Uint8Array(jpeg, 2), 2 + exif.byteLength);
  return joined.buffer;
}
