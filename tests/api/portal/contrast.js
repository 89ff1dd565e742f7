// Text whose contrast to what is behind it is below 4.5 : 1 (WCAG 2.2, 1.4.3), of elements that hold text themselves.
(() => {
  const parsed = text => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = each => {
    for (let at = each; at; at = at.parentElement) {
      const color = parsed(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0.99) return color;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const each of document.querySelectorAll('body *')) {
    if (![...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()) || !each.offsetParent) continue;
    if (each.closest('svg,option,.unseen,.skip')) continue;
    const [a, b] = [light(parsed(getComputedStyle(each).color)), light(behind(each))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(each.outerHTML.slice(0, 90));
  }
  return faint;
})()
