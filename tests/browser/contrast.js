// Contrast by axe, of three texts of each look that is not in `judged`: of a look are the letters and all that is
// painted behind them. Resolves to axe's violations and the looks that passed. Of what axe could not tell, the
// next page with that look is asked.
async judged => {
  const letters = ["color", "fontSize", "fontWeight", "textShadow", "display", "clip", "clipPath"];
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

  const seen = new Map(judged.map(look => [look, 3]));
  const include = [...document.body.querySelectorAll("*")].filter(element => {
    if (!hasText(element) || !element.checkVisibility({opacityProperty: true, visibilityProperty: true})) return false;
    const look = lookOf(element), times = seen.get(look) ?? 0;
    seen.set(look, times + 1);
    return times < 3;
  });
  if (!include.length) return [[], []];
  const asked = {runOnly: ["color-contrast"], elementRef: true, resultTypes: ["violations", "passes"]};
  const {violations, passes} = await axe.run({include}, asked);
  const nodes = rules => rules.flatMap(rule => rule.nodes);
  const passed = nodes(passes).map(node => lookOf(node.element));
  nodes(violations).forEach(node => delete node.element);
  return [violations, [...new Set(passed)]];
}
