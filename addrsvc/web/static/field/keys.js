// Search keys as the server makes them (`parsing/normalise.py`, `house_number.py`, `keys.py`): what
// is one number, street or khu phố there is one here. A test compares both, case by case.

const NOT_WORD = /[^0-9a-z]+/g;
const MARKS = /\p{M}/gu;

/** Lower the case and drop every accent, đ too. */
export const fold = (text) =>
  text.toLowerCase().normalize("NFD").replaceAll("đ", "d").replace(MARKS, "");

/** Give a name's key: folded, only letters and digits, single spaces between words. */
export const nameKey = (text) => fold(text).replace(NOT_WORD, " ").trim();

const squeezed = (text) => text.trim().split(/\s+/).join(" ");
const whole = (source) => new RegExp(`^(?:${source})$`);
const longestFirst = (words) => [...words].sort((one, other) => other.length - one.length).join("|");

// --- house numbers ---------------------------------------------------------------------------

const PLAIN = whole("[0-9]{1,5}[a-z]?(?:/[0-9]{1,5}[a-z]?)*");
const STEP = "(?=[a-z-]{0,6}\\d)[0-9a-z]+(?:[-.:][0-9a-z]+)*";
const CHAIN = `${STEP}(?:/[0-9a-z]+(?:[-.:][0-9a-z]+)*)*/?`;
const WORDS = {
  ngo: "alley", hem: "alley", kiet: "alley", ngach: "alley", hxh: "alley",
  lo: "lot", "lo dat": "lot", o: "plot", "o dat": "plot",
  thua: "parcel", "thua dat": "parcel", to: "sheet", "to ban do": "sheet",
};
const ALLEY_TITLES = { ngo: "Ngõ", ngach: "Ngách", kiet: "Kiệt" };
const DEPTH = { ngach: 1, hem: 2 };
const PART = new RegExp(
  `(?:(?<mark>${longestFirst(Object.keys(WORDS))})(?![a-z])[.:\\s]*)?` +
    "(?:(?:so nha|nha so|so|nha|sn)(?![a-z])[.:\\s]*)?" +
    `(?:(?<chain>${CHAIN})(?:\\s+(?<suffix>bis|ter|[a-h])(?![0-9a-z]))?|(?<letters>[a-z]{1,2})` +
    "(?![0-9a-z]))[,;.\\s]*",
  "y",
);
const TIDY = [
  [/\([^()]*\)/g, ""],
  [/[_\u2010-\u2015]/g, "-"],
  [/\s*([/\\])\s*/g, "/"],
  [/(?<=[0-9a-z])\s*-\s*(?=[0-9])/g, "-"],
  [/^k(?:iet)?[.\s]*(\d+[a-z]?)(?:[\s,/]+h\.?(?=\d)|\/)/, "$1/"],
  [/\/[a-z]{2,}$/, ""],
];
const LONGEST = 120;

const padded = (text) =>
  text.replace(/\d+/g, (digits) => digits.replace(/^0+/, "").padStart(5, "0"));

const printed = (step) =>
  step
    .replace(/\d+/g, (digits) => digits.replace(/^0+/, "") || "0")
    .toUpperCase()
    .replace(/(?<=[0-9A-Z])(?:BIS|TER)\b/g, (word) => word.toLowerCase());

const stepsOf = (chain) => {
  const dash = chain.indexOf("-");
  if (dash >= 0 && chain.slice(0, dash).includes("/")) {
    const begin = chain.slice(0, dash).split("/");
    const end = chain.slice(dash + 1).split("/");
    if (begin.length === end.length && begin.slice(0, -1).join("/") === end.slice(0, -1).join("/")) {
      const last = `${printed(begin[begin.length - 1])}-${printed(end[end.length - 1])}`;
      return [...begin.slice(0, -1).map(printed), last];
    }
  }
  return chain.split("/").map(printed);
};

const startsWith = (steps, first) => first.every((step, i) => steps[i] === step);

