/** How text stands in a terminal: tabs, wide characters, and nothing that steers the terminal. */

/** Cells from one tab stop to the next. */
const TAB = 4;

/** What a terminal shows of a line. */
export interface ShownLine {
  readonly text: string;
  /** Cell at which each UTF-16 unit begins, and after the last one the cell where the line ends. */
  readonly cells: readonly number[];
}

/** Makes a line printable; every UTF-16 unit keeps a place. */
export function showLine(line: string): ShownLine {
  const cells: number[] = [];
  let text = "";
  let cell = 0;
  for (const character of line) {
    for (let unit = 0; unit < character.length; unit++) cells.push(cell);
    if (character === "\t") {
      const width = TAB - (cell % TAB);
      text += " ".repeat(width);
      cell += width;
    } else {
      const shown = isUnsafe(character) ? "\ufffd" : character;
      text += shown;
      cell += cellsOf(shown);
    }
  }
  cells.push(cell);
  return { text, cells };
}

/** Text of a message or name without what would steer a terminal. */
export function printable(text: string): string {
  return Array.from(text, (character) => isUnsafe(character) ? "\ufffd" : character).join("");
}

/** Controls, marks that turn the writing direction, and bytes that were no UTF-8. */
function isUnsafe(character: string): boolean {
  return /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(character);
}

/** Cells of one character: 2 for East Asian wide and emoji, 0 for what combines. */
function cellsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/**
 * Ranges that Unicode's EastAsianWidth.txt calls W or F, joined where only unassigned codes lie
 * between.
 */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23f3],
  [0x2614, 0x2615],
  [0x26a1, 0x26a1],
  [0x2705, 0x2705],
  [0x274c, 0x274c],
  [0x2753, 0x2757],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];
