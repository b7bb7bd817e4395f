// The printed form of a code with its check digit (Verhoeff), as `codes/check_digit.py` has it.

const FIVE = [0, 1, 2, 3, 4];

// The group of turns and mirrors of a pentagon; a digit below five is a turn.
const times = (one, other) => {
  const [a, b] = [one % 5, other % 5];
  const turned = one < 5 ? a + b : a - b;
  return ((turned + 5) % 5) + (one < 5 === other < 5 ? 0 : 5);
};

const inverse = (digit) => (digit > 0 && digit < 5 ? 5 - digit : digit);

const PERMUTED = [[...FIVE, 5, 6, 7, 8, 9], [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]];
for (let row = 2; row < 8; row += 1) {
  PERMUTED.push(PERMUTED[row - 1].map((digit) => PERMUTED[1][digit]));
}

/** Give the check digit of ten digits: "7" for "7512304827". */
export const checkDigit = (digits) => {
  const reversed = [...digits].reverse().map(Number);
  const sum = reversed.reduce((now, digit, at) => times(now, PERMUTED[(at + 1) % 8][digit]), 0);
  return String(inverse(sum));
};

/** Give "75123-04827-7" for "7512304827". */
export const plateOf = (code) =>
  `${code.slice(0, 5)}-${code.slice(5)}-${checkDigit(code)}`;
