// Turns left and right into start and end, so that one stylesheet serves both directions of writing.

const NAMES = {
  left: "inset-inline-start",
  right: "inset-inline-end",
  "margin-left": "margin-inline-start",
  "margin-right": "margin-inline-end",
  "padding-left": "padding-inline-start",
  "padding-right": "padding-inline-end",
  "border-top-left-radius": "border-start-start-radius",
  "border-top-right-radius": "border-start-end-radius",
  "border-bottom-left-radius": "border-end-start-radius",
  "border-bottom-right-radius": "border-end-end-radius",
};
const SIDES = [/^border-(left|right)(-.+)?$/, (side, rest) => `border-inline-${side === "left" ? "start" : "end"}${rest ?? ""}`];
const WORDS = { left: "start", right: "end" };
const FOUR = { margin: "margin", padding: "padding" };

function named(prop) {
  const side = prop.match(SIDES[0]);
  return NAMES[prop] ?? (side ? SIDES[1](side[1], side[2]) : prop);
}

// "a b c d" with b ≠ d says something about left and right: split it by axis.
function splitFour(decl) {
  const parts = decl.value.match(/(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];
  if (parts.length === 4 && parts[1] !== parts[3]) {
    const [top, right, bottom, left] = parts;
    decl.cloneBefore({ prop: `${decl.prop}-block`, value: `${top} ${bottom}` });
    decl.cloneBefore({ prop: `${decl.prop}-inline`, value: `${left} ${right}` });
    decl.remove();
  }
}

export const logical = {
  postcssPlugin: "logical",
  Declaration(decl) {
    if (FOUR[decl.prop]) splitFour(decl);
    else if (decl.prop === "text-align" && WORDS[decl.value]) decl.value = WORDS[decl.value];
    else if ((decl.prop === "float" || decl.prop === "clear") && WORDS[decl.value]) decl.value = `inline-${WORDS[decl.value]}`;
    else if (named(decl.prop) !== decl.prop) decl.prop = named(decl.prop);
  },
};
