// The input of each type of question. An input has an element, follows the question as it changes, and
// answers by `answer(value)`, which says whether the answer was taken.
import { choices } from "./choice.js";
import { date, time } from "./date.js";
import { files } from "./photo.js";
import { place } from "./place.js";
import { rank } from "./rank.js";
import { acknowledge, elsewhere, range, text } from "./text.js";

/**
 * @typedef {{
 *   item: any, session: import("../session.js").Session, id: string,
 *   answer: (value: string) => boolean, describe: string, label: string
 * }} Asked
 * @typedef {{element: HTMLElement, follow?: (item: any) => void, group?: boolean, focus?: () => void}} Input
 */

/** @type {Record<string, (asked: Asked) => Input>} */
const kinds = {
  text, integer: text, decimal: text, barcode: text, email: text, phonenumber: text,
  range, date, time, datetime: time, acknowledge,
  select_one: choices, select_multiple: choices, rank,
  image: files, audio: files, video: files, file: files,
  geopoint: place,
};

/** @param {Asked} asked @returns {Input} */
export function inputFor(asked) {
  return (kinds[asked.item.type] ?? elsewhere)(asked);
}