const merged = (number, alleys, named) => {
  let steps = [];
  let deepest = "";
  const inDepth = [...alleys].sort(([one], [other]) => (DEPTH[one] ?? 0) - (DEPTH[other] ?? 0));
  for (const [mark, chain] of inDepth) {
    steps = startsWith(chain, steps) ? chain : [...steps, ...chain];
    deepest = ALLEY_TITLES[mark] ?? "Hẻm";
  }
  let own = number;
  const isWithin = steps.length > 0 && own.length > steps.length && startsWith(own, steps);
  if (own.length > 0 && !isWithin) own = [...steps, ...own];
  const isClosed = own.length > 0 && own[own.length - 1] === "";
  if (isClosed) {
    own = own.slice(0, -1);
    deepest = "Hẻm";
  }
  const isAlley = isClosed || own.length === 0;
  const found = { steps: own.length > 0 ? own : steps, alley: isAlley ? deepest : "", ...named };
  return keyOf(found) === "" ? null : found;
};

const keyOf = ({ steps, alley, lot = "", plot = "", parcel = "", sheet = "" }) => {
  const parts = [["lo", lot], ["o", plot], ["thua", parcel], ["to", sheet]]
    .filter(([, value]) => value !== "")
    .map(([word, value]) => `${word} ${value}`);
  if (steps.length > 0) parts.push(steps.join("/") + (alley === "" ? "" : "/"));
  return padded(parts.join(" ").toLowerCase());
};

const assemble = (folded) => {
  let at = 0;
  let number = [];
  const alleys = [];
  let isInwards = true;
  const named = {};
  while (at < folded.length) {
    PART.lastIndex = at;
    const part = PART.exec(folded);
    if (part === null) return null;
    const { mark, chain: text, suffix, letters } = part.groups;
    if (text === undefined && mark === undefined) return null;
    at = PART.lastIndex;
    const chain = stepsOf((text || letters) + (suffix || ""));
    const what = mark === undefined ? undefined : WORDS[mark];
    if (what === "alley") {
      isInwards = isInwards && number.length === 0;
      alleys.push([mark, chain]);
    } else if (what !== undefined && !(what in named)) {
      named[what] = chain.join("/");
    } else if (what === undefined && number.length === 0) {
      number = chain;
    } else {
      return null;
    }
  }
  return merged(number, isInwards ? alleys : alleys.reverse(), named);
};

/**
 * Read a house number, from the street inwards: `{steps, alley, lot?, plot?, parcel?, sheet?}`;
 * null: the text is none. `123/45/6A` has the steps 123, 45, 6A.
 */
export const parseHouseNumber = (text) => {
  if ([...text].length > LONGEST) return null;
  let folded = fold(text).trim();
  if (PLAIN.test(folded)) return { steps: folded.split("/").map(printed), alley: "" };
  for (const [pattern, instead] of TIDY) folded = folded.replace(pattern, instead);
  return assemble(folded.replace(/^[ ,.;:-]+|[ ,.;:-]+$/g, ""));
};

/** Give the key of a house number, lot or parcel; text that is none gives its folded self. */
export const numberKey = (number) => {
  const found = parseHouseNumber(number);
  return found === null ? padded(nameKey(number)) : keyOf(found);
};

const UNIT_WORDS =
  /^(?:(?:can ho|can|phong|p|ch|so|ma can|apartment|apt|room|unit|tang|lau|floor)(?![a-z])[.:\s]*)+/;
const UNIT = whole(
  "([a-z]{0,2})[-.\\s]*(?:(\\d{1,2})(\\d\\d)|(\\d{1,2}[a-z]?)\\s*[-.]\\s*(\\d{1,3}[a-z]?))",
);

/** Give the key of an apartment or room: floor and number where the text says both. */
export const unitKey = (unit) => {
  const folded = fold(unit).trim().replace(UNIT_WORDS, "");
  const found = UNIT.exec(folded);
  if (found === null) return padded(nameKey(folded));
  return padded(`${found[1]}${found[2] || found[4]}-${found[3] || found[5]}`);
};

// --- thoroughfares ---------------------------------------------------------------------------

