// The phone's engine: README.md beside this file says how it is used.
export { Filling } from './filling.js';
export { compile } from './form.js';
export { Table, readCsv } from './tree.js';
export { readXml } from './xml.js';
