// Digests and Base64, at once and without a promise, as calculations need them.

const MASK = 0xffffffffffffffffn;

/** @param {bigint} n @param {bigint} k the largest r with r**k <= n */
function root(n, k) {
  let low = 0n;
  let high = 1n << 80n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** k <= n) low = middle;
    else high = middle - 1n;
  }
  return low;
}

/** The fractions of the roots of the first primes, 64 bits each. @param {number} count @param {bigint} k */
function constants(count, k) {
  const out = [];
  for (let n = 2n; out.length < count; n++) {
    let prime = true;
    for (let d = 2n; d * d <= n; d++) prime &&= n % d !== 0n;
    if (prime) out.push(root(n << (64n * k), k) & MASK);
  }
  return out;
}

/** @param {Uint8Array} bytes @param {number} block bytes @param {boolean} little */
function padded(bytes, block, little) {
  const tail = block / 8;
  const length = Math.ceil((bytes.length + 1 + tail) / block) * block;
  const out = new Uint8Array(length);
  out.set(bytes);
  out[bytes.length] = 128;
  new DataView(out.buffer).setBigUint64(length - 8, BigInt(bytes.length) * 8n, little);
  return out;
}

/** SHA-2 with words of 32 or 64 bits. @param {Uint8Array} bytes @param {bigint} bits @param {bigint[]} start @param {number} size */
function sha2(bytes, bits, start, size) {
  const wide = bits === 64n;
  const mask = (1n << bits) - 1n;
  const rounds = wide ? 80 : 64;
  const k = constants(rounds, 3n).map((c) => (wide ? c : c >> 32n));
  const turns = wide
    ? [1n, 8n, 7n, 19n, 61n, 6n, 28n, 34n, 39n, 14n, 18n, 41n]
    : [7n, 18n, 3n, 17n, 19n, 10n, 2n, 13n, 22n, 6n, 11n, 25n];
  /** @param {bigint} x @param {bigint} n */
  const turn = (x, n) => ((x >> n) | (x << (bits - n))) & mask;
  const step = wide ? 8 : 4;
  const view = new DataView(padded(bytes, step * 16, false).buffer);
  const hash = [...start];
  for (let at = 0; at < view.byteLength; at += step * 16) {
    /** @type {bigint[]} */
    const w = [];
    for (let i = 0; i < rounds; i++) {
      if (i < 16) {
        w.push(wide ? view.getBigUint64(at + i * 8) : BigInt(view.getUint32(at + i * 4)));
        continue;
      }
      const [a, b] = [w[i - 15], w[i - 2]];
      const s = turn(a, turns[0]) ^ turn(a, turns[1]) ^ (a >> turns[2]);
      const t = turn(b, turns[3]) ^ turn(b, turns[4]) ^ (b >> turns[5]);
      w.push((w[i - 16] + s + w[i - 7] + t) & mask);
    }
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; i < rounds; i++) {
      const s = turn(e, turns[9]) ^ turn(e, turns[10]) ^ turn(e, turns[11]);
      const t = turn(a, turns[6]) ^ turn(a, turns[7]) ^ turn(a, turns[8]);
      const one = h + s + ((e & f) ^ (~e & mask & g)) + k[i] + w[i];
      const two = t + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & mask, c, b, a, (one + two) & mask];
    }
    [a, b, c, d, e, f, g, h].forEach((v, i) => (hash[i] = (hash[i] + v) & mask));
  }
  const hex = hash.map((v) => v.toString(16).padStart(step * 2, '0')).join('');
  return bytesOf(hex).slice(0, size);
}

/** MD5 and SHA-1: 32 bits, alike but for their tables. @param {Uint8Array} bytes @param {boolean} md5 */
function old(bytes, md5) {
  const view = new DataView(padded(bytes, 64, md5).buffer);
  const hash = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0].slice(0, md5 ? 4 : 5);
  const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
  /** @param {number} x @param {number} n */
  const turn = (x, n) => (x << n) | (x >>> (32 - n));
  for (let at = 0; at < view.byteLength; at += 64) {
    const w = Array.from({ length: 16 }, (_, i) => view.getInt32(at + i * 4, md5));
    for (let i = 16; i < 80; i++) w.push(turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1));
    let [a, b, c, d, e] = hash;
    for (let i = 0; i < (md5 ? 64 : 80); i++) {
      const part = Math.floor(i / (md5 ? 16 : 20));
      if (md5) {
        const f = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][part];
        const g = [i, 5 * i + 1, 3 * i + 5, 7 * i][part] % 16;
        const k = Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32);
        const sum = (a + f + k + w[g]) | 0;
        [a, d, c, b] = [d, c, b, (b + turn(sum, shifts[part * 4 + (i % 4)])) | 0];
      } else {
        const f = [(b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d), b ^ c ^ d][part];
        const k = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][part];
        const sum = (turn(a, 5) + f + e + k + w[i]) | 0;
        [e, d, c, b, a] = [d, c, turn(b, 30), a, sum];
      }
    }
    [a, b, c, d, e].slice(0, hash.length).forEach((v, i) => (hash[i] = (hash[i] + v) | 0));
  }
  const out = new DataView(new ArrayBuffer(hash.length * 4));
  hash.forEach((v, i) => out.setInt32(i * 4, v, md5));
  return new Uint8Array(out.buffer);
}

/** @param {string} hex */
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** @param {string} text */
export function sha256(text) {
  const start = constants(8, 2n).map((c) => c >> 32n);
  return sha2(new TextEncoder().encode(text), 32n, start, 32);
}

/** @param {string} text @param {string} name */
function hash(text, name) {
  const bytes = new TextEncoder().encode(text);
  switch (name.toUpperCase().replaceAll('-', '')) {
    case 'MD5': return old(bytes, true);
    case 'SHA1': return old(bytes, false);
    case 'SHA256': return sha256(text);
    case 'SHA384': return sha2(bytes, 64n, constants(16, 2n).slice(8), 48);
    case 'SHA512': return sha2(bytes, 64n, constants(8, 2n), 64);
  }
  return null;
}

/** `digest()`; blank for an unknown algorithm or encoding. @param {string} text @param {string} algorithm @param {string} encoding */
export function digest(text, algorithm, encoding) {
  const bytes = hash(text, algorithm);
  if (!bytes) return '';
  switch (encoding.toLowerCase()) {
    case 'hex': return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
    case 'base64': return btoa(String.fromCharCode(...bytes));
  }
  return '';
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** As JavaRosa decodes: other characters are passed over; what does not come out even is blank. @param {string} source */
export function base64Decode(source) {
  const all = new TextEncoder().encode(source);
  /** @param {number} b */
  const six = (b) => (b === 61 ? 0 : LETTERS.indexOf(String.fromCharCode(b)));
  const bits = Array.from(all, six).filter((n) => n >= 0);
  if (bits.length % 4) return '';
  let missing = 0;
  for (let i = all.length - 1; i > 0 && six(all[i]) <= 0 && all[i] !== 65; i--) if (all[i] === 61) missing++;
  const bytes = [];
  for (let i = 0; i < bits.length; i += 4) {
    const word = (bits[i] << 18) | (bits[i + 1] << 12) | (bits[i + 2] << 6) | bits[i + 3];
    bytes.push((word >> 16) & 255, (word >> 8) & 255, word & 255);
  }
  const kept = Uint8Array.from(bytes.slice(0, Math.max(0, bytes.length - missing)));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(kept);
}
