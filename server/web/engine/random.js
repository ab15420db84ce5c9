// What random(), uuid() and randomize() draw (shared/src/expr/random.rs). Nothing here is random by
// itself: it comes from the entropy given, the node and how many values were drawn before.
import { sha256 } from './digest.js';
import { int64 } from './number.js';
import { Loose, atom, number } from './value.js';

const MASK = 0xffffffffffffffffn;
const GOLDEN = 0x9e3779b97f4a7c15n;

/** Numbers that look random (SplitMix64). */
export class Random {
  /** @param {bigint} state */
  constructor(state) {
    this.state = state;
  }

  /** @param {bigint} entropy @param {number[]} parts */
  static of(entropy, ...parts) {
    const mixed = new Random(entropy & MASK);
    for (const part of parts) mixed.state = mixed.next() ^ BigInt(part);
    return mixed;
  }

  next() {
    this.state = (this.state + GOLDEN) & MASK;
    let z = this.state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  }

  /** From 0 to below 1. */
  fraction() {
    return Number(this.next() >> 11n) / 2 ** 53;
  }

  /** A version 4 UUID. */
  uuid() {
    const hex = [this.next(), this.next()].map((n) => n.toString(16).padStart(16, '0'));
    const [a, b] = hex;
    const variant = (8 + (parseInt(b[0], 16) >> 2)).toString(16);
    // The second number's first 16 bits give the variant and, below it, twelve bits.
    return `${a.slice(0, 8)}-${a.slice(8, 12)}-4${a.slice(13)}-${variant}${b.slice(1, 4)}-${b.slice(4)}`;
  }

  /** So many digits and capital letters. @param {number} n */
  letters(n) {
    let out = '';
    for (let i = 0; i < Math.min(n, 4096); i++) {
      out += '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'[Number((this.next() >> 32n) % 36n)];
    }
    return out;
  }
}

/** Fisher and Yates, from the inside out. @template T @param {T[]} items @param {() => number} fraction */
export function shuffle(items, fraction) {
  /** @type {T[]} */
  const out = [];
  items.forEach((item, i) => {
    const j = Math.min(Math.floor(fraction() * (i + 1)), i);
    out.push(item);
    if (j !== i) {
      out[i] = out[j];
      out[j] = item;
    }
  });
  return out;
}

/** In the order JavaRosa gives for this seed: a number, or a text by its SHA-256. @template T @param {T[]} items @param {import('./value.js').Value} seed */
export function shuffled(items, seed) {
  const modulus = 2147483647;
  const n = number(seed);
  const a = atom(seed);
  const text = typeof a === 'string' ? a : a instanceof Loose ? a.text : '';
  const whole = n !== n && text ? new DataView(sha256(text).buffer).getBigInt64(0) : int64(n);
  let state = Number(whole) % modulus;
  if (state <= 0) state += modulus - 1;
  return shuffle(items, () => {
    state = (state * 16807) % modulus;
    return (state - 1) / (modulus - 1);
  });
}