const ROADS = {
  ql: "quoc lo|q\\.? ?l",
  dt: "duong tinh(?: lo)?|tinh lo|d\\.? ?t|t\\.? ?l",
  dh: "duong huyen|d\\.? ?h",
  hl: "huong lo|h\\.? ?l",
  dx: "duong xa|d\\.? ?x",
};
const ROAD_CLASSES = Object.entries(ROADS).map(([key, words]) => `(?<${key}>${words})`);
const ROAD = whole(
  `(?:${ROAD_CLASSES.join("|")})(?: so|[ .:_-])*0*(?<number>\\d{1,4})[ -]?(?<letter>[a-z]?)`,
);
const PROVINCIAL = whole("(?:so )?(7[4-8]\\d) ?([a-z]?)");
const DATE = whole("(?:ngay )?0?(\\d{1,2})(?: ?[/.-] ?| thang )0?(\\d{1,2})");
const SERIAL = whole("(?:so )?0*(\\d+) ?([a-z]?)");
const GENERIC =
  /^(?:(?:mat tien|duong|pho|street)[ .:]+(?=\S)|d[. ]+(?=[a-z]{2})|so (?=[a-z]{1,3} ?\d))+/;
const PERSON = whole(
  "duong (?:dinh nghe|dinh hoi|dinh cuc|ba trac|ba cung|quang ham|quang dong|tu giang|tu minh" +
    "|tu quan|khue|van nga|van an|van duong|van cam|bach mai|thi xuan quy|thieu tuoc|cong khi" +
    "|cong trung|tan tuoc|cat loi|duc hien|hien quyen|thi muoi|lam|minh chau|tri trach)" +
    "|pho (?:duc chinh|co dieu|minh)",
);
const NAME_ACCENTS = /^(?:dương|phó|phổ)\s/i;
const MONTHS = {
  gieng: "1", hai: "2", ba: "3", tu: "4", nam: "5", sau: "6", bay: "7",
  tam: "8", chin: "9", muoi: "10", "muoi mot": "11", "muoi hai": "12", chap: "12",
};
const MONTH = new RegExp(`(?<=thang )(${Object.keys(MONTHS).join("|")})$`);
const DAYS = {
  mot: "1", hai: "2", ba: "3", bon: "4", nam: "5", sau: "6", bay: "7", tam: "8", chin: "9",
  muoi: "10",
};
const DAY = new RegExp(`^(${Object.keys(DAYS).join("|")})(?= thang \\d)`);
const INITIALS = {
  cmt8: "cach mang thang 8", "cmt 8": "cach mang thang 8", cmtt: "cach mang thang 8",
  "cm thang 8": "cach mang thang 8", "cm t8": "cach mang thang 8",
  "cach mang t8": "cach mang thang 8", "cmthang 8": "cach mang thang 8",
  xvnt: "xo viet nghe tinh", nkkn: "nam ky khoi nghia", ntmk: "nguyen thi minh khai",
  dlbd: "dai lo binh duong", "dl binh duong": "dai lo binh duong",
  "dai lo bd": "dai lo binh duong", dbp: "dien bien phu", thd: "tran hung dao",
};
const CUT_SURNAME = /^ng (?=[a-z])/;
const ROMAN = {
  i: "1", ii: "2", iii: "3", iv: "4", vi: "6", vii: "7", viii: "8", ix: "9", xi: "11", xii: "12",
};
const ROMAN_END = new RegExp(`(?<=[a-z] )(${Object.keys(ROMAN).join("|")})(?=$| [a-z]$)`, "g");
const GLUED = /(?<=[a-z]{4})(?=\d)/g;
const CODE = /^([a-z]{1,3}) (?=\d)/;
const LETTER = /(?<=\d) (?=[a-z]$)/;
const ZEROS = /(?<!\d)0+(?=\d)/g;
const SHORT_I = /(?<![a-z])(qu|[hklmst])i(?![a-z0-9])/g;
const ASIDE = /\([^()]*\)?/g;
const ALLEY = whole(
  "(?:duong )?(?<alleys>(?:(?:hem|ngo|ngach|kiet)[ .]+(?:so )?\\d[0-9a-z/-]*[ ,]*)+)(?<street>.*)",
);

