/** Where no number is a figure: lines that are generated or code, numbers that count lines of a list, and names. */
const BLOCKS = [/<!-- rehearsal -->[^]*?<!-- \/rehearsal -->/g, /^```[^]*?^```/gm, /^ {4}.*$/gm];
const ENUMERATIONS = [/^\*\*\d+\. /gm, /^\| *\d+ +\|/gm, /\brows? \d+(?: to \d+)?(?: and \d+)?/g];
const PLACES_IN_SOURCES = /\blines? \d+(?: and \d+)?/g;
const NAMES = [/\b(?:EIP|ERC|AZIP)-\d+\b/g, /\bApache-2\.0\b/g, /\b[NE][+-]1\b/g];

/** A number that is not part of a word: `1.51`, `43,971`, the `72` of `72-second`; nothing of `L1`, `v4` or `0x2a`. */
const NUMBER = /(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])/g;

/** A document's prose on one line, without what is no figure. */
export function readProse(markdown: string): string {
  const erased = [...BLOCKS, ...ENUMERATIONS, PLACES_IN_SOURCES, ...NAMES];
  return erased.reduce((text, pattern) => text.replaceAll(pattern, " "), markdown).replaceAll(/\s+/g, " ");
}

/** Which of the phrases a prose does not contain. */
export function findMissing(prose: string, phrases: readonly string[]): readonly string[] {
  return phrases.filter((phrase) => !prose.includes(phrase));
}

/** Every number of a prose that is in none of the phrases and in no code, with a few words around it. */
export function findUnchecked(prose: string, phrases: readonly string[]): readonly string[] {
  const rest = phrases
    .reduce((text, phrase) => text.replaceAll(phrase, " "), prose)
    .replaceAll(/`[^`]*`/g, (code) => " ".repeat(code.length));
  return [...rest.matchAll(NUMBER)].map(({ index, 0: number }) =>
    rest.slice(Math.max(index - 40, 0), index + number.length + 40),
  );
}
