// Photos, scaled down on the phone: the cheapest byte is the one not sent.
import { putBack, taken } from "./exif.js";

/** Long side in pixels and quality, when the form does not say. */
const [SIDE, QUALITY] = [1600, 0.75];

/**
 * A JPEG no larger than the form wants, the right way up, with time and place as the camera had them.
 * @param {Blob} original @param {Record<string, string>} parameters the question's
 * @returns {Promise<Blob>}
 */
export async function scaled(original, parameters) {
  const side = Number(parameters["max-pixels"]) || SIDE;
  const quality = Number(parameters.quality) || QUALITY;
  const picture = await createImageBitmap(original, { imageOrientation: "from-image" });
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const brush = canvas.getContext("2d");
  if (!brush) throw new Error("no canvas");
  brush.imageSmoothingQuality = "high";
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  /** @type {Blob | null} */
  const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
  if (!small) throw new Error("no picture");
  const said = taken(await original.slice(0, 256 * 1024).arrayBuffer());
  return said ? putBack(small, said) : small;
}
