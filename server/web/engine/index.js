// The phone's engine: README.md beside this file says how it is used.
import { Form } from './form.js';
import { FUNCTIONS } from './functions.js';

export { Filling } from './filling.js';
export { Table, readCsv } from './tree.js';
export { readXml } from './xml.js';

/** True if every function that a part of a form calls is there. @param {any} part @returns {boolean} */
function isKnown(part) {
  if (typeof part !== 'object' || part === null) return true;
  if (part[0] === 'call' && !FUNCTIONS[part[1]]) return false;
  // Orders at random and new entities need functions without calling them.
  if ((part.randomize || (part.entity && !part.entity.id)) && !FUNCTIONS.random) return false;
  return Object.values(part).every(isKnown);
}

/** A form ready to be filled, any number of times. @param {any} json the parsed JSON of the compiled form @returns {Promise<Form>} */
export async function load(json) {
  if (!isKnown(json)) await import('./more.js');
  return new Form(json);
}
