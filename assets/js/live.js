// Connects behaviour to elements: those on the page, and those that come later by a swap.
const connections = [];

export function live(selector, connect) {
  connections.push([selector, connect, new WeakSet()]);
  look(document, connections.slice(-1));
}

function look(root, wanted = connections) {
  for (const [selector, connect, known] of wanted) {
    const found = root.matches?.(selector) ? [root, ...root.querySelectorAll(selector)] : root.querySelectorAll(selector);
    for (const element of found) {
      if (!known.has(element)) {
        known.add(element);
        connect(element);
      }
    }
  }
}

new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE) look(node);
  }
}).observe(document.documentElement, { childList: true, subtree: true });
