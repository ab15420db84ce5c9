// Areas and distances on the Earth, with JavaRosa's formulas and radius (shared/src/expr/geo.rs).
import { point, whole } from './geo.js';

const RADIUS = 6378100;
const AROUND = 2 * RADIUS * Math.PI;
/** @param {number} degrees */
const rad = (degrees) => degrees * (Math.PI / 180);

/** The points of a trace or shape: parted by semicolons. @param {string} text */
export function points(text) {
  const parts = text.replace(/;+$/, '');
  return parts === '' && text !== '' ? [] : whole(parts.split(';').map(point));
}

/** What a path found: one shape, or a point for each node. @param {{text: string}[]} nodes */
export const pointsOf = (nodes) =>
  nodes.length === 1 ? points(nodes[0].text) : whole(nodes.map((n) => point(n.text)));

/** Square metres that the points enclose. @param {number[][]} all */
export function area(all) {
  if (all.length < 3) return 0;
  const [first, ...rest] = all;
  const corners = rest.map((p) => [
    ((p[1] - first[1]) * AROUND * Math.cos(rad(p[0]))) / 360,
    ((p[0] - first[0]) * AROUND) / 360,
  ]);
  let sum = 0;
  for (let i = 1; i < corners.length; i++) {
    sum += (corners[i - 1][1] * corners[i][0] - corners[i - 1][0] * corners[i][1]) / 2;
  }
  return Math.abs(sum);
}

/** Metres from point to point. @param {number[][]} all */
export function distance(all) {
  let sum = 0;
  for (let i = 1; i < all.length; i++) {
    const [a, b] = [rad(all[i - 1][0]), rad(all[i][0])];
    const turn = rad(all[i - 1][1] - all[i][1]);
    sum += Math.acos(Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(turn)) * RADIUS;
  }
  return sum;
}

/** True if the point is inside the closed line. @param {number[]} at @param {number[][]} line */
export function isInside([y, x], line) {
  let inside = false;
  for (let i = 1; i < line.length; i++) {
    const [[y1, x1], [y2, x2]] = [line[i - 1], line[i]];
    if (y2 > y !== y1 > y && x < ((x1 - x2) * (y - y2)) / (y1 - y2) + x2) inside = !inside;
  }
  return inside;
}