const roadOf = (folded) => {
  const road = ROAD.exec(folded);
  if (road !== null) {
    const roadClass = Object.keys(ROADS).find((key) => road.groups[key] !== undefined);
    return `${roadClass} ${road.groups.number}${road.groups.letter}`;
  }
  const date = DATE.exec(folded);
  if (date !== null) {
    const [day, month] = [Number(date[1]), Number(date[2])];
    if (day >= 1 && day <= 31 && month >= 1 && month <= 12) return `${day} thang ${month}`;
  }
  const provincial = PROVINCIAL.exec(folded);
  if (provincial !== null) return `dt ${provincial[1]}${provincial[2]}`;
  const serial = SERIAL.exec(folded);
  return serial === null ? null : `so ${serial[1]}${serial[2]}`;
};

const tidied = (folded) => {
  let key = nameKey(folded);
  if (!/^[a-z]+$/.test(key.replaceAll(" ", ""))) {
    key = key.replace(ZEROS, "").replace(GLUED, " ").replace(CODE, "$1").replace(LETTER, "");
  }
  key = key.replace(CUT_SURNAME, "nguyen ").replace(ROMAN_END, (word) => ROMAN[word]);
  if (key.includes("thang ")) {
    key = key.replace(MONTH, (word) => MONTHS[word]).replace(DAY, (word) => DAYS[word]);
  }
  return key.replace(LETTER, "").replace(SHORT_I, "$1y");
};

// An area has thousands of addresses in few streets.
const remembered = (make) => {
  const known = new Map();
  return (...given) => {
    const name = given.join("\n");
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = make(...given);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(name, made);
    return made;
  };
};
const MOST_REMEMBERED = 4096;

/** Give the key of a street or numbered road, the word for street dropped. */
export const thoroughfareKey = remembered((name) => {
  const plain = name.replace(ASIDE, "").trim() || name.replace(/^[( )]+|[( )]+$/g, "");
  let folded = squeezed(fold(plain));
  let road = roadOf(folded);
  if (road !== null) return road;
  const generic = GENERIC.exec(folded);
  if (generic !== null && !(NAME_ACCENTS.test(plain) || PERSON.test(folded))) {
    folded = folded.slice(generic[0].length);
    road = roadOf(folded);
    if (road !== null) return road;
  }
  const key = tidied(folded);
  return INITIALS[key] ?? key;
});

// --- localities ------------------------------------------------------------------------------

const KINDS = {
  khu_pho: ["khu pho", "kp", "k p", "khu p", "khu", "khom"],
  ap: ["ap"],
  to: ["to dan pho", "tdp", "to dp", "to", "cum", "cum dan cu"],
  thon: ["thon", "xom", "ban", "buon", "lang", "doi"],
  industrial_area: [
    "khu cong nghiep", "kcn", "khu cn", "cum cong nghiep", "ccn", "khu che xuat", "kcx",
    "khu san xuat", "ksx",
  ],
  residential_area: [
    "khu dan cu", "kdc", "khu do thi", "kdt", "kdtm", "khu do thi moi", "khu tai dinh cu",
    "khu tdc", "tdc", "tai dinh cu", "khu nha o", "kno", "khu biet thu", "kbt", "cu xa", "cx",
    "du an",
  ],
};
const KIND_OF = Object.fromEntries(
  Object.entries(KINDS).flatMap(([kind, words]) => words.map((word) => [word, kind])),
);
const WORD = new RegExp(
  `^(${longestFirst(Object.keys(KIND_OF))})(?: |(?=\\d))(?:so (?=\\d))?(?=\\S)`,
);
const INITIALS_ROMAN = /^kp(i{1,3}|iv|vi{0,3}|ix|x)$/;
const NUMERALS = {
  ...ROMAN, v: "5", x: "10", mot: "1", hai: "2", ba: "3", bon: "4", sau: "6", bay: "7", tam: "8",
  chin: "9", muoi: "10",
};
const ACCENTED = { năm: "5", tư: "4" };
const ACCENTS = {
  ap: "ấp", to: "tổ", cum: "cụm", thon: "thôn", xom: "xóm", ban: "bản", khom: "khóm",
  buon: "buôn", lang: "làng", doi: "đội",
};
const SHORT = new Set(["to", "cum", "ban", "lang", "doi"]);

