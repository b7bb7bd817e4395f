// What a page must be and can be asked without a picture of it. Gives a list of what is wrong.
() => {
  const found = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`${scrollWidth - clientWidth} px too wide`);
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  if (!document.title.trim()) found.push("no title");
  const all = (selector) =>
    [...document.querySelectorAll(selector)].filter(
      (each) => each.checkVisibility({ visibilityProperty: true }) && each.getClientRects().length,
    );
  const told = (each) => each.outerHTML.slice(0, 80);
  if (all("[tabindex]").some(({ tabIndex }) => tabIndex > 0)) found.push("an order of its own");

  // targets: WCAG 2.5.8 asks for 24 px, thumbs for 44 where much depends on it
  const height = (each) => each.getBoundingClientRect().height;
  const least = (px, selector) => {
    for (const each of all(selector)) {
      const most = Math.max(...[each, ...(each.labels ?? [])].map(height));
      if (most < px - 0.5) found.push(`${most} px high: ${told(each)}`);
    }
  };
  least(44, "button, .button, select, textarea, nav a");
  least(44, "input:not([type=checkbox], [type=radio], [type=hidden], [type=range])");
  least(24, "input[type=checkbox], input[type=radio], input[type=range], summary");

  // the keyboard was used last, so that focus by script is shown as by it
  for (const each of all("a[href], button, input, select, textarea, summary")) {
    if (each.disabled || each.tabIndex < 0) continue;
    each.focus();
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    if (document.activeElement !== each) found.push(`takes no focus: ${told(each)}`);
    else if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) {
      found.push(`focus not seen: ${told(each)}`);
    }
  }

  // what a text would have become, had it been taken for markup
  const alien = "main script, main meta, main link, object, embed, base, [href^='javascript:' i]";
  for (const each of document.querySelectorAll(alien)) found.push(`markup: ${told(each)}`);
  for (const each of document.querySelectorAll("*")) {
    if (each.getAttributeNames().some((name) => name.startsWith("on"))) {
      found.push(`a script of its own: ${told(each)}`);
    }
  }
  return found;
};
