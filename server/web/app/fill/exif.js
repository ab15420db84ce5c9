// What a camera writes beside the picture: when and where it was taken. Scaling a picture throws that
// away; it is put back, and nothing else of it (no model, no serial number).

/** @typedef {{time: string, zone: string, place: {lat: number, lon: number} | null}} Taken */

const [TIME, ZONE, GPS, EXIF] = [0x9003, 0x9011, 0x8825, 0x8769];

/** Reads it from a JPEG; null when it says nothing. @param {ArrayBuffer} bytes @returns {Taken | null} */
export function taken(bytes) {
  try {
    const view = new DataView(bytes);
    if (view.getUint16(0) !== 0xffd8) return null;
    for (let at = 2; at + 10 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
      if (view.getUint8(at) !== 0xff || view.getUint8(at + 1) === 0xda) return null;
      const isExif = view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966;
      if (isExif) return tags(new DataView(bytes, at + 10));
    }
  } catch {
    // Cut short or nonsense: as if it said nothing.
  }
  return null;
}

/** @param {DataView} view from the byte order on @returns {Taken | null} */
function tags(view) {
  const little = view.getUint16(0) === 0x4949;
  const u16 = (/** @type {number} */ at) => view.getUint16(at, little);
  const u32 = (/** @type {number} */ at) => view.getUint32(at, little);
  const find = (/** @type {number} */ folder, /** @type {number} */ tag) => {
    for (let i = 0; i < u16(folder); i += 1) {
      const at = folder + 2 + 12 * i;
      if (u16(at) === tag) return at;
    }
    return 0;
  };
  const text = (/** @type {number} */ at) => {
    const length = u32(at + 4);
    const from = length > 4 ? u32(at + 8) : at + 8;
    let out = "";
    for (let i = 0; i < Math.min(length, 32) - 1; i += 1) out += String.fromCharCode(view.getUint8(from + i));
    return out;
  };
  const degrees = (/** @type {number} */ at) => {
    const part = (/** @type {number} */ i) => u32(u32(at + 8) + 8 * i) / (u32(u32(at + 8) + 8 * i + 4) || 1);
    return part(0) + part(1) / 60 + part(2) / 3600;
  };
  const first = u32(4);
  const exif = find(first, EXIF) && u32(find(first, EXIF) + 8);
  const gps = find(first, GPS) && u32(find(first, GPS) + 8);
  const at = exif ? find(exif, TIME) : 0;
  const zone = exif ? find(exif, ZONE) : 0;
  let place = null;
  if (gps && find(gps, 2) && find(gps, 4)) {
    const sign = (/** @type {number} */ tag, /** @type {string} */ minus) => (text(find(gps, tag)).startsWith(minus) || String.fromCharCode(view.getUint8(find(gps, tag) + 8)) === minus ? -1 : 1);
    place = { lat: sign(1, "S") * degrees(find(gps, 2)), lon: sign(3, "W") * degrees(find(gps, 4)) };
  }
  if (!at && !place) return null;
  return { time: at ? text(at) : "", zone: zone ? text(zone) : "", place };
}

/** Puts it into a JPEG, right after its beginning. @param {Blob} jpeg @param {Taken} said */
export function putBack(jpeg, said) {
  return new Blob([new Uint8Array([0xff, 0xd8]), segment(said), jpeg.slice(2)], { type: "image/jpeg" });
}

/** @param {Taken} said */
function segment({ time, zone, place }) {
  const ascii = (/** @type {string} */ text) => [...text, "\0"].map((c) => c.charCodeAt(0));
  const u16 = (/** @type {number} */ n) => [n >> 8, n & 255];
  const u32 = (/** @type {number} */ n) => [...u16(n >>> 16), ...u16(n & 65535)];
  const rational = (/** @type {number} */ n, /** @type {number} */ by) => [...u32(Math.round(n * by)), ...u32(by)];
  const angle = (/** @type {number} */ degrees) => {
    const [d, rest] = [Math.floor(degrees), (degrees % 1) * 60];
    return [...rational(d, 1), ...rational(Math.floor(rest), 1), ...rational((rest % 1) * 60, 1000)];
  };
  /** @type {{tag: number, kind: number, count: number, data: number[]}[]} */
  const exif = [];
  if (time) exif.push({ tag: TIME, kind: 2, count: time.length + 1, data: ascii(time) });
  if (zone) exif.push({ tag: ZONE, kind: 2, count: zone.length + 1, data: ascii(zone) });
  const gps = place
    ? [
        { tag: 1, kind: 2, count: 2, data: ascii(place.lat < 0 ? "S" : "N") },
        { tag: 2, kind: 5, count: 3, data: angle(Math.abs(place.lat)) },
        { tag: 3, kind: 2, count: 2, data: ascii(place.lon < 0 ? "W" : "E") },
        { tag: 4, kind: 5, count: 3, data: angle(Math.abs(place.lon)) },
      ]
    : [];
  // A folder of entries at `at`, what does not fit into them behind it.
  const folder = (/** @type {typeof exif} */ entries, /** @type {number} */ at) => {
    const out = u16(entries.length);
    /** @type {number[]} */
    const behind = [];
    const end = at + 2 + 12 * entries.length + 4;
    for (const { tag, kind, count, data } of entries) {
      out.push(...u16(tag), ...u16(kind), ...u32(count));
      if (data.length <= 4) out.push(...data, ...Array(4 - data.length).fill(0));
      else {
        out.push(...u32(end + behind.length));
        behind.push(...data, ...(data.length % 2 ? [0] : []));
      }
    }
    return [...out, ...u32(0), ...behind];
  };
  const links = (exif.length ? 1 : 0) + (gps.length ? 1 : 0);
  const second = 8 + 2 + 12 * links + 4;
  const inner = exif.length ? folder(exif, second) : [];
  const third = second + inner.length;
  const outer = [];
  if (exif.length) outer.push({ tag: EXIF, kind: 4, count: 1, data: u32(second) });
  if (gps.length) outer.push({ tag: GPS, kind: 4, count: 1, data: u32(third) });
  const tiff = [0x4d, 0x4d, 0, 42, ...u32(8), ...folder(outer, 8), ...inner, ...(gps.length ? folder(gps, third) : [])];
  const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  return new Uint8Array([0xff, 0xe1, ...u16(body.length + 2), ...body]);
}
