// What is wrong with a page that is open, in a window of WIDTH, as a list of sentences.
(() => {
  const wrong = [];
  const root = document.documentElement;
  // Not innerWidth: where something is wider than a phone, that grows with it.
  if (root.scrollWidth > WIDTH) {
    const all = [...document.querySelectorAll('body *')];
    const wide = all.filter(each => each.getBoundingClientRect().right > WIDTH + 1);
    wrong.push('it scrolls sideways: ' + wide.slice(0, 3).map(each => each.outerHTML.slice(0, 80)).join(' | '));
  }
  if (document.querySelectorAll('h1').length !== 1) wrong.push('it has not one h1');
  if (document.querySelectorAll('main').length !== 1) wrong.push('it has not one main');
  if (!root.lang) wrong.push('it has no language');
  const levels = [...document.querySelectorAll('h1,h2,h3,h4')].map(each => Number(each.tagName[1]));
  levels.forEach((level, at) => { if (at && level > levels[at - 1] + 1) wrong.push('a level of headings is left out'); });
  for (const each of document.querySelectorAll('nav')) {
    if (!each.getAttribute('aria-label')) wrong.push('a nav has no name');
  }
  for (const each of document.querySelectorAll('input:not([type=hidden]),select,textarea')) {
    if (!each.labels.length && !each.getAttribute('aria-label')) wrong.push('no label: ' + each.outerHTML.slice(0, 80));
  }
  for (const each of document.querySelectorAll('a[href],button')) {
    if (!(each.innerText + each.textContent).trim() && !each.getAttribute('aria-label')) wrong.push('no name: ' + each.outerHTML);
  }
  for (const each of document.querySelectorAll('th')) {
    if (!each.scope) wrong.push('a header without scope: ' + each.outerHTML.slice(0, 80));
  }
  for (const each of document.querySelectorAll('table')) {
    if (!each.caption) wrong.push('a table without a caption');
  }
  for (const each of document.querySelectorAll('[id]')) {
    if (document.querySelectorAll('[id="' + CSS.escape(each.id) + '"]').length > 1) wrong.push('an id twice: ' + each.id);
  }
  for (const each of document.querySelectorAll('[aria-labelledby],[aria-describedby]')) {
    const named = (each.getAttribute('aria-labelledby') + ' ' + (each.getAttribute('aria-describedby') || '')).split(' ');
    for (const id of named) {
      if (id && id !== 'null' && !document.getElementById(id)) wrong.push('it names what is not there: ' + id);
    }
  }
  for (const each of document.querySelectorAll('.sign')) {
    if (!each.textContent.replace(/[^\p{L}]/gu, '')) wrong.push('a state by colour alone: ' + each.outerHTML);
  }
  return wrong;
})()
