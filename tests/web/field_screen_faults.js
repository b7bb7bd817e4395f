// What a screen of field collection must be to be read in the sun and used by one wet thumb.
// Gives a list of what is wrong.
() => {
  const found = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`${scrollWidth - clientWidth} px too wide`);
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  const told = (each) => each.outerHTML.slice(0, 90);
  const isSeen = (each) =>
    each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    each.getClientRects().length > 0;

  // contrast as WCAG 2 computes it, 7:1 for every text whatever its size
  const read = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a),
    g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a),
    a: 1,
  });
  const light = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((each) => {
      const part = each / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const groundOf = (each) => {
    const own = read(getComputedStyle(each).backgroundColor);
    if (own.a === 1) return own;
    const under = each.parentElement ? groundOf(each.parentElement) : { r: 255, g: 255, b: 255, a: 1 };
    return over(own, under);
  };
  const ratio = (one, other) => {
    const [bright, dark] = [light(one), light(other)].sort((a, b) => b - a);
    return (bright + 0.05) / (dark + 0.05);
  };
  const root = document.querySelector("dialog[open]") ?? document.body;
  const words = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const each = words.currentNode.parentElement;
    if (!words.currentNode.textContent.trim() || !isSeen(each) || each.closest("noscript, script, style")) continue;
    const { color, fontSize } = getComputedStyle(each);
    const ground = groundOf(each);
    const contrast = ratio(over(read(color), ground), ground);
    if (contrast < 7) found.push(`contrast ${contrast.toFixed(1)}: ${told(each)}`);
    if (parseFloat(fontSize) < 17) found.push(`text of ${fontSize}: ${told(each)}`);
  }
  for (const each of root.querySelectorAll("input, textarea")) {
    if (!isSeen(each)) continue;
    const ground = groundOf(each);
    if (ratio(read(getComputedStyle(each).color), ground) < 7) found.push(`contrast of what is typed: ${told(each)}`);
    if (ratio(read(getComputedStyle(each, "::placeholder").color), ground) < 7) found.push(`placeholder: ${told(each)}`);
  }

  const touched = 'a[href], button, input:not([type="file"]), textarea, summary, [role="option"], label.button';
  for (const each of root.querySelectorAll(touched)) {
    if (!isSeen(each)) continue;
    const all = [each, ...(each.labels ?? [])].map((one) => one.getBoundingClientRect());
    const height = Math.max(...all.map((one) => one.height));
    const width = Math.max(...all.map((one) => one.width));
    if (height < 47.5 || width < 47.5) found.push(`${width} × ${height} px: ${told(each)}`);
  }

  // what is done next is under the thumb, and nothing covers it
  for (const each of root.querySelectorAll(".foot .button, .foot button")) {
    if (!isSeen(each)) continue;
    const { top, bottom, left, width } = each.getBoundingClientRect();
    if (top < innerHeight / 2 && innerHeight > 500) found.push(`out of reach: ${told(each)}`);
    if (bottom > innerHeight + 0.5) found.push(`below the screen: ${told(each)}`);
    const hit = document.elementFromPoint(left + width / 2, (top + bottom) / 2);
    if (!each.contains(hit)) found.push(`covered: ${told(each)}`);
  }
  return found;
};
