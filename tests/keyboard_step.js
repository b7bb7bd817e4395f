// Tells what is wrong with where a Tab has led; null, if nothing is.
() => {
  const now = document.activeElement;
  const before = window.keyboardWas;
  window.keyboardWas = now;
  if (now === null || now === document.body) return null; // past the end: the browser itself
  const told = now.outerHTML.slice(0, 100);
  if (before?.isConnected && before !== document.body && before !== now) {
    // a trap, or an order nobody expects
    const { DOCUMENT_POSITION_PRECEDING: earlier } = Node;
    const isTop = now.matches(".skip");
    if (before.compareDocumentPosition(now) & earlier && !isTop) return `back to ${told}`;
  }
  if (now.tagName === "IFRAME") return null; // what is in it has the focus
  const box = now.getBoundingClientRect();
  const { innerWidth, innerHeight } = window;
  const isIn = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  if (!isIn) return `out of sight: ${told}`;
  const shows = [now, now.closest("label")].some((each) => {
    if (each === null) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
  return shows ? null : `focus not seen: ${told}`;
};