const saysKind = (word, rest, kind, name) => {
  const accented = ACCENTS[word];
  if (accented === undefined) return true;
  const first = name.toLowerCase().normalize("NFC").trim().split(/[\s.\d]/)[0];
  if (first !== word) return first === accented;
  return !SHORT.has(word) || KIND_OF[word] === kind || /^\d/.test(rest);
};

/** Give the key of a locality: its kind, a colon, its name without the words of the kind. */
export const localityKey = remembered((kind, name) => {
  let [said, key] = [kind, nameKey(name).replace(INITIALS_ROMAN, "kp $1")];
  if (key in KIND_OF) return `${KIND_OF[key]}:`;
  for (;;) {
    const word = WORD.exec(key);
    if (word === null || !saysKind(word[1], key.slice(word[0].length), said, name)) break;
    said = KIND_OF[word[1]];
    key = key.slice(word[0].length);
    if (word[1] !== "du an" && word[1] !== "khu") break;
  }
  const last = name.toLowerCase().trim().split(/\s+/).pop();
  if (last in ACCENTED && !key.includes(" ")) return `${said}:${ACCENTED[last]}`;
  key = NUMERALS[key] ?? tidied(key);
  return `${said}:${key.replaceAll("viet nam singapore", "vsip")}`;
});

/**
 * Give the keys an address is found by: `{base, number}`: what its number counts along (street,
 * else innermost locality, a tổ only where nothing else is named), and the number; null: none.
 */
export const searchKeys = (house_number, thoroughfare, localities) => {
  let number = house_number;
  let street = thoroughfare;
  if (street !== null) {
    const alley = ALLEY.exec(squeezed(fold(street)));
    if (alley !== null) {
      street = alley.groups.street.replace(/^[ ,]+|[ ,]+$/g, "") || null;
      number = `${alley.groups.alleys} ${house_number ? `số ${house_number}` : ""}`;
    }
  }
  const key = number === null ? null : numberKey(number);
  if (street !== null) return { base: thoroughfareKey(street), number: key };
  const keys = localities.map(([kind, name]) => localityKey(kind, name));
  return { base: keys.find((each) => !each.startsWith("to:")) ?? keys[0] ?? null, number: key };
};

// --- sameness (as `registry/duplicates/rules.py`) ----------------------------------------------

const RANGE = whole("\\d{5}(?:-\\d{5})+");
const LONGEST_RANGE = 50;

const doorsOf = (step) => {
  if (!RANGE.test(step)) return [step];
  const numbers = step.split("-").map(Number);
  const [first, last] = [numbers[0], numbers[numbers.length - 1]];
  const isRising = numbers.every((each, i) => i === 0 || each > numbers[i - 1]);
  if (!isRising || last - first > LONGEST_RANGE) return [step];
  const stride = numbers.every((each) => each % 2 === first % 2) ? 2 : 1;
  const doors = [];
  for (let door = first; door <= last; door += stride) doors.push(String(door).padStart(5, "0"));
  return doors;
};

const divided = (key) => {
  const at = key.lastIndexOf("/");
  return [at < 0 ? "" : key.slice(0, at), key.slice(at + 1)];
};

/** Tell whether two number keys are of one door: the same, or a range that holds the other. */
export const isSameNumber = (one, other) => {
  if (one === other) return true;
  const [alley, last] = divided(one);
  const [otherAlley, otherLast] = divided(other);
  if (alley !== otherAlley) return false;
  const doors = new Set(doorsOf(last));
  return doorsOf(otherLast).some((door) => doors.has(door));
};

const SERIES = whole("so \\d+[a-z]?|[a-z]{1,2}\\d+[a-z]?");

/** Tell whether a base recurs in a commune: streets only numbered, and localities. */
export const isRecurring = (base) => base.includes(":") || SERIES.test(base);
