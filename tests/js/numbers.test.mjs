// Numbers as typed and pasted: what is read, where it stands, and what is told of the rest.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compact, oneLine, plain, readNumbers, writeNumbers } from "../../static/js/numbers.js";

const steps = (text, size) => {
  const read = readNumbers(text, size);
  assert.equal(read.fault, null, `${text}: ${read.fault?.slug}`);
  return read.steps;
};
const fault = (text, size) => readNumbers(text, size).fault;

test("one number a step may have anything between the numbers", () => {
  for (const text of ["112 118 132", "112, 118, 132", "112,118,132", "112;118;132", "112\n118\n132\n", "112\t118\t132", " 112 ,118; 132, ", "[112, 118, 132]", "[[112], [118], [132]]"]) assert.deepEqual(steps(text, 1), [112, 118, 132], text);
  assert.deepEqual(steps("0.5; 1, 2", 1), [0.5, 1, 2]);
  assert.deepEqual(steps("-.5 +2. 1e-3 −4 –5", 1), [-0.5, 2, 0.001, -4, -5]);
  assert.deepEqual(steps("", 1), []);
  assert.deepEqual(steps("0,5", 1), [0, 5], "alone, a comma may part two steps");
});

test("several numbers a step have a , or a space between them, and a ; or a new line after them", () => {
  for (const text of ["0.5, 1; 0.2, 0", "0.5 1;0.2 0", "0.5,1\n0.2,0", "0.5\t1\r\n0.2\t0\r\n", "0.5, 1; 0.2, 0;", "[[0.5, 1], [0.2, 0]]", "(0.5, 1), (0.2, 0)"]) assert.deepEqual(steps(text, 2), [[0.5, 1], [0.2, 0]], text);
});

test("a Japanese keyboard's digits and marks are read as the plain ones", () => {
  assert.equal(plain("０．５，１；−２、３　４。５"), "0.5,1;-2,3　4.5");
  assert.deepEqual(steps("０．５，　１；０．２、０", 2), [[0.5, 1], [0.2, 0]]);
  assert.deepEqual(steps("１１２、１１８、１３２", 1), [112, 118, 132]);
  assert.deepEqual(steps("－０。５；ー１", 1), [-0.5, -1]);
});

test("each step knows its place in the text as it was typed", () => {
  const text = " 0.5,1 ;０．２ ， ０ ";
  assert.deepEqual(readNumbers(text, 2).places.map(([from, to]) => text.slice(from, to)), ["0.5,1", "０．２ ， ０"]);
  const list = "112,  118";
  assert.deepEqual(readNumbers(list, 1).places.map(([from, to]) => list.slice(from, to)), ["112", "118"]);
});

test("what is no number is told with its place, and the steps before it are kept", () => {
  const read = readNumbers("0.1, １x; 3", 1);
  assert.deepEqual(read.steps, [0.1]);
  assert.deepEqual(read.fault, { slug: "no-number", position: 1, at: [5, 7], part: "１x", unfinished: false });
  assert.deepEqual(fault("1 2; 3 😀", 2), { slug: "no-number", position: 1, at: [7, 9], part: "😀", unfinished: false });
  for (const text of ["0x1F", "1..2", "1.2.3", "NaN", "Infinity", "--1", "1e", "1_000", "½"]) assert.equal(fault(`1, ${text}, 2`, 1).part, text);
  assert.equal(fault("1, 1e999", 1).slug, "not-finite");
});

test("a step of too few or too many numbers is told with both counts", () => {
  const { slug, position, part, n } = fault("0.5, 1; 0.2, 0, 3; 1, 1", 2);
  assert.deepEqual([slug, position, part, n], ["number-count", 1, "0.2, 0, 3", 3]);
  assert.equal(fault("0.5 1 0.2 0", 2).n, 4);
  assert.equal(fault("7; 0.2, 0", 2).n, 1);
});

test("a decimal comma is told where the comma can mean nothing else", () => {
  for (const [text, size, part, point] of [["0,5 1,25 2", 1, "0,5", "0.5"], ["1; 0,5; 0,7", 1, "0,5", "0.5"], ["0,5\n0,7", 1, "0,5", "0.5"], ["０，５　０，７", 1, "０，５", "0.5"], ["0,5 1; 0,2 0", 2, "0,5", "0.5"], ["0 1; -0,25, 1,0", 2, "-0,25", "-0.25"]]) {
    const found = fault(text, size);
    assert.deepEqual([found?.slug, found?.part, found?.point], ["decimal-comma", part, point], text);
    assert.equal(text.slice(...found.at), part);
  }
  assert.deepEqual(steps("1,2,3 4,5", 1), [1, 2, 3, 4, 5]);
  assert.deepEqual(steps("0.5 1,2", 1), [0.5, 1, 2]);
  assert.deepEqual(steps("0,5;1,2", 2), [[0, 5], [1, 2]]);
});

test("what may still become right while it is typed is called unfinished", () => {
  for (const text of ["0.5, 1; 0.2", "0.5, 1; 0.2, ", "0.5, 1; -", "0.5, 1; 0.2, .", "0.5, 1; 0.2, 1e-"]) assert.equal(fault(text, 2).unfinished, true, text);
  assert.equal(fault("0.5, 1; 0.2;", 2).unfinished, false);
  assert.equal(fault("0.5, 1; 0.2, x", 2).unfinished, false);
  assert.equal(fault("0.5, 1, 2", 2).unfinished, false);
});

test("pasted columns become one line that reads the same", () => {
  assert.equal(oneLine("0.5\t1\r\n0.2\t0\r\n"), "0.5, 1; 0.2, 0");
  assert.deepEqual(steps(oneLine("112\n118\n132\n"), 1), [112, 118, 132]);
  assert.equal(fault(oneLine("0,5\n0,7\n"), 1).slug, "decimal-comma");
});

test("what is written reads as what it was, with and without spaces", () => {
  const numbers = [[0.1, -1], [1 / 3, 1e-7], [1e21, 0]];
  assert.deepEqual(steps(writeNumbers(numbers, 2), 2), numbers);
  assert.deepEqual(steps(compact(writeNumbers(numbers, 2)), 2), numbers);
  assert.equal(compact(" 0.5, 1; 0.2, 0 "), "0.5,1;0.2,0");
  assert.equal(writeNumbers([112, 118], 1), "112, 118");
  assert.equal(compact("112 118"), "112 118");
});
