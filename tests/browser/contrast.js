// Contrast by axe, of three texts of each look that is not in `judged`: of a look are the letters and all that is
// set behind them. Resolves to axe's violations and the looks that passed; one of which axe could not tell is asked
// again on the next page that has it. What is painted behind without being around (a neighbour that reaches over,
// text that runs out of its box) is no part of a look.
async judged => {
  const letters = ["color", "webkitTextFillColor", "fontSize", "fontWeight", "textShadow", "display", "clip",
    "clipPath"];
  const ground = {backgroundColor: "rgba(0, 0, 0, 0)", backgroundImage: "none", colorScheme: "normal", opacity: "1",
    filter: "none", mixBlendMode: "normal", position: "static", transform: "none"};
  const grounds = new Map();
  const groundOf = element => {
    if (element && !grounds.has(element)) {
      const style = getComputedStyle(element);
      const own = Object.keys(ground).filter(each => style[each] !== ground[each]).map(each => style[each]);
      grounds.set(element, `${own}${own.length ? " on " : ""}${groundOf(element.parentElement)}`);
    }
    return grounds.get(element) ?? "";
  };
  const lookOf = element => {
    const style = getComputedStyle(element);
    return `${letters.map(each => style[each])} on ${groundOf(element)}`;
  };
  const hasText = element => element.matches("input, select, textarea")
    || [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());

  const settled = new Set(judged), passed = new Set(), violations = [];
  let left = [...document.body.querySelectorAll("*")].filter(element =>
    hasText(element) && element.checkVisibility({opacityProperty: true, visibilityProperty: true}));
  // Three of each look, and all the others of a look of which axe could tell nothing.
  for (const most of [3, Infinity]) {
    const times = new Map();
    const include = left.filter(element => {
      const look = lookOf(element), before = times.get(look) ?? 0;
      times.set(look, before + 1);
      return before < most && !settled.has(look);
    });
    if (!include.length) break;
    const asked = {runOnly: ["color-contrast"], elementRef: true, resultTypes: ["violations", "passes"]};
    const found = await axe.run({include}, asked);
    for (const node of found.passes.flatMap(rule => rule.nodes)) {
      if (node.any[0].data?.messageKey === "hidden") continue; // which axe lets pass unseen
      settled.add(lookOf(node.element));
      passed.add(lookOf(node.element));
    }
    for (const node of found.violations.flatMap(rule => rule.nodes)) {
      settled.add(lookOf(node.element));
      delete node.element;
    }
    violations.push(...found.violations);
    left = left.filter(element => !include.includes(element));
  }
  return [violations, [...passed]];
}
